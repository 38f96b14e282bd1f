import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { compileKernel } from '../../../scripts/compile-kernel.ts';
import { LARGEST_AC_SIZE, LARGEST_DC_SIZE } from '../../../src/compress/jpeg/block-statistics.ts';
import { Memory } from '../../../src/compress/jpeg/memory.ts';

const ENGINE = fileURLToPath(new URL('../../../src/compress/jpeg/', import.meta.url));

test('kernel.wasm is what its source compiles to', async () => {
  const kept = await readFile(`${ENGINE}kernel.wasm`);
  assert.ok(kept.equals(await compileKernel()), 'run `npm run kernel` after a change in src/compress/jpeg/kernel');
});

/** Types of the source as kernel.ts has them. */
const TYPES: Readonly<Record<string, string>> = { usize: 'Address', i32: 'number', f64: 'number', void: 'void' };

/** Functions of a source text by name: `(state: Address, …): number`. */
const signaturesOf = (text: string, pattern: RegExp): ReadonlyMap<string, string> => {
  const found = [...text.matchAll(pattern)].map(([, name = '', parameters = '', result = '']): [string, string] => {
    const named = [...parameters.matchAll(/(\w+): (\w+)/g)].map(([, of, type = '']) => `${of}: ${TYPES[type] ?? type}`);
    return [name, `(${named.join(', ')}): ${TYPES[result] ?? result}`];
  });
  return new Map(found);
};

describe('what both sides of the kernel state', () => {
  test('functions have the same parameters in the same order', async () => {
    const files = globSync('kernel/*.ts', { cwd: ENGINE });
    const sources = await Promise.all(files.map((file) => readFile(`${ENGINE}${file}`, 'utf8')));
    const source = signaturesOf(sources.join('\n'), /^export function (\w+)\(([^)]*)\): (\w+) \{$/gm);
    const stated = signaturesOf(await readFile(`${ENGINE}kernel.ts`, 'utf8'), /^ {2}(\w+)\(([^)]*)\): (\w+);$/gm);
    assert.ok(stated.size > 20, `${stated.size} functions found`);
    for (const [name, signature] of stated) assert.equal(signature, source.get(name), name);
  });

  test('limits are the same', () => {
    const { kernel } = new Memory();
    const { MAX_DC_SIZE, MAX_AC_SIZE } = kernel as unknown as Record<string, WebAssembly.Global>;
    assert.deepEqual([MAX_DC_SIZE?.value, MAX_AC_SIZE?.value], [LARGEST_DC_SIZE, LARGEST_AC_SIZE]);
  });
});
