import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { answerOf, assertProblem } from '../helpers/problem.ts';
import { startTestServer } from '../helpers/start-server.ts';

const HTML = { accept: 'text/html,*/*;q=0.8' };

test('the pages load nothing from elsewhere and run nothing inline', async (t) => {
  const { url, server } = await startTestServer(t, { publicUrl: 'https://halve.example/x' });
  for (const path of ['/', `/requests/${randomUUID()}`]) {
    const answer = await fetch(url + path, { headers: HTML });
    assert.equal(answer.headers.get('content-type'), 'text/html; charset=utf-8');
    assert.match(
      String(answer.headers.get('content-security-policy')),
      /^default-src 'self'; .*frame-ancestors 'none'/,
    );
    const html = await answer.text();
    assert.doesNotMatch(html, /\{\{|<style|style=|\son\w+=|<script(?! type="module" src=)/);
    // Every address in the page begins with the folder the proxy serves us in, and is one of our routes.
    const links = [...html.matchAll(/(?:href|src|action)="([^"]*)"/g)].map(([, link]) => String(link));
    assert.ok(links.length >= 4);
    for (const link of links) {
      assert.match(link, /^\/x\//);
      const own = link.replace(/^\/x/, '').replace(/[0-9a-f-]{36}/, randomUUID());
      const { statusCode, body } = await server.app.inject({
        method: link.endsWith('/upload') ? 'POST' : 'GET',
        url: own,
      });
      assert.ok(statusCode < 400 || !body.includes('"not_found"'), link);
    }
  }
});

test('the page works for visitors without scripts: its form sends what the API takes', async (t) => {
  const { url } = await startTestServer(t);
  const html = await (await fetch(url, { headers: HTML })).text();
  assert.match(html, /<form[^>]* method="post"[^>]* enctype="multipart\/form-data"/);
  const names = [...html.matchAll(/<(?:input|select)[^>]* name="(\w+)"/g)].map(([, name]) => String(name));
  const form = new FormData();
  for (const name of names)
    if (name !== 'key')
      form.append(name, name === 'file' ? new File(['1,A,https://img.example/1.jpg\n'], 'a.csv') : '');
  assert.equal((await fetch(`${url}/upload`, { method: 'POST', body: form })).status, 202);
});

test('files of the page are kept by browsers and asked for again', async (t) => {
  const { url } = await startTestServer(t);
  for (const path of ['/', '/assets/app.js', '/assets/style.css', '/assets/icon.svg']) {
    const first = await fetch(url + path);
    assert.equal(first.headers.get('cache-control'), 'no-cache');
    const again = await fetch(url + path, { headers: { 'if-none-match': String(first.headers.get('etag')) } });
    assert.deepEqual([again.status, await again.text()], [304, '']);
  }
});

test('the page of a request is for people; programs are sent to the status', async (t) => {
  const { url } = await startTestServer(t);
  const id = randomUUID();
  const program = await fetch(`${url}/requests/${id}`, { redirect: 'manual', headers: { accept: 'application/json' } });
  assert.deepEqual([program.status, program.headers.get('location')], [303, `/status/${id}`]);
  const page = await fetch(`${url}/requests/${id}`, { headers: HTML });
  assert.match(await page.text(), new RegExp(`data-request="${id}"`));
  assertProblem(await answerOf(await fetch(`${url}/requests/%3Cscript%3E`, { headers: HTML })), 'request_not_found');
});
