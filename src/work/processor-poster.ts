import { AppError } from '../core/errors.ts';
import { parseAllowList } from '../fetch/allow-list.ts';
import { checkUrl } from '../fetch/check-url.ts';
import { Poster } from '../fetch/poster.ts';
import { OUTSIDE_CHUNKS } from './outside-pool.ts';

/**
 * A poster for the outside processor alone. The operator chose its address, so it may be private without being listed in
 * HALVE_ALLOW_HOSTS, where it would open the same host to every catalogue; metadata services stay refused.
 * @throws AppError `invalid_settings`
 */
export const processorPoster = (processorUrl: string, userAgent: string): Poster => {
  const { hostname, port, protocol } = new URL(processorUrl);
  const ports = port === '' ? (protocol === 'https:' ? '443' : '80') : port;
  try {
    const allow = parseAllowList(`${hostname}:${ports}`);
    checkUrl(processorUrl, allow);
    return new Poster({ allow, userAgent, limits: { perHost: OUTSIDE_CHUNKS } });
  } catch (error) {
    const detail = 'HALVE_PROCESSOR_URL: expected an address without user name, of a host that may be called at all.';
    throw new AppError('invalid_settings', { detail, cause: error });
  }
};
