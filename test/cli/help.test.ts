import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findCommand } from '../../src/cli/commands.ts';
import { HELP, USAGE, WEBHOOK_USAGE } from '../../src/cli/usage.ts';

test('every text fits into 80 columns', () => {
  for (const text of [USAGE, WEBHOOK_USAGE, ...Object.values(HELP)]) {
    for (const line of text.split('\n')) assert.ok([...line].length <= 80, `${[...line].length}: ${line}`);
  }
});

test('every command stands in the overview, says how it is used, and has an example', () => {
  for (const [name, text] of Object.entries(HELP)) {
    assert.match(USAGE, new RegExp(`^ {2}halve ${name}\\b`, 'm'));
    assert.ok(text.startsWith(`halve ${name}`), name);
    const [, example = ''] = /^Examples?\n {2}(.*)/ms.exec(text) ?? [];
    assert.match(example, new RegExp(`halve ${name}`), name);
  }
});

test('a command, its help, or what was meant', () => {
  const kindOf = (line: string) => {
    const asked = findCommand(line.split(' ').filter((word) => word !== ''));
    return asked.kind === 'command' ? asked.args : asked;
  };
  assert.deepEqual(kindOf('webhook test http://a --json'), ['http://a', '--json']);
  assert.deepEqual(kindOf('status x -w'), ['x', '-w']);
  for (const line of ['submit --help', 'help submit', 'submit a.csv -h']) {
    assert.deepEqual(kindOf(line), { kind: 'text', text: HELP.submit, wanted: true }, line);
  }
  assert.deepEqual(kindOf('webhook test --help'), { kind: 'text', text: HELP['webhook test'], wanted: true });
  assert.deepEqual(kindOf('webhook --help'), { kind: 'text', text: WEBHOOK_USAGE, wanted: true });
  assert.deepEqual(kindOf('webhook'), { kind: 'text', text: WEBHOOK_USAGE, wanted: false });
  assert.deepEqual(kindOf(''), { kind: 'text', text: USAGE, wanted: false });
  assert.deepEqual(kindOf('--help'), { kind: 'text', text: USAGE, wanted: true });
  for (const [line, text] of [
    ['stauts', /Did you mean: halve status\?/],
    ['webhook lisen', /no command "webhook lisen"\. Did you mean: halve webhook listen\?/],
    ['webhok', /Did you mean: halve webhook\?/],
    ['fly', /Commands: run, serve, .*webhook\./],
    ['webhook fly', /Commands: secret, test, verify, listen, announce\./],
  ] as const) {
    const asked = findCommand(line.split(' '));
    assert.ok(asked.kind === 'fault', line);
    assert.match(asked.text, text);
  }
});
