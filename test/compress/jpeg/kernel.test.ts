import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { compileKernel } from '../../../scripts/compile-kernel.ts';

test('kernel.wasm is what its source compiles to', async () => {
  const kept = await readFile(new URL('../../../src/compress/jpeg/kernel.wasm', import.meta.url));
  assert.ok(kept.equals(await compileKernel()), 'run `npm run kernel` after a change in src/compress/jpeg/kernel');
});
