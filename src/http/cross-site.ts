import type { IncomingHttpHeaders } from 'node:http';
import { AppError } from '../core/errors.ts';

/** Methods that change nothing (RFC 9110, 9.2.1). */
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

interface Call {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
}

/**
 * Refuses changes that another web site makes a visitor's browser ask for. Browsers say where a call comes from in
 * `Sec-Fetch-Site`; older ones only in `Origin`. Programs send neither and are let through. The rules are those of Go's
 * `http.CrossOriginProtection` (F. Valsorda, "Cross-Site Request Forgery", 2025).
 * @throws AppError `cross_site`
 */
export const refuseCrossSite = ({ method, headers }: Call, publicUrl: string): void => {
  if (SAFE_METHODS.has(method)) return;
  const { origin } = headers;
  if (origin === new URL(publicUrl).origin) return;
  const site = headers['sec-fetch-site'];
  if (site === 'same-origin' || site === 'none') return;
  if (site === undefined && (origin === undefined || hostOf(origin) === headers.host)) return;
  throw new AppError('cross_site');
};

const hostOf = (origin: string): string | null => (URL.canParse(origin) ? new URL(origin).host : null);

/**
 * Refuses calls to a loopback service under a strange name. A web site can point its own name at 127.0.0.1 (DNS
 * rebinding) and is then "same origin" for a browser; but it cannot change the name in `Host`.
 * @throws AppError `cross_site`
 */
export const refuseStrangeHost = ({ headers }: Call, publicUrl: string): void => {
  if (headers.host === undefined) return; // HTTP/1.0: no browser.
  const name = nameOf(`http://${headers.host}`);
  if (name !== null && (isLoopbackName(name) || name === nameOf(publicUrl))) return;
  throw new AppError('cross_site', {
    detail: 'This service only answers under localhost. Behind a proxy, set HALVE_PUBLIC_URL to its public address.',
  });
};

const nameOf = (url: string): string | null => (URL.canParse(url) ? new URL(url).hostname : null);

const isLoopbackName = (name: string): boolean =>
  name === 'localhost' || name.endsWith('.localhost') || name === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(name);
