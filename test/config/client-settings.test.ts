import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadClientSettings } from '../../src/config/load-settings.ts';
import { AppError } from '../../src/core/errors.ts';

const faultOf = (environment: Record<string, string>): string => {
  try {
    loadClientSettings(environment);
  } catch (error) {
    assert.ok(error instanceof AppError && error.code === 'invalid_settings');
    return error.message;
  }
  return '';
};

test('the server that is talked to: its address without a slash at the end, a path is kept', () => {
  assert.deepEqual(loadClientSettings({}), { server: 'http://127.0.0.1:3000', apiKey: null });
  for (const [text, server] of [
    ['https://halve.example/', 'https://halve.example'],
    ['http://localhost:8080/api/', 'http://localhost:8080/api'],
    [' http://[::1]:3000 ', 'http://[::1]:3000'],
  ] as const) {
    assert.equal(loadClientSettings({ HALVE_URL: text }).server, server);
  }
  assert.equal(loadClientSettings({ HALVE_API_KEY: 'abc-123' }).apiKey, 'abc-123');
});

test('faults, all at once, without the key', () => {
  for (const url of ['localhost:3000', 'halve', 'ftp://x', 'http://x?a=1', 'http://x/#a']) {
    assert.match(faultOf({ HALVE_URL: url }), /^HALVE_URL: expected the address of a Halve server/, url);
  }
  assert.match(faultOf({ HALVE_URL: 'http://user:password@x' }), /HALVE_API_KEY/);
  const both = faultOf({ HALVE_URL: 'x', HALVE_API_KEY: 'two words' });
  assert.match(both, /^HALVE_URL: .*\nHALVE_API_KEY: expected a key without spaces/);
  assert.ok(!both.includes('two words'));
});
