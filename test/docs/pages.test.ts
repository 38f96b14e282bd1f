import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { docsPages } from '../../scripts/docs-pages.ts';

test('the pages made from the code are up to date (npm run docs)', async () => {
  const stale: string[] = [];
  for (const [path, text] of await docsPages()) {
    // No `assert.equal`: it would print hundreds of kilobytes of OpenAPI.
    if ((await readFile(new URL(`../../${path}`, import.meta.url), 'utf8')) !== text) stale.push(path);
  }
  assert.deepEqual(stale, []);
});
