import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { DEFAULT_OPTIONS } from '../../src/core/options.ts';
import { takeKey } from '../../src/db/idempotency-keys.ts';
import { KEY_LIFE_MS, KeysInUse, SAME_WISH_MS, type Submitted } from '../../src/intake/once.ts';
import { SMALL } from '../helpers/catalogues.ts';
import { openTestEngine, type TestEngine } from '../helpers/start-engine.ts';

const submitOnce = async (
  { engine }: TestEngine,
  { owner = '', key = null, fingerprint = 'f' }: { owner?: string; key?: string | null; fingerprint?: string },
): Promise<Submitted> => {
  const path = join(engine.spoolDir, randomUUID());
  await writeFile(path, SMALL);
  const submission = { path, bytes: SMALL.length, fileName: null, fingerprint, options: DEFAULT_OPTIONS };
  return engine.requests.submitOnce(submission, { owner, idempotencyKey: key });
};

const uploads = ({ folder }: TestEngine): Promise<string[]> => readdir(join(folder, 'data', 'uploads'));

test('of uploads that reach the database together one is stored, the others get it', async (t) => {
  const opened = await openTestEngine(t, { allow: '' });
  for (const [key, repeated] of [
    ['k', 'replay'],
    [null, 'running'],
  ] as const) {
    const before = (await uploads(opened)).length;
    const fingerprint = `of ${repeated}`;
    const all = await Promise.all(Array.from({ length: 20 }, () => submitOnce(opened, { key, fingerprint })));
    assert.equal(new Set(all.map(({ request }) => request.id)).size, 1);
    assert.deepEqual(all.map(({ as }) => as).sort(), ['new', ...Array.from({ length: 19 }, () => repeated)].sort());
    assert.equal((await uploads(opened)).length, before + 1);
  }
});

test('of two files that reach the database together under one key, one is refused', async (t) => {
  const opened = await openTestEngine(t, { allow: '' });
  const two = ['a', 'b'].map((fingerprint) => submitOnce(opened, { key: 'k', fingerprint }));
  const [taken, refused] = (await Promise.allSettled(two)).toSorted((a, b) => (a.status < b.status ? -1 : 1));
  assert.equal(taken?.status, 'fulfilled');
  assert.ok(refused?.status === 'rejected');
  assert.equal(refused.reason.code, 'idempotency_key_reused');
  assert.equal((await uploads(opened)).length, 1);
});

test('any order of uploads, deletions and waiting makes the requests the rules say', async (t) => {
  let now = 0;
  const opened = await openTestEngine(t, { allow: '', now: () => now });
  const step = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('upload' as const),
        key: fc.constantFrom(null, 'k1', 'k2'),
        fingerprint: fc.constantFrom('a', 'b'),
        owner: fc.constantFrom('shop', 'team'),
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), nth: fc.nat(5) }) },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('wait' as const),
        ms: fc.constantFrom(1, SAME_WISH_MS - 1, SAME_WISH_MS, KEY_LIFE_MS - 1, KEY_LIFE_MS),
      }),
    },
  );
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 14 }), async (steps) => {
      run += 1;
      /** What the rules say there is, oldest first. */
      let requests: { id: string; owner: string; fingerprint: string; at: number }[] = [];
      const keys = new Map<string, { id: string; fingerprint: string; at: number }>();
      for (const one of steps) {
        if (one.do === 'wait') now += one.ms;
        else if (one.do === 'delete') {
          const gone = requests[one.nth];
          if (gone === undefined) continue;
          await opened.engine.requests.remove(gone.id);
          requests = requests.filter(({ id }) => id !== gone.id);
        } else {
          const owner = `${one.owner} ${run}`;
          const name = `${owner} ${one.key}`;
          const known = keys.get(name);
          const valid =
            known !== undefined && now - known.at < KEY_LIFE_MS && requests.some(({ id }) => id === known.id);
          const same = requests.findLast(
            ({ owner: whose, fingerprint, at }) =>
              whose === owner && fingerprint === one.fingerprint && now - at < SAME_WISH_MS,
          );
          const upload = submitOnce(opened, { owner, key: one.key, fingerprint: one.fingerprint });
          if (one.key !== null && valid && known.fingerprint !== one.fingerprint) {
            await assert.rejects(upload, { code: 'idempotency_key_reused' });
            continue;
          }
          const { request, as } = await upload;
          const earlier = one.key === null ? same?.id : valid ? known.id : undefined;
          assert.equal(as, earlier === undefined ? 'new' : one.key === null ? 'running' : 'replay');
          if (earlier !== undefined) assert.equal(request.id, earlier);
          else {
            const made = { id: request.id, fingerprint: one.fingerprint, at: now };
            requests.push({ ...made, owner });
            if (one.key !== null) keys.set(name, made);
          }
        }
      }
    }),
    { numRuns: 60 },
  );
});

test('expired keys go, a hundred with each new one, the oldest first', async (t) => {
  const { engine } = await openTestEngine(t, { allow: '' });
  const expired = 1_000;
  const row = { owner: '', fingerprint: 'f', request_id: 'none' };
  await engine.database.write
    .insertInto('idempotency_keys')
    .values(Array.from({ length: 250 }, (_, n) => ({ ...row, key: `old ${n}`, created_at: n })))
    .execute();
  const left = async () => {
    const rows = await engine.database.read
      .selectFrom('idempotency_keys')
      .select('key')
      .orderBy('created_at')
      .execute();
    return rows.map(({ key }) => key);
  };
  for (const [key, oldest, count] of [
    ['n1', 'old 100', 151],
    ['n2', 'old 200', 52],
    ['n3', 'n1', 3],
  ] as const) {
    const fresh = { ...row, key, created_at: expired + 1 };
    assert.equal(await engine.database.write.transaction().execute((trx) => takeKey(trx, fresh, expired)), true);
    const keys = await left();
    assert.deepEqual([keys[0], keys.length], [oldest, count]);
  }
});

test('a key in use is that of its owner, and free once it is let go', () => {
  const inUse = new KeysInUse();
  const letGo = inUse.hold({ owner: 'shop', key: 'k' });
  assert.throws(() => inUse.hold({ owner: 'shop', key: 'k' }), { code: 'idempotency_key_in_use', retryAfterMs: 1_000 });
  const others = [inUse.hold({ owner: 'team', key: 'k' }), inUse.hold({ owner: 'shop', key: 'l' })];
  letGo();
  inUse.hold({ owner: 'shop', key: 'k' })();
  for (const end of others) end();
});
