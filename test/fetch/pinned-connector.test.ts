import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { test } from 'node:test';
import { AppError } from '../../src/core/errors.ts';
import { parseAllowList } from '../../src/fetch/allow-list.ts';
import { pinnedConnector } from '../../src/fetch/pinned-connector.ts';
import { openDownloader } from '../helpers/open-downloader.ts';
import { startOrigin } from '../helpers/origin-server.ts';

/** The connector alone, as if the check of the text had been forgotten. */
const connect = (allow: string, hostname: string, port: number): Promise<string> => {
  const connector = pinnedConnector({
    allow: parseAllowList(allow),
    resolve: () => assert.fail('an address is not looked up'),
    dnsTimeoutMs: 1_000,
    connectTimeoutMs: 1_000,
  });
  return new Promise((resolve, reject) => {
    connector({ hostname, port: String(port), protocol: 'http:' }, (error, socket) => {
      socket?.destroy();
      if (error === null) resolve('connected');
      else if (error instanceof AppError) resolve(error.code);
      else reject(error);
    });
  });
};

test('an address written as such is judged too, though Node never looks it up', async (t) => {
  const origin = await startOrigin(t);
  for (const [allow, hostname] of [
    ['', '127.0.0.1'],
    ['localhost', '127.0.0.1'],
    [`192.0.2.1:${origin.port}`, '127.0.0.1'],
    [`127.0.0.1:${origin.port + 1}`, '127.0.0.1'],
    [origin.host, '::ffff:127.0.0.1'],
    [origin.host, '0.0.0.0'],
  ] as const) {
    assert.equal(await connect(allow, hostname, origin.port), 'address_not_allowed', `${hostname} with "${allow}"`);
  }
  assert.equal(origin.totalConnections, 0);
  assert.equal(await connect(origin.host, '127.0.0.1', origin.port), 'connected');
});

const hasIpv6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === '::1'),
);

test('an IPv6 address in brackets', { skip: hasIpv6 ? false : 'this machine has no ::1' }, async (t) => {
  const origin = await startOrigin(t, { host: '::1' });
  const url = origin.serve('/a.jpg', Buffer.from('picture'), 'image/jpeg');
  assert.equal((await openDownloader(t, { allow: `[::1]:${origin.port}` }).get(url)).bytes.toString(), 'picture');
  assert.equal((await openDownloader(t, { allow: '' }).fail(url)).code, 'address_not_allowed');
  assert.equal(origin.hits(), 1);
});
