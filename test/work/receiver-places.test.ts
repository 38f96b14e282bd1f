import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReceiverPlaces } from '../../src/work/receiver-places.ts';

const enter = (places: ReceiverPlaces, name: string): (() => void) => {
  const leave = places.enter(name);
  if (typeof leave === 'number') throw new Error(`${name} has no place for ${leave} ms`);
  return leave;
};

const wait = (places: ReceiverPlaces, name: string): number => {
  const ms = places.enter(name);
  if (typeof ms !== 'number') throw new Error(`${name} has a place`);
  return ms;
};

test('two at one receiver, whatever the others do', () => {
  const places = new ReceiverPlaces(
    () => 0,
    () => 0,
  );
  const leave = enter(places, 'a.example');
  enter(places, 'a.example');
  assert.ok(wait(places, 'a.example') >= 1_000);
  enter(places, 'b.example');
  leave();
  enter(places, 'a.example');
  assert.ok(wait(places, 'a.example') >= 1_000);
});

test('those that wait come again one behind the other, as fast as the receiver takes them', () => {
  const clock = { now: 0 };
  const places = new ReceiverPlaces(
    () => clock.now,
    () => 0,
  );
  enter(places, 'slow.example');
  const leave = enter(places, 'slow.example');
  clock.now = 400;
  leave();
  enter(places, 'slow.example');
  const waits = Array.from({ length: 5 }, () => wait(places, 'slow.example'));
  assert.deepEqual(waits, [1_200, 1_400, 1_600, 1_800, 2_000]);
});

test('thousands that wait for a receiver that hangs look again some ten times a second together', () => {
  const clock = { now: 0 };
  const places = new ReceiverPlaces(() => clock.now, Math.random);
  enter(places, 'hangs.example');
  enter(places, 'hangs.example');
  clock.now = 10_000;
  const waits = Array.from({ length: 5_000 }, () => wait(places, 'hangs.example'));
  const perSecond = Map.groupBy(waits, (ms) => Math.floor(ms / 1_000));
  assert.ok(Math.max(...waits) <= 300_000);
  assert.ok(Math.max(...[...perSecond.values()].map(({ length }) => length)) < 100);
});
