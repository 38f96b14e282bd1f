import { parseAllowList } from '../../fetch/allow-list.ts';
import { Poster } from '../../fetch/poster.ts';
import { USER_AGENT } from '../../version.ts';

/** `host:port` of an address, as HALVE_ALLOW_HOSTS takes it. */
export const hostOf = (url: string): string => {
  const { hostname, port, protocol } = new URL(url);
  return `${hostname}:${port === '' ? (protocol === 'https:' ? '443' : '80') : port}`;
};

/** {@link hostOf}, or null for a host that is never called, such as a metadata service. */
export const openableHost = (url: string): string | null => {
  const host = hostOf(url);
  try {
    parseAllowList(host);
    return host;
  } catch {
    return null;
  }
};

/**
 * A poster as a service has it; `opened` is a host the user named here and now, which may therefore be private.
 * @throws AppError `invalid_settings` (metadata services are never opened)
 */
export const localPoster = (allowHosts: string, opened: string | null): Poster =>
  new Poster({
    allow: parseAllowList(opened === null ? allowHosts : `${allowHosts},${opened}`),
    userAgent: USER_AGENT,
  });
