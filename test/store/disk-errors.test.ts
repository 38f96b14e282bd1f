import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AppError } from '../../src/core/errors.ts';
import { onDisk } from '../../src/store/disk-errors.ts';

const systemError = (code: string) => Object.assign(new Error(`${code}: at /secret/place`), { code });

describe('onDisk', () => {
  for (const [code, group] of [
    ['ENOSPC', 'full'],
    ['EDQUOT', 'full'],
    ['EACCES', 'refused'],
    ['EPERM', 'refused'],
    ['EROFS', 'refused'],
    ['ENOTDIR', 'refused'],
    ['EIO', 'unavailable'],
    ['ENOENT', 'unavailable'],
    ['EMFILE', 'unavailable'],
    ['ESTALE', 'unavailable'],
    ['EISDIR', undefined],
    ['ELOOP', undefined],
    ['ENAMETOOLONG', undefined],
  ] as const) {
    test(`${code} becomes a sentence that names no path, in the group ${group}`, async () => {
      await assert.rejects(
        onDisk(() => Promise.reject(systemError(code))),
        (error) => {
          assert.ok(error instanceof AppError);
          assert.deepEqual([error.code, error.retryable], ['storage_failed', true]);
          assert.match(error.detail ?? '', /\.$/);
          assert.doesNotMatch(error.detail ?? '', /secret|E[A-Z]{3,}/);
          assert.equal(error.group, group);
          return true;
        },
      );
    });
  }

  test('errors that do not come from the system pass unchanged', async () => {
    for (const error of [new AppError('cancelled'), new TypeError('a bug of ours')]) {
      await assert.rejects(
        onDisk(() => Promise.reject(error)),
        (thrown) => thrown === error,
      );
    }
  });
});
