import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { startTestServer } from '../helpers/start-server.ts';

test('the page over the OpenAPI document', async (t) => {
  const server = await startTestServer(t, { apiKeys: [{ name: 'shop', key: 'shop-key-0123456789abcdef' }] });
  const page = await fetch(`${server.url}/docs`);
  const html = await page.text();

  await t.test('is had without a key, and again only when it has changed', async () => {
    assert.equal(page.status, 200);
    assert.equal(page.headers.get('content-type'), 'text/html; charset=utf-8');
    const headers = { 'if-none-match': String(page.headers.get('etag')) };
    assert.equal((await fetch(`${server.url}/docs/`, { headers })).status, 304);
    assert.equal((await fetch(`${server.url}/api/docs`, { headers })).status, 304);
  });

  await t.test('names nothing outside of this service', () => {
    assert.deepEqual(html.match(/(?:https?:)?\/\/[\w.-]+/g), null);
    assert.match(html, /<script src="\/docs\/js\/scalar\.js">/);
    assert.match(html, /"url": "\/openapi\.json"/);
  });

  await t.test('may run its own script, and load and ask nothing elsewhere', () => {
    const policy = String(page.headers.get('content-security-policy'));
    const directives = new Map(policy.split('; ').map((one) => [one.split(' ')[0], one.split(' ').slice(1)]));
    assert.deepEqual(directives.get('default-src'), ["'none'"]);
    assert.deepEqual(directives.get('connect-src'), ["'self'"]);
    assert.deepEqual(directives.get('img-src'), ["'self'", 'data:']);
    assert.deepEqual(directives.get('frame-ancestors'), ["'none'"]);
    assert.equal(directives.get('font-src'), undefined);
    const inline = /<script type="text\/javascript">([\s\S]*?)<\/script>/.exec(html)?.[1] ?? '';
    assert.match(inline, /createApiReference/);
    const hash = createHash('sha256').update(inline).digest('base64');
    assert.deepEqual(directives.get('script-src'), ["'self'", `'sha256-${hash}'`]);
  });

  await t.test('has its script, small over the wire and kept by browsers', async () => {
    const plain = await fetch(`${server.url}/docs/js/scalar.js`, { headers: { 'accept-encoding': 'identity' } });
    assert.equal(plain.headers.get('content-encoding'), null);
    const packed = await fetch(`${server.url}/docs/js/scalar.js`);
    assert.equal(packed.headers.get('content-encoding'), 'gzip');
    assert.ok(Number(packed.headers.get('content-length')) < Number(plain.headers.get('content-length')) / 2);
    assert.equal(await packed.text(), await plain.text());
    assert.match(String(plain.headers.get('content-type')), /^text\/javascript/);
    const headers = { 'if-none-match': String(plain.headers.get('etag')) };
    assert.equal((await fetch(`${server.url}/docs/js/scalar.js`, { headers })).status, 304);
  });
});

test('under a proxy that serves it in a folder, the page finds its parts there', async (t) => {
  const server = await startTestServer(t, { publicUrl: 'https://shop.example/halve' });
  const html = (await server.server.app.inject({ url: '/docs', headers: { host: 'shop.example' } })).body;
  assert.match(html, /<script src="\/halve\/docs\/js\/scalar\.js">/);
  assert.match(html, /"url": "\/halve\/openapi\.json"/);
  assert.match(html, /"url": "\/halve"/);
});
