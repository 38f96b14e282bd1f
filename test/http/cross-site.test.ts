import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { refuseCrossSite, refuseStrangeHost } from '../../src/http/cross-site.ts';
import { SMALL } from '../helpers/catalogues.ts';
import { answerOf, assertProblem } from '../helpers/problem.ts';
import { startTestServer } from '../helpers/start-server.ts';

const PUBLIC = 'https://halve.example/images';

describe('changes asked for by another site', () => {
  const cases: [allowed: boolean, headers: Record<string, string>][] = [
    [true, {}],
    [true, { 'sec-fetch-site': 'same-origin', origin: 'http://localhost:3000' }],
    [true, { 'sec-fetch-site': 'none' }],
    [false, { 'sec-fetch-site': 'cross-site' }],
    [false, { 'sec-fetch-site': 'same-site', origin: 'http://localhost:8080' }],
    [false, { 'sec-fetch-site': 'cross-site', origin: 'http://localhost:3000' }],
    [true, { 'sec-fetch-site': 'same-site', origin: 'https://halve.example' }],
    [true, { origin: 'http://localhost:3000' }],
    [false, { origin: 'http://localhost:8080' }],
    [false, { origin: 'https://evil.example' }],
    [false, { origin: 'null' }],
    [false, { origin: 'garbage' }],
  ];
  for (const [allowed, headers] of cases) {
    test(`${JSON.stringify(headers)} → ${allowed ? 'let through' : 'refused'}`, () => {
      const call = { method: 'POST', headers: { host: 'localhost:3000', ...headers } };
      if (allowed) refuseCrossSite(call, PUBLIC);
      else assert.throws(() => refuseCrossSite(call, PUBLIC), { code: 'cross_site' });
      refuseCrossSite({ ...call, method: 'GET' }, PUBLIC);
      refuseCrossSite({ ...call, method: 'HEAD' }, PUBLIC);
    });
  }
});

describe('names under which a loopback service answers', () => {
  for (const host of [
    'localhost',
    'localhost:3000',
    '127.0.0.1:3000',
    '127.9.9.9',
    '[::1]:3000',
    'a.localhost',
    'halve.example',
  ]) {
    test(host, () => refuseStrangeHost({ method: 'GET', headers: { host } }, PUBLIC));
  }
  for (const host of [
    'evil.example',
    'localhost.evil.example:3000',
    '127.0.0.1.evil.example',
    '10.0.0.1',
    '',
    ' ',
    'a b',
  ]) {
    test(`not ${JSON.stringify(host)}`, () => {
      assert.throws(() => refuseStrangeHost({ method: 'GET', headers: { host } }, PUBLIC), { code: 'cross_site' });
    });
  }
  test('a call without a name, as HTTP/1.0 has it', () => refuseStrangeHost({ method: 'GET', headers: {} }, PUBLIC));
});

test('the server refuses both, and stores nothing', async (t) => {
  const { url, engine, server } = await startTestServer(t);
  const post = (headers: Record<string, string>): Promise<Response> =>
    fetch(`${url}/upload`, { method: 'POST', body: SMALL, headers: { 'content-type': 'text/csv', ...headers } });
  assertProblem(await answerOf(await post({ 'sec-fetch-site': 'cross-site' })), 'cross_site');
  assertProblem(await answerOf(await post({ origin: 'https://evil.example' })), 'cross_site');
  const rebound = await server.app.inject({ method: 'GET', url: '/requests', headers: { host: 'evil.example' } });
  assert.equal(rebound.statusCode, 403);
  const { requests } = JSON.parse((await server.app.inject({ method: 'GET', url: '/requests' })).body);
  assert.deepEqual(requests, []);
  assert.equal((await post({ origin: url })).status, 202);
  assert.ok(engine);
});

test('with API keys the name does not matter: a stranger has no key', async (t) => {
  const key = '0123456789abcdefgh';
  const { server } = await startTestServer(t, { apiKeys: [{ name: 'a', key }] });
  const headers = { host: 'anything.example', 'x-api-key': key };
  assert.equal((await server.app.inject({ method: 'GET', url: '/requests', headers })).statusCode, 200);
});
