/**
 * Opens sockets only to addresses that were judged, and to exactly those.
 *
 * Checking a name and then fetching it loses to DNS rebinding: the second look-up can give another answer. A `lookup`
 * option is no guard either, for Node never calls it for an address written as such. So this connector judges
 * literals, resolves names itself, refuses the name if ANY of its addresses is forbidden, hands Node a look-up that
 * returns just the judged answers (Node tries them in turn, RFC 8305), and compares the peer it got with them.
 */
import { isIP, type LookupFunction, type Socket } from 'node:net';
import { buildConnector } from 'undici';
import { AppError } from '../core/errors.ts';
import { canonicalAddress } from './address-guard.ts';
import { type AllowList, refuseTarget } from './allow-list.ts';
import { type Resolve, type ResolvedAddress, resolveWithin } from './resolve-host.ts';

export interface PinnedConnectorOptions {
  readonly allow: AllowList;
  readonly resolve: Resolve;
  readonly dnsTimeoutMs: number;
  /** From the first SYN to the connection, the TLS handshake included. */
  readonly connectTimeoutMs: number;
}

/** An undici connector; its own failures are AppErrors without a sentence: `address_not_allowed`, `host_not_found`. */
export const pinnedConnector = (options: PinnedConnectorOptions): buildConnector.connector => {
  return (target, callback) => {
    judgedAddresses(target, options).then(
      (addresses) => connectPinned(addresses, target, options.connectTimeoutMs, callback),
      (error: Error) => callback(error, null),
    );
  };
};

const judgedAddresses = async (
  { hostname, port, protocol }: buildConnector.Options,
  { allow, resolve, dnsTimeoutMs }: PinnedConnectorOptions,
): Promise<readonly ResolvedAddress[]> => {
  const family = isIP(hostname);
  const addresses =
    family === 0 ? await resolveWithin(resolve, hostname, dnsTimeoutMs) : [{ address: hostname, family }];
  const target = { host: hostname, port: Number(port) || (protocol === 'https:' ? 443 : 80) };
  for (const { address } of addresses) {
    const reason = refuseTarget({ ...target, address }, allow);
    if (reason !== null) throw new AppError('address_not_allowed', { cause: reason });
  }
  return addresses;
};

const connectPinned = (
  addresses: readonly ResolvedAddress[],
  target: buildConnector.Options,
  timeout: number,
  callback: buildConnector.Callback,
): void => {
  const pinned = new Set(addresses.map(({ address }) => canonicalAddress(address)));
  // HTTP/2 is off: its streams would share one connection and escape the limit for each host.
  // A connector is built for each connection because the look-up belongs to it; hence there are no sessions to cache.
  const connect = buildConnector({ timeout, lookup: fixedLookup(addresses), allowH2: false, maxCachedSessions: 0 });
  connect(target, (...[error, socket]: buildConnector.CallbackArgs) => {
    if (error !== null) return callback(error, null);
    const peer = socket.remoteAddress;
    if (peer !== undefined && pinned.has(canonicalAddress(peer))) return callback(null, socket);
    destroyQuietly(socket);
    // A peer that reset the connection at once has no address any more.
    const code = peer === undefined ? 'connection_failed' : 'address_not_allowed';
    callback(new AppError(code, { cause: 'the peer is not an address that was judged' }), null);
  });
};

const fixedLookup =
  (addresses: readonly ResolvedAddress[]): LookupFunction =>
  (_hostname, { all }, callback) => {
    const [first] = addresses;
    if (all === true || first === undefined) return callback(null, [...addresses]);
    callback(null, first.address, first.family);
  };

const destroyQuietly = (socket: Socket): void => {
  socket.on('error', () => undefined);
  socket.destroy();
};
