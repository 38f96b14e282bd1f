import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAllowList } from '../../src/fetch/allow-list.ts';
import { checkUrl } from '../../src/fetch/check-url.ts';

test('a name that can never exist is said to be missing, without asking DNS', () => {
  for (const url of ['http://nohost.invalid/a.jpg', 'https://INVALID/', 'http://a.b.invalid:443/']) {
    assert.throws(() => checkUrl(url, parseAllowList('')), { code: 'host_not_found', retryable: false }, url);
  }
  assert.equal(checkUrl('http://invalid.example/', parseAllowList('')).host, 'invalid.example');
});
