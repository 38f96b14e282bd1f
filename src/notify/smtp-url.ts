/** HALVE_SMTP_URL: `smtp://user:password@host:587` (STARTTLS) or `smtps://…:465` (TLS from the first byte). */
import { isIPv4 } from 'node:net';

export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte (RFC 8314) instead of STARTTLS. */
  readonly implicitTls: boolean;
  /** Refuse to go on without encryption. Always, unless the server is this machine or `?tls=optional` says otherwise. */
  readonly requireTls: boolean;
  readonly login: { readonly user: string; readonly password: string } | null;
}

export const SMTP_URL_FORM = 'smtp://user:password@host:587 or smtps://user:password@host:465';

/** @returns null when the text is no such address */
export const parseSmtpUrl = (text: string): SmtpServer | null => {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const tls = url.searchParams.get('tls') ?? 'required';
  const known = [...url.searchParams.keys()].every((name) => name === 'tls');
  if (!['smtp:', 'smtps:'].includes(url.protocol) || url.hostname === '' || !known) return null;
  if (!['required', 'optional'].includes(tls) || !['', '/'].includes(url.pathname) || url.hash !== '') return null;
  const implicitTls = url.protocol === 'smtps:';
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const user = decoded(url.username);
  const password = decoded(url.password);
  if (user === null || password === null || (user === '') !== (password === '')) return null;
  return {
    host,
    port: url.port === '' ? (implicitTls ? 465 : 587) : Number(url.port),
    implicitTls,
    requireTls: tls === 'required' && !isThisMachine(host),
    login: user === '' ? null : { user, password },
  };
};

/** Null when a percent sign stands where none may stand: a password with one is written `%25`. */
const decoded = (text: string): string | null => {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
};

const isThisMachine = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
