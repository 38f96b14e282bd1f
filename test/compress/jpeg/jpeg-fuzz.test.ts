import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { JpegFault } from '../../../src/compress/jpeg/jpeg-fault.ts';
import { readCoefficients } from '../../../src/compress/jpeg/read-coefficients.ts';
import { encoded, gray, picture } from '../../helpers/pictures.ts';
import { plainJpeg } from '../../helpers/plain-jpeg.ts';

const HOSTILE = join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'corpus', 'hostile');
/** None comes near it; a hang or a walk through made-up sizes would. */
const LIMIT_MS = 1000;

/** Reads, and lets only a `JpegFault` pass; what is decoded has to keep the promises of `Coefficients`. */
const tryToRead = (bytes: Uint8Array, name: string): 'read' | JpegFault['kind'] => {
  const begun = performance.now();
  try {
    const { planes, entries } = readCoefficients(bytes).coefficients;
    for (const { dc, starts, counts } of planes) {
      assert.ok(
        dc.every((value) => value >= -1024 && value <= 1023),
        name,
      );
      assert.ok(
        counts.every((count, i) => count <= 63 && (starts[i] ?? 0) + count <= entries.length),
        name,
      );
    }
    assert.ok(
      entries.every((entry) => (entry & 63) > 0 && Math.abs(entry >> 6) <= 1023 && entry >> 6 !== 0),
      name,
    );
    return 'read';
  } catch (error) {
    assert.ok(error instanceof JpegFault, `${name}: ${error instanceof Error ? error.stack : error}`);
    return error.kind;
  } finally {
    const ms = performance.now() - begun;
    assert.ok(ms < LIMIT_MS, `${name} took ${ms} ms`);
  }
};

const subjects = async (): Promise<readonly (readonly [string, Uint8Array])[]> => {
  const source = picture({ width: 230, height: 170 });
  return [
    ['baseline', await encoded(source, 'jpeg', { quality: 80 })],
    ['fixed tables', await encoded(source, 'jpeg', { quality: 90, optimiseCoding: false })],
    ['progressive', await encoded(source, 'jpeg', { progressive: true, quality: 80 })],
    ['mozjpeg', await encoded(source, 'jpeg', { mozjpeg: true, chromaSubsampling: '4:4:4' })],
    ['gray', await encoded(gray(source), 'jpeg', {})],
    [
      'restarts, one component a scan',
      plainJpeg({
        width: 100,
        height: 100,
        components: [
          { h: 2, v: 1 },
          { h: 1, v: 1 },
          { h: 1, v: 1 },
        ],
        restartInterval: 5,
        alone: true,
        block: (component, x, y) => [x * y, component, x, 0, 0, 0, y],
      }),
    ],
  ];
};

describe('damage done by chance', () => {
  test('cut at every percent: always refused, also with an end marker put behind', async () => {
    for (const [name, bytes] of await subjects()) {
      assert.equal(tryToRead(bytes, name), 'read');
      for (let percent = 0; percent < 100; percent += 1) {
        const cut = bytes.subarray(0, Math.floor((bytes.length * percent) / 100));
        assert.notEqual(tryToRead(cut, `${name} cut at ${percent} %`), 'read');
        const ended = Uint8Array.from([...cut, 0xff, 0xd9]);
        assert.notEqual(tryToRead(ended, `${name} ended at ${percent} %`), 'read');
      }
    }
  });

  test('bits flipped and bytes overwritten: a fault or coefficients in range', async () => {
    const random = generator(5);
    const verdicts = new Map<string, number>();
    for (const [name, bytes] of await subjects()) {
      for (let round = 0; round < 400; round += 1) {
        const changed = Uint8Array.from(bytes);
        // Half of the rounds in the segments, which are a small part of the file.
        const reach = round % 2 === 0 ? bytes.length : Math.min(bytes.length, 700);
        for (let i = 0; i <= round % 4; i += 1) {
          const at = random(reach);
          changed[at] = random(2) === 0 ? (changed[at] ?? 0) ^ (1 << random(8)) : random(256);
        }
        const verdict = tryToRead(changed, `${name}, round ${round}`);
        verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
      }
    }
    // Flips do all of that; were one never seen, the test would not reach what it is for.
    for (const verdict of ['read', 'damaged', 'unsupported', 'cut-off']) assert.ok(verdicts.has(verdict), verdict);
  });

  test('pieces removed, doubled and moved', async () => {
    const random = generator(11);
    for (const [name, bytes] of await subjects()) {
      for (let round = 0; round < 150; round += 1) {
        const [a, b] = [random(bytes.length), random(bytes.length)].sort((x, y) => x - y);
        const parts = [bytes.subarray(0, a), bytes.subarray(a, b), bytes.subarray(b)];
        const order =
          [
            [0, 2],
            [0, 1, 1, 2],
            [0, 2, 1],
          ][round % 3] ?? [];
        tryToRead(Buffer.concat(order.map((i) => parts[i] ?? new Uint8Array(0))), `${name}, round ${round}`);
      }
    }
  });
});

describe('files made to do harm', () => {
  test('the hostile corpus', {
    skip: existsSync(HOSTILE) ? false : 'the corpus of hostile files is not on this machine',
  }, (t) => {
    const verdicts = new Map<string, string[]>();
    for (const name of readdirSync(HOSTILE)) {
      const verdict = tryToRead(readFileSync(join(HOSTILE, name)), name);
      verdicts.set(verdict, [...(verdicts.get(verdict) ?? []), name]);
    }
    assert.ok((verdicts.get('read')?.length ?? 0) > 5 && (verdicts.get('unsupported')?.length ?? 0) > 5);
    for (const [verdict, names] of verdicts) t.diagnostic(`${verdict}: ${names.length}`);
  });

  test('a long file of nothing but stuffed bytes, of fill bytes, of segments', () => {
    const start = plainJpeg({ width: 6000, height: 6000, components: [{ h: 1, v: 1 }], block: () => [0] }).subarray(
      0,
      700,
    );
    const of = (...unit: number[]) => {
      const bytes = new Uint8Array(4_000_000);
      for (let i = 0; i < bytes.length; i += 1) bytes[i] = unit[i % unit.length] ?? 0;
      bytes.set(start);
      return bytes;
    };
    for (const unit of [[0xff, 0], [0xff], [0xff, 0xe0, 0, 2], [0xff, 0xd0], [0]]) {
      assert.notEqual(tryToRead(of(...unit), `${unit}`), 'read');
    }
  });
});

/** Numbers that are the same in every run. */
const generator = (seed: number) => {
  let state = seed;
  return (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
};
