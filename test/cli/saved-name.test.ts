import assert from 'node:assert/strict';
import { basename, join, resolve } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { savedName } from '../../src/cli/remote/saved-name.ts';

test('names of users are kept, traps are not', () => {
  for (const name of ['spring_output.csv', 'Frühling (1)_output.csv', "L'été 2026_errors.csv", 'a.b.c']) {
    assert.equal(savedName(name), name);
  }
  for (const name of [
    null,
    '',
    '.',
    '..',
    '../../.bashrc',
    'a/b.csv',
    'a\\b.csv',
    'c:x',
    '.hidden',
    '-rf',
    'nul',
    'CON.csv',
    'com1.csv',
    'a\u0000b',
    'a\nb',
    'x ',
    'x.',
    'x'.repeat(251),
  ]) {
    assert.equal(savedName(name), null, JSON.stringify(name));
  }
});

test('whatever is offered, a name never leads out of the folder', () => {
  const folder = resolve('/somewhere/here');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (offered) => {
      const name = savedName(offered);
      if (name !== null) assert.equal(join(folder, basename(name)), resolve(folder, name));
    }),
  );
});
