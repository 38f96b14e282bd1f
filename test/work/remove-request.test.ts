import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_LIMITS } from '../../src/catalogue/limits.ts';
import { createLogger } from '../../src/core/log.ts';
import { SqliteQueue } from '../../src/queue/sqlite-queue.ts';
import { openStore } from '../../src/store/open-store.ts';
import { servedLinks } from '../../src/work/output-links.ts';
import { removeRequest } from '../../src/work/remove-request.ts';
import { ResultFiles } from '../../src/work/result-files.ts';
import { freshDatabase } from '../helpers/fresh-database.ts';
import { freshFolder } from '../helpers/temp-folder.ts';

test('a deleted request is removed when its end is no longer being written', async (t) => {
  const database = await freshDatabase(t);
  const folder = await freshFolder(t);
  const queue = new SqliteQueue(database);
  const store = await openStore({ kind: 'disk', roots: { images: `${folder}/images`, csvfile: `${folder}/csvfile` } });
  const links = servedLinks('https://halve.example');
  const files = new ResultFiles({ database, store, uploads: folder, limits: DEFAULT_LIMITS, links });
  const requestId = '019a0000-0000-7000-8000-000000000000';
  await database.write.transaction().execute((trx) =>
    queue.enqueue(trx, [
      { kind: 'finish', rid: 1, payload: {} },
      { kind: 'remove', rid: 1, payload: { requestId } },
    ]),
  );
  const [finish] = await queue.take('finish', 1);
  const [remove] = await queue.take('remove', 1);
  assert.ok(finish && remove);
  const context = { database, queue, files, log: createLogger('silent') };
  const { signal } = new AbortController();
  assert.equal(await removeRequest(remove, signal, context), 1_000);
  await database.write.transaction().execute((trx) => queue.complete(trx, finish));
  assert.equal(await removeRequest(remove, signal, context), undefined);
  assert.deepEqual(await database.read.selectFrom('jobs').selectAll().execute(), []);
});
