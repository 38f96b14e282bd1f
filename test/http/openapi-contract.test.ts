/** The tests' own tool: what it would let through, every other test would. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EXAMPLE_STATUS } from '../../src/http/status-example.ts';
import { createContract, type OpenApi, type SentAnswer } from '../helpers/openapi-contract.ts';
import { startTestServer } from '../helpers/start-server.ts';

const URL = `/status/${EXAMPLE_STATUS.request_id}`;
const GOOD: SentAnswer = {
  method: 'GET',
  url: URL,
  status: 200,
  headers: { etag: '"a"', 'content-type': 'application/json; charset=utf-8' },
  body: JSON.stringify(EXAMPLE_STATUS),
};
const PROBLEM = {
  type: '/problems/request_not_found',
  title: 'There is no such request.',
  status: 404,
  detail: 'There is no such request.',
  instance: URL,
  code: 'request_not_found',
  advice: 'Check the request id; it may have been deleted.',
};
const REFUSED: SentAnswer = {
  ...GOOD,
  status: 404,
  headers: { 'content-type': 'application/problem+json; charset=utf-8' },
  body: JSON.stringify(PROBLEM),
};

test('answers are held against the document', async (t) => {
  const { server } = await startTestServer(t);
  const { faultsOf } = createContract(JSON.parse((await server.app.inject({ url: '/openapi.json' })).body) as OpenApi);
  const expectFault = (answer: SentAnswer, fault: RegExp): void => assert.match(faultsOf(answer).join('\n'), fault);

  await t.test('and pass when they are as told, under every name', () => {
    for (const url of [URL, `${URL}/`, `/api${URL}`, `/api${URL}/?limit=1`])
      assert.deepEqual(faultsOf({ ...GOOD, url }), []);
    assert.deepEqual(faultsOf({ ...GOOD, method: 'HEAD', body: '' }), []);
    assert.deepEqual(faultsOf({ ...GOOD, status: 304, headers: { etag: '"a"' }, body: '' }), []);
    assert.deepEqual(faultsOf(REFUSED), []);
    assert.deepEqual(faultsOf({ ...GOOD, url: '/assets/app.js', headers: { 'content-type': 'text/javascript' } }), []);
  });

  await t.test('and fail by body, status, type, header, code and path', () => {
    const withBody = (more: object): SentAnswer => ({ ...GOOD, body: JSON.stringify({ ...EXAMPLE_STATUS, ...more }) });
    expectFault(withBody({ extra: 1 }), /must NOT have additional properties .*"extra"/);
    expectFault(
      withBody({ progress: { ...EXAMPLE_STATUS.progress, extra: 1 } }),
      /\/progress must NOT have additional/,
    );
    expectFault(withBody({ bytes_in: undefined }), /must have required property 'bytes_in'/);
    expectFault(withBody({ status: 'DONE' }), /\/status must be equal to one of the allowed values/);
    expectFault(withBody({ created_at: 'today' }), /\/created_at must match format "date-time"/);
    expectFault({ ...GOOD, status: 202 }, /getStatus tells 200, 304, 400/);
    expectFault({ ...GOOD, headers: { ...GOOD.headers, 'content-type': 'text/html' } }, /comes as text\/html, told is/);
    expectFault({ ...GOOD, headers: { 'content-type': 'application/json' } }, /the header ETag is missing/);
    expectFault({ ...GOOD, headers: { ...GOOD.headers, 'retry-after': 'soon' } }, /Retry-After: soon is no number/);
    expectFault({ ...GOOD, headers: { ...GOOD.headers, location: '/' } }, /the header location is not told/);
    expectFault({ ...GOOD, status: 304, headers: { etag: '"a"' } }, /a body where none is told/);
    expectFault({ ...REFUSED, body: JSON.stringify({ ...PROBLEM, code: 'no_file' }) }, /\/code must be equal/);
    expectFault({ ...REFUSED, body: JSON.stringify({ ...PROBLEM, extra: 1 }) }, /must NOT have additional properties/);
    expectFault({ ...GOOD, url: '/nope' }, /is not in the document/);
    expectFault(
      { ...REFUSED, url: '/nope', body: JSON.stringify({ ...PROBLEM, code: 'nope' }) },
      /\/code must be equal/,
    );
    expectFault({ ...REFUSED, status: 405, method: 'PUT' }, /the header Allow is missing/);
    expectFault({ ...GOOD, status: 404, url: '/nope' }, /not as a problem/);
  });
});

test('an answer that is not as told fails the test that asked for it', async (t) => {
  // A test cannot watch another one fail; so this one takes the place of its context.
  const hooks: (() => unknown)[] = [];
  const context = { after: (hook: () => unknown) => void hooks.push(hook) };
  t.after(async () => {
    for (const hook of hooks) await Promise.resolve(hook()).catch(() => {});
  });
  const server = await startTestServer(context as typeof t);
  const registered = hooks.length;
  await fetch(`${server.url}/healthz`).then((answer) => answer.text());
  assert.equal(hooks.length, registered);
  // An engine that answers what no engine should.
  const { id } = await server.submit('Serial Number,Product Name,Input Image Urls\n1,a,https://img.example/a.jpg\n');
  const get = server.engine.requests.get.bind(server.engine.requests);
  server.engine.requests.get = async (requestId) => ({ ...(await get(requestId)), status: 'DONE' as 'PENDING' });
  await fetch(`${server.url}/status/${id}`).then((answer) => answer.text());
  assert.equal(hooks.length, registered + 1);
  assert.throws(() => hooks.pop()?.(), /\/status must be equal to one of the allowed values .*"DONE"/);
});
