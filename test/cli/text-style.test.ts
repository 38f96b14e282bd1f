import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { textStyle } from '../../src/cli/text-style.ts';

describe('textStyle', () => {
  const terminal = { write: () => true, isTTY: true, columns: 80 };
  const cases = [
    ['a UTF-8 terminal', terminal, { LANG: 'de_DE.UTF-8' }, [true, true, true]],
    ['LC_ALL beats LANG', terminal, { LC_ALL: 'C', LANG: 'de_DE.UTF-8' }, [true, true, false]],
    ['an empty LC_ALL does not count', terminal, { LC_ALL: '', LC_CTYPE: 'C.utf8' }, [true, true, true]],
    ['NO_COLOR', terminal, { NO_COLOR: '1' }, [true, false, false]],
    ['an empty NO_COLOR does not count', terminal, { NO_COLOR: '' }, [true, true, false]],
    ['TERM=dumb', terminal, { TERM: 'dumb', LANG: 'C.UTF-8' }, [false, false, true]],
    ['Windows Terminal', terminal, { WT_SESSION: '0b1' }, [true, true, true]],
    ['a file', { write: () => true }, { LANG: 'C.UTF-8' }, [false, false, true]],
  ] as const;
  for (const [name, stream, environment, [live, colour, unicode]] of cases) {
    test(name, () => assert.deepEqual(textStyle(stream, environment), { live, colour, unicode }));
  }
});
