import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';

/**
 * An answer given while the client is still sending. Closing at once would make the system answer the rest with a reset,
 * and a reset can reach the client before it has read the answer. So the answer goes out whole (its length is known, the
 * client need not wait for more), then what still arrives is thrown away for a while, then the connection ends. nginx
 * calls it `lingering_close`. The caller sets `Content-Length` and `Connection: close`.
 */
export const lingeringAnswer = (payload: string | Buffer, request: IncomingMessage, lingerMs: number): Readable =>
  Readable.from(answerThenDiscard(payload, request, lingerMs), { objectMode: false });

async function* answerThenDiscard(
  payload: string | Buffer,
  request: IncomingMessage,
  lingerMs: number,
): AsyncGenerator<string | Buffer> {
  yield payload;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, lingerMs);
    request.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    request.once('end', () => {
      clearTimeout(timer);
      resolve();
    });
    if (request.complete || request.destroyed) resolve();
    request.unpipe();
    request.resume();
  });
}
