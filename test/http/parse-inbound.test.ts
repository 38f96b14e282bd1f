import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AppError } from '../../src/core/errors.ts';
import { parseInbound } from '../../src/http/parse-inbound.ts';

type Parsed = ReturnType<typeof parseInbound>;

const bytesOf = (text: string): Buffer => Buffer.from(text);
const parsed = (value: unknown): Parsed => parseInbound(bytesOf(JSON.stringify(value)));

/** What came of it: a message, or the faults. */
const outcome = (body: Uint8Array): Parsed | AppError => {
  try {
    return parseInbound(body);
  } catch (error) {
    assert.ok(error instanceof AppError, String(error));
    assert.equal(error.code, 'malformed_request');
    return error;
  }
};

const assertFit = ({ requestId, reports }: Parsed): void => {
  assert.ok(requestId.length >= 1 && requestId.length <= 100);
  for (const { inputUrl, result } of reports ?? []) {
    assert.ok(inputUrl.length >= 1 && inputUrl.length <= 8_192);
    if (!result.ok) {
      assert.ok([...result.message].length <= 300 && result.message.trim() !== '');
      assert.doesNotMatch(result.message, /[\p{Cc}\p{Cf}\p{Cs}]/u);
      continue;
    }
    assert.ok(/^https?:\/\//i.test(result.outputUrl) && URL.canParse(result.outputUrl));
    assert.ok(result.outputUrl.length <= 2_048);
    assert.doesNotMatch(result.outputUrl, /[\s\p{Cc}\p{Cf}\\]/u);
    assert.deepEqual([new URL(result.outputUrl).username, new URL(result.outputUrl).password], ['', '']);
    for (const fact of [result.bytesIn, result.bytesOut, result.width, result.height]) {
      assert.ok(fact === null || (Number.isInteger(fact) && fact >= 0));
    }
  }
};

test('any bytes and any JSON are either a message that fits, or a problem with all its faults', () => {
  const assertKnown = (body: Uint8Array): void => {
    const found = outcome(body);
    if (!(found instanceof AppError)) assertFit(found);
  };
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), assertKnown));
  fc.assert(fc.property(fc.json(), (text) => assertKnown(bytesOf(text))));
});

/** Values of every kind where a field should be, right ones among them. */
const odd = fc.oneof(
  fc.constantFrom(null, '', 'x', 0, -1, 1.5, 7, 1e300, true, [], {}, 'jpeg', 'https://cdn.example/1.jpg'),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.webUrl(),
);
const FIELDS = ['input_url', 'output_url', 'error', 'file_id', 'bytes_in', 'bytes_out', 'format', 'width', 'quality'];

test('messages with odd fields are either taken whole or refused whole', () => {
  let taken = 0;
  const image = fc
    .array(fc.tuple(fc.constantFrom(...FIELDS), odd), { maxLength: 5 })
    .map((pairs) => Object.fromEntries(pairs));
  const images = fc.array(fc.oneof(image, image, image, odd), { maxLength: 3 });
  fc.assert(
    fc.property(fc.record({ request_id: odd, type: odd, images }, { requiredKeys: ['request_id'] }), (message) => {
      const found = outcome(bytesOf(JSON.stringify(message)));
      if (found instanceof AppError) {
        const { errors, total_errors } = found.extras as { errors: { field: string }[]; total_errors: number };
        assert.equal(errors.length, total_errors);
        // Nothing is called faulty that is not there.
        for (const { field } of errors) {
          const index = /^images\[(\d+)\]/.exec(field)?.[1];
          if (index !== undefined) assert.ok(Number(index) < (message.images?.length ?? 0));
        }
        return;
      }
      taken += 1;
      assertFit(found);
      assert.equal(found.reports?.length ?? 0, message.images?.length ?? 0);
    }),
    { numRuns: 2_000 },
  );
  assert.ok(taken > 0, 'no message was taken; the test proves nothing');
});

test('what a right message says arrives as it was said', () => {
  const fact = fc.option(fc.nat(1_000_000), { nil: null });
  const facts = fc.record({ bytes_in: fact, bytes_out: fact });
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.webUrl(), fc.webUrl(), facts), { minLength: 1, maxLength: 20 }), (results) => {
      const images = results.map(([input_url, output_url, more]) => ({ input_url, output_url, ...more }));
      const { reports } = parsed({ request_id: 'ABC', images });
      assert.deepEqual(
        reports?.map(({ inputUrl, fileId, result }) => [inputUrl, fileId, result.ok && result.outputUrl]),
        images.map(({ input_url, output_url }) => [input_url, null, output_url]),
      );
    }),
  );
});

test('a message without images asks for an announcement, and for nothing else', () => {
  assert.deepEqual(parsed({ request_id: 'A-1', extra: 1 }), { requestId: 'a-1', reports: null });
  assert.deepEqual(parsed({ request_id: 'x', type: 'request.announce' }), { requestId: 'x', reports: null });
  for (const type of ['request.completed', 'images.processed', 'images.process', '']) {
    assert.ok(outcome(bytesOf(JSON.stringify({ request_id: 'x', type }))) instanceof AppError, type);
  }
});

test('text that is not UTF-8 is no message', () => {
  const body = Buffer.concat([bytesOf('{"request_id":"'), Buffer.from([0xff]), bytesOf('"}')]);
  assert.ok(outcome(body) instanceof AppError);
});

test('an error of any length and any letters becomes one printable line', () => {
  const messageOf = (error: string): string => {
    const result = parsed({ request_id: 'x', images: [{ input_url: 'http://a/', error }] }).reports?.[0]?.result;
    assert.ok(result !== undefined && !result.ok);
    return result.message;
  };
  assert.equal(messageOf('Out of\u0000 memory\n  at line 3\u202e'), 'Out of memory at line 3');
  assert.equal([...messageOf('🙂'.repeat(1_000))].length, 300);
  assert.equal(messageOf(' \n'), 'The outside image processor failed without a reason.');
});
