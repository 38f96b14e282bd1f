import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { createKeyCheck } from '../../src/http/api-keys.ts';
import { type Answer, assertProblem } from '../helpers/problem.ts';
import { startTestServer } from '../helpers/start-server.ts';

const KEYS = [
  { name: 'shop', key: 'shop-key-0123456789abcdef' },
  { name: 'team', key: 'team-key-0123456789abcdef' },
];
const [SHOP] = KEYS;
assert.ok(SHOP);

/** Everything that answers without a key, on purpose; a new open route must be added here by hand. */
const OPEN = [
  '/',
  '/assets/api.js',
  '/assets/app.js',
  '/assets/deliveries.js',
  '/assets/follow.js',
  '/assets/icon.svg',
  '/assets/request.css',
  '/assets/request.js',
  '/assets/style.css',
  '/csvfile/:name',
  '/docs',
  '/docs/js/scalar.js',
  '/healthz',
  '/image/:file_id',
  '/openapi.json',
  '/problems/:code',
  '/readyz',
  '/requests/:request_id',
  '/webhook-completed',
];
/** Changes something without a key, because the message itself is signed. */
const SIGNED = '/webhook-completed';

/** Was it refused for want of a key (and not, as a message without its signature is, for something else)? */
const wantsKey = ({ status, contentType, body }: Answer): boolean =>
  status === 401 && (contentType !== 'application/problem+json; charset=utf-8' || /"code":"unauthorized"/.test(body));

test('with API keys', async (t) => {
  const { server } = await startTestServer(t, { apiKeys: KEYS });
  const fill = (url: string): string => url.replace(/:\w+/, randomUUID());
  const ask = async (method: string, url: string, headers: Record<string, string> = {}) => {
    const { statusCode, headers: got, body } = await server.app.inject({ method: method as 'GET', url, headers });
    return { status: statusCode, contentType: String(got['content-type']), body, headers: got };
  };

  await t.test('exactly the routes meant to be open are open, and only for reading', () => {
    const open = server.routes.filter((route) => route.open && !route.url.startsWith('/api'));
    assert.deepEqual([...new Set(open.map(({ url }) => url))].sort(), OPEN);
    const changing = open.filter(({ method }) => method !== 'GET' && method !== 'HEAD');
    assert.deepEqual(
      changing.map(({ url }) => url),
      [SIGNED],
    );
  });

  await t.test('every other route wants a key', async () => {
    for (const { method, url, open } of server.routes) {
      const answer = await ask(method, fill(url));
      if (open) assert.ok(!wantsKey(answer), `${method} ${url}`);
      else {
        assert.equal(answer.status, 401, `${method} ${url}`);
        assert.match(String(answer.headers['www-authenticate']), /^Bearer /);
        if (method !== 'HEAD') assertProblem(answer, 'unauthorized');
      }
    }
  });

  await t.test('a wrong key is no key, wherever it stands', async () => {
    const wrong: Record<string, string>[] = [
      { authorization: 'Bearer wrong' },
      { authorization: `Bearer ${SHOP.key}x` },
      { authorization: `Basic ${SHOP.key}` },
      { authorization: SHOP.key },
      { authorization: `Bearer ${SHOP.name}:${SHOP.key}` },
      { 'x-api-key': '' },
      { cookie: `key=${SHOP.key}` },
    ];
    for (const headers of wrong) {
      for (const { method, url, open } of server.routes) {
        if (open || method === 'HEAD') continue;
        assertProblem(await ask(method, fill(url), headers), 'unauthorized');
      }
    }
    assertProblem(await ask('GET', `/requests?api_key=${SHOP.key}`), 'unauthorized');
  });

  await t.test('each key opens every route, in either header', async () => {
    for (const { key } of KEYS) {
      for (const headers of [
        { authorization: `Bearer ${key}` },
        { authorization: `bearer ${key}` },
        { 'x-api-key': key },
      ]) {
        for (const { method, url } of server.routes) {
          const answer = await ask(method, fill(url), headers as Record<string, string>);
          assert.ok(!wantsKey(answer), `${method} ${url}`);
          assert.ok(!answer.body.includes(key));
        }
      }
    }
  });

  await t.test('unknown paths and other methods tell strangers nothing', async () => {
    assertProblem(await ask('GET', '/nope'), 'unauthorized');
    assertProblem(await ask('PUT', '/upload'), 'unauthorized');
  });
});

test('a key is told by its name', () => {
  const check = createKeyCheck(KEYS);
  assert.equal(check({ authorization: 'Bearer team-key-0123456789abcdef' }), 'team');
  assert.equal(check({}), null);
  assert.equal(createKeyCheck([])({ 'x-api-key': 'anything' }), null);
});
