import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as settled } from 'node:timers/promises';
import fc from 'fast-check';
import { AppError } from '../../src/core/errors.ts';
import { type HostVerdict, type LeaveHost, LocalHostGate, wasTried } from '../../src/fetch/host-gate.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

const NEVER = new AbortController().signal;
const OK: HostVerdict = { kind: 'ok' };
const FAILED: HostVerdict = { kind: 'failed', code: 'timed_out' };
const pause = (ms: number): HostVerdict => ({ kind: 'pause', ms });

/** Asks for places and notes who got in, in order. */
class Visitors {
  readonly inside: { readonly name: string; readonly leave: LeaveHost }[] = [];
  readonly refused: AppError[] = [];
  readonly #gate: LocalHostGate;

  constructor(gate: LocalHostGate) {
    this.#gate = gate;
  }

  async come(host: string, count = 1, signal = NEVER): Promise<void> {
    for (let n = 1; n <= count; n += 1) {
      this.#gate.enter(host, signal).then(
        (leave) => this.inside.push({ name: `${host}${n}`, leave }),
        (error) => this.refused.push(error),
      );
    }
    await settled();
  }

  async leave(verdict: HostVerdict, count = 1): Promise<void> {
    for (const { leave } of this.inside.splice(0, count)) leave(verdict);
    await settled();
  }

  get names(): string[] {
    return this.inside.map(({ name }) => name);
  }
}

const setUp = (options: { perHost?: number; total?: number; maxIdleHosts?: number } = {}) => {
  const clock = new ManualClock();
  const gate = new LocalHostGate({ ...options, clock });
  return { clock, gate, visitors: new Visitors(gate) };
};

describe('places', () => {
  test('six at a host, thirty-two in all', async () => {
    const { visitors } = setUp();
    await visitors.come('a', 10);
    assert.equal(visitors.inside.length, 6);
    for (const host of ['b', 'c', 'd', 'e', 'f', 'g']) await visitors.come(host, 10);
    assert.equal(visitors.inside.length, 32);
  });

  test('first come, first served at one host', async () => {
    const { visitors } = setUp({ perHost: 2 });
    await visitors.come('a', 5);
    await visitors.leave(OK, 2);
    assert.deepEqual(visitors.names, ['a3', 'a4']);
  });

  test('hosts take turns when all places are taken', async () => {
    const { visitors } = setUp({ perHost: 6, total: 3 });
    await visitors.come('a', 8);
    await visitors.come('b', 2);
    await visitors.come('c', 2);
    await visitors.leave(OK, 3);
    assert.deepEqual(visitors.names, ['a4', 'b1', 'c1']);
    await visitors.leave(OK, 3);
    assert.deepEqual(visitors.names, ['a5', 'b2', 'c2']);
  });

  test('whoever gives up waiting makes room in the line', async () => {
    const { visitors, clock } = setUp({ perHost: 1 });
    const patience = new AbortController();
    await visitors.come('a', 1);
    await visitors.come('a', 3, patience.signal);
    await visitors.come('a', 1);
    patience.abort(new AppError('cancelled'));
    await visitors.leave(OK);
    assert.deepEqual(
      visitors.refused.map(({ code }) => code),
      ['cancelled', 'cancelled', 'cancelled'],
    );
    assert.equal(visitors.inside.length, 1);
    await visitors.come('a', 1, patience.signal);
    assert.equal(visitors.refused.length, 4);
    assert.equal(clock.pending, 0);
  });

  test('a place is given back once, however often it is left', async () => {
    const { visitors } = setUp({ perHost: 1 });
    await visitors.come('a', 3);
    const [first] = visitors.inside;
    for (let n = 0; n < 5; n += 1) first?.leave(OK);
    await settled();
    assert.deepEqual(visitors.names, ['a1', 'a2']);
  });

  test('whatever the order of coming and leaving: limits hold, everybody gets in, nothing is left over', async () => {
    const step = fc.record({ host: fc.constantFrom('a', 'b', 'c', 'd'), leaver: fc.nat({ max: 9 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 60 }), async (steps) => {
        const { gate } = setUp({ perHost: 2, total: 5 });
        const inside: { host: string; leave: LeaveHost }[] = [];
        let served = 0;
        const leaveOne = async (n: number): Promise<void> => {
          inside.splice(n % Math.max(1, inside.length), 1)[0]?.leave(OK);
          await settled();
        };
        for (const { host, leaver } of steps) {
          void gate.enter(host, NEVER).then((leave) => {
            served += 1;
            inside.push({ host, leave });
          });
          await settled();
          assert.ok(inside.length <= 5);
          assert.ok(['a', 'b', 'c', 'd'].every((name) => inside.filter((one) => one.host === name).length <= 2));
          if (leaver < 5) await leaveOne(leaver);
        }
        while (inside.length > 0) await leaveOne(0);
        assert.equal(served, steps.length);
      }),
      { numRuns: 50 },
    );
  });
});

