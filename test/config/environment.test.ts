import assert from 'node:assert/strict';
import { test } from 'node:test';
import { storageEnvironment } from '../../src/config/environment.ts';

test('presses get what an S3 client looks for, and no other secret', () => {
  const environment = {
    AWS_ACCESS_KEY_ID: 'id',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_PROFILE: undefined,
    AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/v2/x',
    HOME: '/home/halve',
    NODE_EXTRA_CA_CERTS: '/etc/ca.pem',
    NODE_OPTIONS: '--inspect',
    HALVE_API_KEYS: 'a:b',
    HALVE_SMTP_URL: 'smtp://user:password@host',
    PATH: '/bin',
    LAWS_: 'x',
  };
  assert.deepEqual(Object.keys(storageEnvironment(environment)).sort(), [
    'AWS_ACCESS_KEY_ID',
    'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
    'AWS_SECRET_ACCESS_KEY',
    'HOME',
    'NODE_EXTRA_CA_CERTS',
  ]);
});
