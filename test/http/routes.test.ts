import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { ErrorCode } from '../../src/core/errors.ts';
import { SMALL } from '../helpers/catalogues.ts';
import { assertNoLeak, assertProblem } from '../helpers/problem.ts';
import { startTestServer } from '../helpers/start-server.ts';

/** Answers that do not end as long as somebody listens; test/http/events.test.ts asks them under every name. */
const isStream = (url: string): boolean => url.endsWith('/events');

/** Answers that differ from one moment to the next. */
const isAlive = (url: string): boolean => url.endsWith('/metrics');

/** What each changing call answers when it is about nothing. */
const ABOUT_NOTHING: Readonly<Record<string, ErrorCode>> = {
  '/upload': 'no_file',
  '/process/:request_id': 'request_not_found',
  '/cancel/:request_id': 'request_not_found',
  '/requests/:request_id': 'request_not_found',
  '/deliveries/:delivery_id/replay': 'delivery_not_found',
  '/webhook-completed': 'invalid_signature',
};

/** The same call under every name it has, by the router's own list. */
test('every route', async (t) => {
  const server = await startTestServer(t);
  const { id } = await server.submit(SMALL, { start: 'manual' });
  const fill = (url: string): string =>
    url
      .replace(':request_id', id)
      .replace(':file_id', `${id}-1`)
      .replace(':name', `${id}_output.csv`)
      .replace(':code', 'no_file');

  await t.test('is there under /api too', () => {
    const plain = server.server.routes.filter(({ url }) => !url.startsWith('/api'));
    assert.ok(plain.length > 20);
    for (const { method, url } of plain) {
      const twin = `/api${url}`.replace(/\/$/, '');
      const found = server.server.routes.some((one) => one.method === method && one.url.replace(/\/$/, '') === twin);
      assert.ok(found, `${method} ${twin}`);
    }
  });

  await t.test('answers the same with and without a trailing slash and under /api', async () => {
    const reading = server.server.routes.filter(
      ({ method, url }) => method === 'GET' && !url.startsWith('/api') && !isStream(url),
    );
    for (const { url } of reading) {
      const path = fill(url).replace(/\/$/, '');
      const answers = [];
      for (const form of [path || '/', `${path}/`, `/api${path}`, `/api${path}/`]) {
        const { statusCode, body, headers } = await server.server.app.inject({ method: 'GET', url: form });
        assertNoLeak(headers['content-type']?.toString().startsWith('text/') === true ? '' : body);
        const text = isAlive(url) ? '' : body.replace(`"instance":"${form}"`, '');
        answers.push({ statusCode, text, type: headers['content-type'] });
      }
      for (const answer of answers) assert.deepEqual(answer, answers[0], path);
    }
  });

  await t.test('answers changing calls the same under every name', async () => {
    const changing = server.server.routes.filter(
      ({ method, url }) => method !== 'GET' && method !== 'HEAD' && !url.startsWith('/api'),
    );
    assert.deepEqual(changing.map(({ url }) => url).sort(), Object.keys(ABOUT_NOTHING).sort());
    const missing = randomUUID();
    for (const { method, url } of changing) {
      const path = url.replace(/:\w+/, missing);
      for (const form of [path, `${path}/`, `/api${path}`, `/api${path}/`]) {
        const { statusCode, body, headers } = await server.server.app.inject({ method: method as 'POST', url: form });
        const answer = { status: statusCode, contentType: String(headers['content-type']), body };
        assertProblem(answer, ABOUT_NOTHING[url]);
      }
    }
  });

  await t.test('refuses other methods with 405 and says which it takes', async () => {
    const urls = new Set(server.server.routes.map(({ url }) => url));
    for (const url of urls) {
      const taken = server.server.routes.filter((one) => one.url === url).map(({ method }) => method);
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const) {
        if (taken.includes(method)) continue;
        const { statusCode, body, headers } = await server.server.app.inject({ method, url: fill(url) });
        assertProblem({ status: statusCode, contentType: String(headers['content-type']), body }, 'method_not_allowed');
        assert.deepEqual(String(headers.allow).split(', ').sort(), taken.toSorted(), `${method} ${url}`);
      }
    }
  });

  await t.test('answers HEAD like GET, without the body', async () => {
    for (const { url } of server.server.routes.filter((one) => one.method === 'GET' && !isStream(one.url))) {
      const [get, head] = await Promise.all(
        ['GET', 'HEAD'].map((method) => fetch(server.url + fill(url), { method, redirect: 'manual' })),
      );
      assert.ok(get && head);
      assert.equal(head.status, get.status, url);
      // A length of nothing may be left out.
      const length = get.headers.get('content-length') === '0' || isAlive(url) ? [] : ['content-length'];
      for (const name of [...length, 'content-type', 'etag', 'cache-control', 'location'])
        assert.equal(head.headers.get(name), get.headers.get(name), `${url} ${name}`);
      assert.equal(await head.text(), '');
      await get.text();
    }
  });

  await t.test('answers anything else with a problem', async () => {
    const paths = [
      '/nope',
      '/api/nope',
      '/image',
      '/upload/x',
      '/image/..%2f..%2fetc',
      '/csvfile/%00',
      '/assets/..%2fpackage.json',
    ];
    for (const url of [...paths, `/status/${'x'.repeat(500)}`, '/status/not-an-id', '/csvfile/x_output.csv']) {
      const { statusCode, body, headers } = await server.server.app.inject({ method: 'GET', url });
      assert.equal(statusCode, 404, url);
      assertProblem({ status: statusCode, contentType: String(headers['content-type']), body });
    }
  });

  await t.test('answers a broken escape with 400', async () => {
    const { statusCode, body, headers } = await server.server.app.inject({ method: 'GET', url: '/status/%zz' });
    assertProblem({ status: statusCode, contentType: String(headers['content-type']), body }, 'malformed_request');
  });

  await t.test('carries the headers that make it inert in a browser', async () => {
    for (const path of ['/healthz', '/nope', `/status/${id}`, '/', '/image/x']) {
      const { headers } = await fetch(server.url + path);
      assert.equal(headers.get('x-content-type-options'), 'nosniff', path);
      assert.match(String(headers.get('content-security-policy')), /^default-src '(?:none|self)'/, path);
      assert.equal(headers.get('access-control-allow-origin'), null, path);
      assert.equal(headers.get('set-cookie'), null, path);
    }
  });
});
