/**
 * HALVE_ALLOW_HOSTS: what may be fetched although it is not public.
 *
 * | entry                         | opens                                                                     |
 * |-------------------------------|---------------------------------------------------------------------------|
 * | `img.internal`, `localhost`   | that name, whatever it resolves to, on ports 80 and 443                   |
 * | `img.internal:8080`           | that name, whatever it resolves to, on port 8080 only                     |
 * | `10.1.2.3`, `::1`, `[::1]`    | that address, on ports 80 and 443                                         |
 * | `10.1.2.3:9000`, `[::1]:3000` | that address, on that port only                                           |
 * | `10.0.0.0/8`, `fd12::/16`     | every address in the network, on ports 80 and 443                         |
 *
 * So an entry without port means the two web ports, an entry with port means that port. A name does not open its
 * subdomains, nor another name or a bare address that leads to the same machine; an address or network is open
 * however it was reached, also through a public name. Link-local and metadata addresses stay refused in any case.
 */
import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { AppError } from '../core/errors.ts';
import { canonicalAddress, judgeAddress, parseNetwork } from './address-guard.ts';
import { isHostName, isMetadataName } from './host-names.ts';

/** The ports of http and https; whatever else is asked for must be listed. */
export const WEB_PORTS: readonly number[] = [80, 443];

/** Where a connection would go: the name (or address) of the URL, the port, and one address it stands for. */
export interface Target {
  readonly host: string;
  readonly port: number;
  readonly address: string;
}

interface AllowEntry {
  readonly ports: readonly number[];
  /** The host name of a name entry; undefined for addresses and networks. */
  readonly name?: string;
  readonly holds?: (address: string) => boolean;
}

export interface AllowList {
  /** Is this very host name listed with this port? */
  opensName(host: string, port: number): boolean;
  /** Is there any address or network listed with this port? Only then can a name on that port still turn out open. */
  opensSomeAddress(port: number): boolean;
  /** May this be connected to because it is listed, by name or by address? Says nothing about metadata addresses. */
  opens(target: Target): boolean;
}

/** @throws AppError `invalid_settings` that names every faulty entry (also in `extras.errors`). */
export const parseAllowList = (text: string): AllowList => {
  const entries: AllowEntry[] = [];
  const faults: string[] = [];
  for (const word of text.split(/[\s,]+/).filter((part) => part !== '')) {
    const entry = parseEntry(word);
    if (typeof entry === 'string') faults.push(`"${word.slice(0, 100)}": ${entry}`);
    else entries.push(entry);
  }
  if (faults.length > 0) {
    throw new AppError('invalid_settings', {
      detail: `HALVE_ALLOW_HOSTS has faulty entries. ${faults.join(' ')}`,
      extras: { errors: faults },
    });
  }
  const opensName = (host: string, port: number): boolean =>
    entries.some(({ name, ports }) => name === host && ports.includes(port));
  return {
    opensName,
    opensSomeAddress: (port) => entries.some(({ holds, ports }) => holds !== undefined && ports.includes(port)),
    opens: ({ host, port, address }) =>
      opensName(host, port) ||
      entries.some(({ holds, ports }) => holds !== undefined && ports.includes(port) && holds(address)),
  };
};

/** Why a connection may not be made, for logs and tests; null if it may. The one rule every address passes. */
export const refuseTarget = (target: Target, allow: AllowList): string | null => {
  const { kind, reason } = judgeAddress(target.address);
  if (kind === 'never') return reason;
  if (kind === 'public' && WEB_PORTS.includes(target.port)) return null;
  if (allow.opens(target)) return null;
  return kind === 'public' ? `port ${target.port}` : reason;
};

const EXPECTED = 'expected a host name, an IP address, either with :port, or a network such as 10.0.0.0/8.';
const STAYS_REFUSED = 'link-local and cloud metadata addresses stay refused whatever is listed.';

const parseEntry = (word: string): AllowEntry | string => {
  if (word.includes('/')) return parseNetworkEntry(word);
  const { host, port } = splitPort(word);
  if (port !== undefined && (port < 1 || port > 65_535)) return 'expected a port from 1 to 65535.';
  const ports = port === undefined ? WEB_PORTS : [port];
  if (isIP(host) !== 0) {
    if (host.includes('%')) return EXPECTED;
    if (judgeAddress(host).kind === 'never') return STAYS_REFUSED;
    const listed = canonicalAddress(host);
    return { ports, holds: (address) => canonicalAddress(address) === listed };
  }
  const name = domainToASCII(host).replace(/\.$/, '');
  if (!isHostName(name)) return EXPECTED;
  return isMetadataName(name) ? STAYS_REFUSED : { ports, name };
};

const parseNetworkEntry = (word: string): AllowEntry | string => {
  const network = parseNetwork(word);
  if (network === undefined) return `${EXPECTED} A network has no port and no bits behind its prefix.`;
  const closed = judgeAddress(network.first).kind === 'never' && judgeAddress(network.last).kind === 'never';
  return closed ? STAYS_REFUSED : { ports: WEB_PORTS, holds: network.holds };
};

/** Takes the port off `host:port`; a bare IPv6 address is all colons and has none, `[::1]:3000` has. */
const splitPort = (word: string): { host: string; port?: number } => {
  if (isIP(word) !== 0) return { host: word };
  const match = /^(.*?)(?::(\d{1,5}))?$/.exec(word);
  const name = match?.[1] ?? '';
  const inBrackets = /^\[(.*)\]$/.exec(name)?.[1];
  // Only IPv6 stands in brackets: `[example.com]` and `[127.0.0.1]` have fooled other guards (GHSA-qwrf-gfpj-qvj6).
  const host = inBrackets === undefined || isIP(inBrackets) !== 6 ? name : inBrackets;
  return match?.[2] === undefined ? { host } : { host, port: Number(match[2]) };
};
