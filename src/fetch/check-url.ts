/** The rules an address must pass as text, before any name is looked up or any socket opened. */
import { isIP } from 'node:net';
import { AppError } from '../core/errors.ts';
import { type AllowList, refuseTarget, WEB_PORTS } from './allow-list.ts';
import { isHostName, isLocalName, isMetadataName, isNeverAName } from './host-names.ts';

/** An address that passed; only this form is used from here on, so that no second parser can read it differently. */
export interface CheckedUrl {
  readonly href: string;
  readonly secure: boolean;
  /** Lower-case ASCII name without a dot at the end, or an IP address without brackets. */
  readonly host: string;
  readonly port: number;
  /** The host as it was written, for sentences to the user. */
  readonly written: string;
}

/** RFC 9110 section 4.1 asks for 8,000 octets at least; nothing that leads to an image needs more. */
const MAX_URL_LENGTH = 8_192;
/** C0 and C1 controls, DEL, and the backslash, which some parsers take for a slash and others do not. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for.
const FORBIDDEN_CHARACTERS = /[\u0000-\u001f\u007f-\u009f\\]/;
const ABSOLUTE = /^https?:\/\/([^/?#]+)/i;

/**
 * @param raw The address as found in the CSV, or a redirect's `Location`.
 * @param base What a redirect's `Location` may be relative to.
 * @throws AppError `invalid_url` (not an http(s) address, or an ambiguous one), `address_not_allowed` (host or port), or
 *   `host_not_found` (a name that never exists).
 */
export const checkUrl = (raw: string, allow: AllowList, base?: CheckedUrl): CheckedUrl => {
  const text = raw.trim();
  if (text.length > MAX_URL_LENGTH) throw invalid(`The address is longer than ${MAX_URL_LENGTH} characters.`);
  if (FORBIDDEN_CHARACTERS.test(text)) throw invalid('The address holds a control character or a backslash.');
  const url = parseUrl(text, base);
  const written = writtenHost(text) ?? base?.written ?? url.hostname;
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  if (isIP(host) === 0) {
    if (!isHostName(host)) throw invalid(`"${written}" is not a host name.`);
    checkName(host, port, written, allow);
    // The dot at the end of a full name (RFC 1034) is not part of it in certificates.
    url.hostname = host;
  } else if (refuseTarget({ host, port, address: host }, allow) !== null) {
    throw notAllowed(written, port);
  }
  return { href: url.href, secure: url.protocol === 'https:', host, port, written };
};

/** The one sentence for every refused address: it says neither what the name resolves to nor what listens there. */
export const notAllowed = (written: string, port: number): AppError =>
  new AppError('address_not_allowed', {
    detail: WEB_PORTS.includes(port)
      ? `Halve may not connect to ${written}, because it is not a public address.`
      : `Halve may not connect to ${written} on port ${port}; only to the ports 80 and 443 of public addresses.`,
  });

const invalid = (detail: string): AppError => new AppError('invalid_url', { detail });

const parseUrl = (text: string, base: CheckedUrl | undefined): URL => {
  const authority = ABSOLUTE.exec(text)?.[1];
  // Without a base, `http:/x` and `//x` are refused rather than guessed at.
  if (authority === undefined && (base === undefined || /^[a-z][a-z0-9+.-]*:/i.test(text))) {
    throw invalid('An address begins with http:// or https:// and the name of a server.');
  }
  if (authority?.includes('@'))
    throw invalid('The address holds a user name or password; such addresses are not taken.');
  const url = URL.canParse(text, base?.href) ? new URL(text, base?.href) : undefined;
  if (url === undefined) throw invalid('The address is not a correct URL.');
  if (url.username !== '' || url.password !== '') {
    throw invalid('The address holds a user name or password; such addresses are not taken.');
  }
  return url;
};

/** What DNS would say, without asking it. */
const noSuchHost = (written: string): AppError =>
  new AppError('host_not_found', { detail: `There is no server called ${written}.`, retryable: false });

const checkName = (host: string, port: number, written: string, allow: AllowList): void => {
  if (isMetadataName(host)) throw notAllowed(written, port);
  if (allow.opensName(host, port)) return;
  if (isNeverAName(host)) throw noSuchHost(written);
  if (isLocalName(host)) throw notAllowed(written, port);
  // Another port may still turn out to be open for the address behind the name; the connector decides that.
  if (!WEB_PORTS.includes(port) && !allow.opensSomeAddress(port)) throw notAllowed(written, port);
};

/** Longest host shown; a name has at most 253 characters but sentences must stay readable. */
const MAX_WRITTEN = 100;

const writtenHost = (text: string): string | undefined => {
  const authority = /^(?:https?:)?\/\/([^/?#]+)/i.exec(text)?.[1];
  return authority?.replace(/:\d*$/, '').slice(0, MAX_WRITTEN);
};
