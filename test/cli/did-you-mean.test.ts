import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { nearest } from '../../src/cli/did-you-mean.ts';

const COMMANDS = ['run', 'serve', 'submit', 'status', 'retry', 'cancel', 'download', 'webhook'];

test('the word that was meant', () => {
  for (const [typed, meant] of [
    ['stauts', 'status'],
    ['sumbit', 'submit'],
    ['STATUS', 'status'],
    ['down', 'download'],
    ['retyr', 'retry'],
    ['cancle', 'cancel'],
    ['server', 'serve'],
    ['fly', null],
    ['s', null],
    ['', null],
    ['completely-different', null],
  ] as const) {
    assert.equal(nearest(typed, COMMANDS), meant, typed);
  }
});

test('one slip in a word of six letters is always seen through', () => {
  fc.assert(
    fc.property(fc.nat({ max: 5 }), fc.constantFrom('swap', 'drop', 'add', 'change'), (at, slip) => {
      const word = 'submit';
      const typed = {
        swap: word.slice(0, at) + (word[at + 1] ?? '') + (word[at] ?? '') + word.slice(at + 2),
        drop: word.slice(0, at) + word.slice(at + 1),
        add: `${word.slice(0, at)}q${word.slice(at)}`,
        change: `${word.slice(0, at)}q${word.slice(at + 1)}`,
      }[slip];
      assert.equal(nearest(typed, COMMANDS), word, typed);
    }),
  );
});
