/**
 * Is this IP address one of the public internet? Pure: text in, judgement out.
 *
 * IPv4 is public unless a special-purpose range holds it (IANA IPv4 Special-Purpose Address Registry, RFC 6890, plus
 * multicast and the future-use block). IPv6 is the other way round: only 2000::/3 (RFC 4291, the one allocated global
 * unicast block) is public, less the special ranges inside it (IANA IPv6 Special-Purpose Address Registry).
 * IPv6 addresses that carry an IPv4 address are judged by what they carry as well.
 */
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

// A CommonJS package whose names Node cannot see from outside.
const { IPv4, IPv6, parse, parseCIDR } = ipaddr;
type IPv4 = ipaddr.IPv4;
type IPv6 = ipaddr.IPv6;

/**
 * `public`: anyone may be sent there. `special`: only if the operator lists it. `never`: cloud metadata services and
 * link-local addresses, where clouds keep putting them; no setting opens those, for they hand out credentials.
 */
export type AddressKind = 'public' | 'special' | 'never';

export interface AddressJudgement {
  readonly kind: AddressKind;
  /** Which range it is, with its RFC. For logs and tests; not for users, who could map a network with it. */
  readonly reason: string;
}

type Range = readonly [cidr: string, reason: string];

const NEVER_V4: readonly Range[] = [
  ['169.254.0.0/16', 'link-local and cloud metadata (RFC 3927)'],
  ['168.63.129.16/32', 'metadata of Azure'],
  ['100.100.100.200/32', 'metadata of Alibaba Cloud'],
  ['192.0.0.192/32', 'metadata of Oracle Cloud'],
];

const SPECIAL_V4: readonly Range[] = [
  ['0.0.0.0/8', 'this network (RFC 791)'],
  ['10.0.0.0/8', 'private (RFC 1918)'],
  ['100.64.0.0/10', 'shared by carriers (RFC 6598)'],
  ['127.0.0.0/8', 'loopback (RFC 1122)'],
  ['172.16.0.0/12', 'private (RFC 1918)'],
  ['192.0.0.0/24', 'protocol assignments (RFC 6890)'],
  ['192.0.2.0/24', 'documentation (RFC 5737)'],
  ['192.31.196.0/24', 'AS112 (RFC 7535)'],
  ['192.52.193.0/24', 'multicast tunnelling (RFC 7450)'],
  ['192.88.99.0/24', '6to4 relays (RFC 7526)'],
  ['192.168.0.0/16', 'private (RFC 1918)'],
  ['192.175.48.0/24', 'AS112 (RFC 7534)'],
  ['198.18.0.0/15', 'benchmarking (RFC 2544)'],
  ['198.51.100.0/24', 'documentation (RFC 5737)'],
  ['203.0.113.0/24', 'documentation (RFC 5737)'],
  ['224.0.0.0/4', 'multicast (RFC 5771)'],
  ['240.0.0.0/4', 'reserved and broadcast (RFC 1112, RFC 8190)'],
];

const NEVER_V6: readonly Range[] = [
  ['fe80::/10', 'link-local and cloud metadata (RFC 4291)'],
  ['fd00:ec2::/32', 'metadata of AWS'],
  ['fd20:ce::254/128', 'metadata of Google Cloud'],
  ['fd00:42::42/128', 'metadata of Scaleway'],
];

/** The first that matches names the reason, so narrow ranges stand before the wide ones that hold them. */
const SPECIAL_V6: readonly Range[] = [
  ['::/128', 'unspecified (RFC 4291)'],
  ['::1/128', 'loopback (RFC 4291)'],
  ['::ffff:0:0/96', 'IPv4-mapped (RFC 4291)'],
  ['::ffff:0:0:0/96', 'IPv4-translated (RFC 2765)'],
  ['::/96', 'IPv4-compatible (RFC 4291)'],
  ['64:ff9b:1::/48', 'local NAT64 (RFC 8215)'],
  ['100::/64', 'discard (RFC 6666)'],
  ['2001::/32', 'Teredo (RFC 4380)'],
  ['2001::/23', 'protocol assignments (RFC 2928)'],
  ['2001:db8::/32', 'documentation (RFC 3849)'],
  ['2002::/16', '6to4 (RFC 3056)'],
  ['2620:4f:8000::/48', 'AS112 (RFC 7534)'],
  ['3fff::/20', 'documentation (RFC 9637)'],
  ['5f00::/16', 'segment routing (RFC 9602)'],
  ['fc00::/7', 'unique local (RFC 4193)'],
  ['fec0::/10', 'site-local (RFC 3879)'],
  ['ff00::/8', 'multicast (RFC 4291)'],
];

const compileV4 = (ranges: readonly Range[]) =>
  ranges.map(([cidr, reason]) => ({ network: IPv4.parseCIDR(cidr), reason }));
const compileV6 = (ranges: readonly Range[]) =>
  ranges.map(([cidr, reason]) => ({ network: IPv6.parseCIDR(cidr), reason }));

