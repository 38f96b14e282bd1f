import assert from 'node:assert/strict';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { EventChannel } from '../../src/http/event-channel.ts';
import { type EventState, openingText } from '../../src/http/event-state.ts';
import { commentText, EventStream } from '../../src/http/event-stream.ts';
import { type EventClient, openEvents } from '../helpers/event-client.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

const UNREAD_BYTES = 100_000;

const state = (n: number, facts: Partial<EventState> = {}): EventState => ({
  id: `id-${n}`,
  finished: false,
  rate: null,
  data: JSON.stringify({ n }),
  ...facts,
});

/** A channel on a clock that stands still, with clients over real connections. */
const openChannel = async (t: TestContext) => {
  const clock = new ManualClock();
  const responses: ServerResponse[] = [];
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    responses.push(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const facts: { now: EventState | null; reads: number; emptied: number; errors: unknown[] } = {
    now: state(0),
    reads: 0,
    emptied: 0,
    errors: [],
  };
  const failure: { next: Error | null } = { next: null };
  const channel = new EventChannel({
    read: async () => {
      facts.reads += 1;
      const { next } = failure;
      failure.next = null;
      if (next !== null) throw next;
      return facts.now;
    },
    clock,
    eventMs: 500,
    idleMs: 5_000,
    onEmpty: () => {
      facts.emptied += 1;
    },
    onError: (error) => facts.errors.push(error),
  });
  const join = async (): Promise<{ client: EventClient; stream: EventStream }> => {
    const client = await openEvents(t, `http://127.0.0.1:${port}/`);
    const response = responses.at(-1);
    assert.ok(response && facts.now);
    const stream = new EventStream(response, UNREAD_BYTES);
    stream.send(openingText(facts.now, undefined));
    channel.add(stream, facts.now);
    await client.event('snapshot');
    return { client, stream };
  };
  const advance = async (ms: number): Promise<void> => {
    clock.advance(ms);
    // A tick reads before it sends.
    await new Promise(setImmediate);
  };
  return { channel, clock, facts, failure, join, advance };
};

let marks = 0;
/** What a client has been sent so far: everything before a mark that has just arrived. */
const sent = async ({ client, stream }: { client: EventClient; stream: EventStream }): Promise<string[]> => {
  marks += 1;
  const mark = `mark ${marks}`;
  stream.send(commentText(mark));
  await client.until(({ comments }) => comments.includes(mark));
  return client.events.map(({ event, data }) => `${event} ${data}`);
};

test('however fast a request changes, it is read and told twice a second', async (t) => {
  const { channel, facts, join, advance, clock } = await openChannel(t);
  const one = await join();
  const SECONDS = 10;
  for (let ms = 0; ms < SECONDS * 1_000; ms += 10) {
    facts.now = state(ms);
    channel.touch();
    await advance(10);
  }
  const events = await sent(one);
  assert.equal(events.length, 1 + 2 * SECONDS);
  assert.equal(events.at(-1), `progress {"n":${SECONDS * 1_000 - 10}}`);
  assert.equal(facts.reads, 2 * SECONDS);
  assert.equal(clock.pending, 1);
});

test('what does not change is not told', async (t) => {
  const { channel, facts, join, advance } = await openChannel(t);
  const one = await join();
  for (let i = 0; i < 10; i += 1) {
    channel.touch();
    await advance(500);
  }
  assert.deepEqual(await sent(one), ['snapshot {"n":0}']);
  // Without a word from anybody it is looked at now and then.
  const before = facts.reads;
  for (let i = 0; i < 12; i += 1) await advance(5_000);
  assert.equal(facts.reads - before, 12);
});

test('a speed that falls while nothing settles is told, small moves are not', async (t) => {
  const { facts, join, advance } = await openChannel(t);
  facts.now = state(0, { rate: 10 });
  const one = await join();
  await advance(500);
  for (const rate of [9.5, 9.1, 8.9, 8.2, 7, null, null, 3]) {
    facts.now = state(0, { rate, data: JSON.stringify({ rate }) });
    await advance(5_000);
  }
  const told = (await sent(one)).slice(1);
  assert.deepEqual(
    told,
    [8.9, 7, null, 3].map((rate) => `progress {"rate":${rate}}`),
  );
});

test('a change between the reading and the joining is not lost', async (t) => {
  const { facts, join, advance } = await openChannel(t);
  const one = await join();
  facts.now = state(1);
  await advance(500);
  assert.deepEqual(await sent(one), ['snapshot {"n":0}', 'progress {"n":1}']);
});

test('who joins late gets no two events at once, and misses nothing', async (t) => {
  const { channel, facts, join, advance } = await openChannel(t);
  const early = await join();
  await advance(500);
  await advance(400);
  const late = await join();
  facts.now = state(1);
  channel.touch();
  await advance(100);
  assert.deepEqual([(await sent(early)).length, (await sent(late)).length], [2, 1]);
  await advance(500);
  assert.deepEqual(await sent(late), ['snapshot {"n":0}', 'progress {"n":1}']);
  assert.deepEqual(await sent(early), ['snapshot {"n":0}', 'progress {"n":1}']);
});

test('who does not read skips what is out of date and then gets the newest', async (t) => {
  const { channel, facts, join, advance } = await openChannel(t);
  const slow = await join();
  const fast = await join();
  slow.client.response.pause();
  const padding = 'x'.repeat(1_000_000);
  const LAST = 60;
  for (let n = 1; n <= LAST; n += 1) {
    facts.now = state(n, { data: JSON.stringify({ n, padding }) });
    channel.touch();
    await advance(500);
    await fast.client.until(({ events }) => events.length === n + 1);
  }
  assert.equal(slow.stream.full, true);
  slow.client.response.resume();
  while (slow.stream.full) await new Promise(setImmediate);
  await advance(500);
  await slow.client.until(({ events }) => events.at(-1)?.id === `id-${LAST}`);
  assert.ok(slow.client.events.length < LAST / 2, `${slow.client.events.length} events`);
});

test('the end is told to everybody, also to who has just come, and nothing is kept', async (t) => {
  const { channel, facts, join, advance, clock } = await openChannel(t);
  const all = [await join(), await join()];
  await advance(490);
  all.push(await join());
  facts.now = state(1, { finished: true });
  channel.touch();
  await advance(10);
  for (const { client } of all) {
    assert.equal(await client.ended, true);
    assert.deepEqual(
      client.events.map(({ event, id }) => [event, id]),
      [
        ['snapshot', 'id-0'],
        ['finished', 'id-1-end'],
      ],
    );
  }
  assert.deepEqual([facts.emptied, clock.pending], [1, 0]);
});

test('when the last client goes, nothing ticks any more, even in the middle of a tick', async (t) => {
  const { channel, facts, join, advance, clock } = await openChannel(t);
  const one = await join();
  const two = await join();
  one.client.close();
  two.client.close();
  while (facts.emptied === 0) await new Promise(setImmediate);
  assert.equal(clock.pending, 0);
  assert.equal(facts.reads, 0);
  const three = await join();
  channel.touch();
  clock.advance(500);
  three.stream.drop();
  while (facts.emptied === 1) await new Promise(setImmediate);
  await advance(60_000);
  assert.deepEqual([facts.reads, clock.pending], [1, 0]);
});

test('a reading that fails is said, and made again', async (t) => {
  const { channel, facts, failure, join, advance } = await openChannel(t);
  const one = await join();
  failure.next = new Error('no database');
  facts.now = state(1);
  channel.touch();
  await advance(500);
  assert.deepEqual([facts.errors.length, (await sent(one)).length], [1, 1]);
  await advance(5_000);
  assert.equal((await sent(one)).at(-1), 'progress {"n":1}');
});

test('a request that is gone ends its streams without a word of an end', async (t) => {
  const { channel, facts, join, advance } = await openChannel(t);
  const { client } = await join();
  facts.now = null;
  channel.touch();
  await advance(500);
  assert.equal(await client.ended, true);
  assert.deepEqual(
    client.events.map(({ event }) => event),
    ['snapshot'],
  );
  assert.equal(facts.emptied, 1);
});
