import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { FolderSync } from '../../src/store/folder-sync.ts';
import { freshFolder } from '../helpers/temp-folder.ts';

describe('FolderSync', () => {
  test('those who come while a sync runs share the next one', async (t) => {
    const folder = await freshFolder(t);
    const folderSync = new FolderSync();
    const first = folderSync.sync(folder);
    const second = folderSync.sync(folder);
    const third = folderSync.sync(folder);
    assert.notEqual(first, second, 'the running sync may have begun too early for the second caller');
    assert.equal(second, third);
    await Promise.all([first, second, third]);
    const later = folderSync.sync(folder);
    assert.notEqual(later, second);
    await later;
  });

  test('a failed sync fails those who waited for it and nobody after', async (t) => {
    const folder = await freshFolder(t);
    const folderSync = new FolderSync();
    const missing = join(folder, 'missing');
    const results = await Promise.allSettled([folderSync.sync(missing), folderSync.sync(missing)]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['rejected', 'rejected'],
    );
    await folderSync.sync(folder);
  });
});