describe('a host that asks for rest', () => {
  test('a short rest is waited for in line', async () => {
    const { visitors, clock } = setUp();
    await visitors.come('a', 1);
    await visitors.leave(pause(2_000));
    await visitors.come('a', 2);
    assert.deepEqual([visitors.inside.length, visitors.refused.length], [0, 0]);
    clock.advance(1_999);
    await settled();
    assert.equal(visitors.inside.length, 0);
    clock.advance(1);
    await settled();
    assert.equal(visitors.inside.length, 2);
    assert.equal(clock.pending, 0);
  });

  test('a long rest turns away at once, those in line too, and is not counted as a try', async () => {
    const { visitors, clock } = setUp({ perHost: 1 });
    await visitors.come('shop.example:443', 3);
    await visitors.leave(pause(30_000));
    await visitors.come('shop.example:443');
    assert.equal(visitors.refused.length, 3);
    for (const error of visitors.refused) {
      assert.deepEqual([error.code, error.retryable, error.retryAfterMs], ['http_status', true, 30_000]);
      assert.equal(wasTried(error), false);
      assert.equal(error.detail, 'The server shop.example asks for fewer requests; it is given 30 s of rest.');
    }
    await visitors.come('other.example:443');
    assert.equal(visitors.inside.length, 1);
    clock.advance(30_000);
    await visitors.come('shop.example:443');
    assert.equal(visitors.inside.length, 2);
  });

  test('no rest is longer than two minutes', async () => {
    const { visitors } = setUp();
    await visitors.come('a', 2);
    await visitors.leave(pause(86_400_000));
    await visitors.leave(pause(1));
    await visitors.come('a');
    assert.equal(visitors.refused[0]?.retryAfterMs, 120_000);
  });

  test('it gets half the visits afterwards, growing back with every answer', async () => {
    const { visitors, clock } = setUp();
    await visitors.come('a', 6);
    await visitors.leave(pause(1_000), 6);
    await visitors.come('a', 40);
    clock.advance(1_000);
    await settled();
    assert.equal(visitors.inside.length, 3);
    await visitors.leave(OK, 3);
    await visitors.leave(OK, 1);
    assert.equal(visitors.inside.length, 4);
    for (let round = 0; round < 3; round += 1) await visitors.leave(OK, visitors.inside.length);
    assert.equal(visitors.inside.length, 6);
  });
});

describe('a host that never answers', () => {
  const goDown = async (visitors: Visitors): Promise<void> => {
    await visitors.come('a', 6);
    await visitors.leave(FAILED, 6);
    assert.equal(visitors.inside.length, 0);
  };

  test('is down after six visits in vain: the next fail fast with its last code, and count as tries', async () => {
    const { visitors } = setUp();
    await visitors.come('a', 15);
    await visitors.leave(FAILED, 6);
    assert.equal(visitors.refused.length, 4, 'those in line learn it at once');
    await visitors.come('a');
    assert.equal(visitors.refused.length, 5);
    for (const error of visitors.refused) {
      assert.deepEqual([error.code, error.retryable, error.retryAfterMs], ['timed_out', true, undefined]);
      assert.equal(wasTried(error), true);
    }
  });

  test('gets one probe after ten seconds, which decides', async () => {
    const { visitors, clock } = setUp();
    await goDown(visitors);
    clock.advance(10_000);
    await visitors.come('a', 3);
    assert.deepEqual([visitors.inside.length, visitors.refused.length], [1, 2]);
    await visitors.leave(FAILED);
    await visitors.come('a');
    assert.deepEqual([visitors.inside.length, visitors.refused.length], [0, 3]);
    clock.advance(10_000);
    await visitors.come('a');
    await visitors.leave(OK);
    await visitors.come('a', 6);
    assert.equal(visitors.inside.length, 6);
  });

  test('is not down while it still answers others now and then', async () => {
    const { visitors, clock } = setUp();
    await visitors.come('a');
    await visitors.leave(OK);
    await visitors.come('a', 30);
    clock.advance(19_999);
    await visitors.leave(FAILED, 6);
    assert.deepEqual([visitors.inside.length, visitors.refused.length], [6, 0]);
    clock.advance(1);
    await visitors.leave(FAILED);
    assert.equal(visitors.refused.length, 18);
  });
});

test('memory does not grow with the hosts ever seen, and busy hosts are not forgotten', async () => {
  const { visitors, gate } = setUp({ maxIdleHosts: 10 });
  await visitors.come('busy', 7);
  for (let n = 0; n < 100; n += 1) (await gate.enter(`host${n}`, NEVER))(OK);
  assert.equal(gate.hostCount, 10);
  assert.equal(visitors.inside.length, 6);
  await visitors.come('busy');
  assert.equal(visitors.inside.length, 6);
});
