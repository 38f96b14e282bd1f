import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readEvents, type ServerEvent } from '../../src/client/read-events.ts';
import { AppError } from '../../src/core/errors.ts';

const streamOf = (pieces: readonly Uint8Array[]): ReadableStream<Uint8Array> => ReadableStream.from(pieces);
const read = (pieces: readonly Uint8Array[]): Promise<ServerEvent[]> => Array.fromAsync(readEvents(streamOf(pieces)));
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test('events, comments and hints, however they are cut', async () => {
  const text =
    'retry: 3000\n: hello\n\nevent: snapshot\nid: a\ndata: {"x":"Größe"}\n\n: \n\ndata: one\ndata:two\n\nid: b\nevent: end\ndata\n\ndata: never finished\n';
  const whole = [
    { event: 'snapshot', id: 'a', data: '{"x":"Größe"}' },
    { event: 'message', id: 'a', data: 'one\ntwo' },
    { event: 'end', id: 'b', data: '' },
  ];
  const newlines = fc.constantFrom('\n', '\r\n', '\r');
  await fc.assert(
    fc.asyncProperty(newlines, fc.array(fc.integer({ min: 1, max: 40 })), async (newline, cuts) => {
      const all = bytes(text.replaceAll('\n', newline));
      const pieces: Uint8Array[] = [];
      let at = 0;
      for (const length of cuts) {
        pieces.push(all.subarray(at, at + length));
        at += length;
      }
      pieces.push(all.subarray(at));
      assert.deepEqual(await read(pieces), whole);
    }),
  );
});

test('a stream on which not even a heartbeat comes is given up, and closed', async () => {
  let closed = false;
  const silent = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(bytes('data: 1\n\n')),
    cancel: () => {
      closed = true;
    },
  });
  const seen: string[] = [];
  const reading = async (): Promise<void> => {
    for await (const { data } of readEvents(silent, 20)) seen.push(data);
  };
  await assert.rejects(reading(), (error) => error instanceof AppError && error.code === 'server_unreachable');
  assert.deepEqual([seen, closed], [['1'], true]);
});

test('who stops reading closes the stream', async () => {
  let closed = false;
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(bytes('data: 1\n\n')),
    cancel: () => {
      closed = true;
    },
  });
  for await (const { data } of readEvents(endless)) {
    assert.equal(data, '1');
    break;
  }
  assert.equal(closed, true);
});