const neverV4 = compileV4(NEVER_V4);
const specialV4 = compileV4(SPECIAL_V4);
const neverV6 = compileV6(NEVER_V6);
const specialV6 = compileV6(SPECIAL_V6);
const NAT64 = IPv6.parseCIDR('64:ff9b::/96');
const GLOBAL_UNICAST = IPv6.parseCIDR('2000::/3');
const PUBLIC: AddressJudgement = { kind: 'public', reason: 'public' };

/** Judges an IP address in the form `net.isIP` accepts (no brackets). What is not an address is never connected to. */
export const judgeAddress = (address: string): AddressJudgement => {
  if (isIP(address) === 0) return { kind: 'never', reason: 'not an IP address' };
  const parsed = parse(address);
  return parsed instanceof IPv4 ? judgeV4(parsed) : judgeV6(parsed);
};

const judgeV4 = (address: IPv4): AddressJudgement => {
  const never = neverV4.find(({ network }) => address.match(network));
  if (never !== undefined) return { kind: 'never', reason: never.reason };
  const special = specialV4.find(({ network }) => address.match(network));
  return special === undefined ? PUBLIC : { kind: 'special', reason: special.reason };
};

const judgeV6 = (address: IPv6): AddressJudgement => {
  const never = neverV6.find(({ network }) => address.match(network));
  if (never !== undefined) return { kind: 'never', reason: never.reason };
  const carried = carriedV4(address.toByteArray());
  const worst = carried.map(judgeV4).find(({ kind }) => kind === 'never');
  if (worst !== undefined) return { kind: 'never', reason: `${worst.reason}, carried in IPv6` };
  // Networks with only IPv6 reach every IPv4 server through this prefix (RFC 6052): it is as public as what it carries.
  if (address.match(NAT64)) return carried.map(judgeV4).find(({ kind }) => kind !== 'public') ?? PUBLIC;
  const special = specialV6.find(({ network }) => address.match(network));
  if (special !== undefined) return { kind: 'special', reason: special.reason };
  if (carried.length > 0) return { kind: 'special', reason: 'ISATAP (RFC 5214)' };
  return address.match(GLOBAL_UNICAST) ? PUBLIC : { kind: 'special', reason: 'outside 2000::/3 (RFC 4291)' };
};

const PREFIX_96 = new Set([
  '0000000000000000' + '00000000', // IPv4-compatible
  '0000000000000000' + '0000ffff', // IPv4-mapped
  '0000000000000000' + 'ffff0000', // IPv4-translated (SIIT)
  '0064ff9b00000000' + '00000000', // NAT64
]);

/** Every IPv4 address that some mechanism would take out of this IPv6 address; none for an ordinary one. */
const carriedV4 = (bytes: readonly number[]): IPv4[] => {
  const hex = Buffer.from(bytes).toString('hex');
  const at = (...places: readonly number[]): IPv4 => new IPv4(places.map((place) => bytes[place] ?? 0));
  const last = at(12, 13, 14, 15);
  if (PREFIX_96.has(hex.slice(0, 24))) return [last];
  // RFC 6052 section 2.2 spreads the IPv4 address differently for each prefix length; which is used here is unknown.
  if (hex.startsWith('0064ff9b0001')) return [at(6, 7, 9, 10), at(7, 9, 10, 11), at(9, 10, 11, 12), last];
  if (hex.startsWith('2002')) return [at(2, 3, 4, 5)];
  // Teredo: the server, and the client with every bit inverted (RFC 4380 section 4).
  if (hex.startsWith('20010000')) {
    return [at(4, 5, 6, 7), new IPv4(last.toByteArray().map((byte) => byte ^ 0xff))];
  }
  return /^.{16}0[02]005efe/.test(hex) ? [last] : [];
};

/** One spelling for each address, for comparisons: `127.0.0.1`, `2001:db8::1`. */
export const canonicalAddress = (address: string): string => parse(address).toString();

/** A network as in `10.0.0.0/8`; undefined if the text is not one or has bits set behind its prefix. */
export const parseNetwork = (
  text: string,
): { first: string; last: string; holds(address: string): boolean } | undefined => {
  const [base = '', bits = '', ...more] = text.split('/');
  if (more.length > 0 || isIP(base) === 0 || base.includes('%') || !/^\d{1,3}$/.test(bits)) return undefined;
  if (Number(bits) > (isIP(base) === 4 ? 32 : 128)) return undefined;
  const network = parseCIDR(text);
  const family = network[0] instanceof IPv4 ? IPv4 : IPv6;
  const first = family.networkAddressFromCIDR(text).toString();
  if (first !== canonicalAddress(base)) return undefined;
  return {
    first,
    last: family.broadcastAddressFromCIDR(text).toString(),
    holds: (address) => {
      const parsed = parse(address);
      return parsed.kind() === network[0].kind() && parsed.match(network);
    },
  };
};
