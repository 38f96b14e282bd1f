import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { AppError } from '../../src/core/errors.ts';
import { DiskStore } from '../../src/store/disk-store.ts';
import { exerciseBlobStore, readAll } from '../conformance/blob-store.ts';
import { freshFolder } from '../helpers/temp-folder.ts';

const JPEG = { contentType: 'image/jpeg' };

const freshStore = async (t: TestContext) => {
  const folder = await freshFolder(t);
  const store = new DiskStore({ roots: { images: join(folder, 'out', 'images'), csvfile: join(folder, 'csvfile') } });
  return { folder, store };
};

exerciseBlobStore('DiskStore', async (t) => {
  // Hooks run in the order they are made, so this one sees the folder before it is removed.
  const made: string[] = [];
  t.after(async () => {
    for (const folder of made) {
      const names = await readdir(folder, { recursive: true });
      assert.deepEqual(
        names.filter((name) => name.endsWith('.part') || name.includes('check-')),
        [],
        'no test leaves a half-written file',
      );
    }
  });
  const { folder, store } = await freshStore(t);
  made.push(folder);
  return store;
});

const isStorageFailure = (detail: RegExp) => (error: unknown) => {
  assert.ok(error instanceof AppError);
  assert.equal(error.code, 'storage_failed');
  assert.equal(error.retryable, true);
  assert.match(error.detail ?? '', detail);
  assert.doesNotMatch(error.detail ?? '', /\//, 'no path in a sentence for users');
  return true;
};

describe('DiskStore', () => {
  test('puts each kind of file under its own root, and refuses other kinds', async (t) => {
    const { folder, store } = await freshStore(t);
    await store.put('images/r1/a.jpg', Buffer.from('image'), JPEG);
    await store.put('csvfile/r1_output.csv', Buffer.from('csv'), { contentType: 'text/csv' });
    assert.equal(await readFile(join(folder, 'out', 'images', 'r1', 'a.jpg'), 'utf8'), 'image');
    assert.equal(await readFile(join(folder, 'csvfile', 'r1_output.csv'), 'utf8'), 'csv');
    await assert.rejects(store.put('secrets/a', Buffer.from('x'), JPEG), TypeError);
    assert.throws(() => new DiskStore({ roots: { images: 'relative/folder' } }), TypeError);
  });

  test('never reads through a symbolic link inside the store', async (t) => {
    const { folder, store } = await freshStore(t);
    await store.put('images/r1/a.jpg', Buffer.from('image'), JPEG);
    await mkdir(join(folder, 'elsewhere'));
    await writeFile(join(folder, 'elsewhere', 'secret.jpg'), 'secret');
    await symlink(join(folder, 'elsewhere', 'secret.jpg'), join(folder, 'out', 'images', 'r1', 'link.jpg'));
    await symlink(join(folder, 'elsewhere'), join(folder, 'out', 'images', 'r2'));
    assert.equal(await store.open('images/r1/link.jpg'), null);
    assert.equal(await store.open('images/r2/secret.jpg'), null);
    await store.remove('images/r2/');
    assert.equal(await readFile(join(folder, 'elsewhere', 'secret.jpg'), 'utf8'), 'secret', 'only the link is removed');
  });

  test('a root that is itself a link works', async (t) => {
    const folder = await freshFolder(t);
    await mkdir(join(folder, 'disk2'));
    await symlink(join(folder, 'disk2'), join(folder, 'images'));
    const store = new DiskStore({ roots: { images: join(folder, 'images') } });
    await store.put('images/r1/a.jpg', Buffer.from('image'), JPEG);
    assert.equal((await readAll(store, 'images/r1/a.jpg'))?.toString(), 'image');
  });

  test('a folder is no file', async (t) => {
    const { store } = await freshStore(t);
    await store.put('images/r1/a.jpg', Buffer.from('image'), JPEG);
    assert.equal(await store.open('images/r1'), null);
    await assert.rejects(store.put('images/r1', Buffer.from('x'), JPEG), isStorageFailure(/folder/));
    await assert.rejects(store.put('images/r1/a.jpg/b', Buffer.from('x'), JPEG), isStorageFailure(/folder/));
  });

  test('says what is wrong with a folder that may not be written to', async (t) => {
    if (process.getuid?.() === 0) return t.skip('root may write everywhere');
    const { folder, store } = await freshStore(t);
    await mkdir(join(folder, 'csvfile'));
    await chmod(join(folder, 'csvfile'), 0o500);
    try {
      await assert.rejects(store.check(), isStorageFailure(/may not be written to/));
    } finally {
      await chmod(join(folder, 'csvfile'), 0o700);
    }
  });

  test('a full disk is told apart', { skip: process.platform !== 'linux' && '/dev/full is Linux' }, async (t) => {
    const { store } = await freshStore(t);
    // The same error a full disk gives, thrown by the kernel.
    const full = async function* () {
      yield await writeFile('/dev/full', 'x').then(() => Buffer.from('x'));
    };
    await assert.rejects(store.putStream('images/r1/a.jpg', full(), JPEG), (error) => {
      assert.ok(isStorageFailure(/disk of the storage folder is full/)(error));
      assert.equal(error instanceof AppError && error.group, 'full');
      return true;
    });
    assert.equal(await store.open('images/r1/a.jpg'), null);
  });

  test('sweep removes what a dead process left half-written, or everything half-written', async (t) => {
    const { folder, store } = await freshStore(t);
    await store.put('images/r1/a.jpg', Buffer.from('image'), JPEG);
    const parts = join(folder, 'out', 'images', '.parts');
    for (const name of ['77-aa', '77-bb', '7-cc']) await writeFile(join(parts, name), 'half');
    await store.sweep(77);
    assert.deepEqual(await readdir(parts), ['7-cc']);
    await store.sweep();
    assert.deepEqual(await readdir(parts), []);
    assert.notEqual(await store.open('images/r1/a.jpg'), null);
    await new DiskStore({ roots: { images: join(folder, 'nothing-here') } }).sweep();
  });

  test('a process killed while it writes leaves only whole files', { timeout: 60_000 }, async (t) => {
    const { folder, store } = await freshStore(t);
    for (let round = 0; round < 4; round++) {
      const child = fork(join(import.meta.dirname, 'endless-writer.ts'), [folder], { stdio: 'ignore' });
      // Killed at different moments: after the 3rd, 6th, … file it reports.
      for (let reports = 0; reports < 3 + 3 * round; reports++) await once(child, 'message');
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    const names = await readdir(join(folder, 'out', 'images', 'r1'));
    assert.ok(names.length >= 3);
    for (const name of names) {
      const bytes = await readAll(store, `images/r1/${name}`);
      assert.ok(bytes !== null && bytes.length === 300_000 && bytes.every((byte) => byte === bytes[0]), name);
    }
    await store.sweep();
    assert.deepEqual(await readdir(join(folder, 'out', 'images', '.parts')), []);
  });
});
