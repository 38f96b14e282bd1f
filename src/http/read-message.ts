import type { IncomingMessage } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { AppError } from '../core/errors.ts';
import type { HttpLimits } from './app-types.ts';
import { watchPace } from './body-pace.ts';

/** Some thousand results with long addresses; our own messages have at most 20 kB. */
export const MAX_MESSAGE_BYTES = 1_000_000;

/**
 * Reads a small body byte for byte as it came, for a signature over it.
 * @throws AppError `message_too_large`, `unsupported_media_type` (packed), `malformed_request` (breaks off), `too_slow`
 */
export const readMessage = async (request: FastifyRequest, limits: HttpLimits): Promise<Buffer> => {
  const { raw } = request;
  refusePacked(raw.headers['content-encoding']);
  if (Number(raw.headers['content-length'] ?? 0) > MAX_MESSAGE_BYTES) throw tooLarge();
  const pace = watchPace(raw, { windowMs: limits.paceWindowMs, minBytes: limits.paceBytes });
  const reading = read(raw);
  try {
    return await Promise.race([reading, pace.tooSlow]);
  } catch (error) {
    // Node tells a body of the end of its connection only while it is not answered, and this one is about to be.
    if (error instanceof AppError && error.code === 'too_slow') raw.socket.once('close', () => raw.destroy(error));
    reading.catch(() => {});
    throw error;
  } finally {
    pace.stop();
  }
};

const read = async (raw: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    // Leaving the loop early must not destroy the connection: the refusal still has to go out through it.
    for await (const chunk of raw.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      size += chunk.byteLength;
      if (size > MAX_MESSAGE_BYTES) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('malformed_request', { detail: 'The body broke off before its end.', cause: error });
  }
  return Buffer.concat(chunks);
};

const tooLarge = (): AppError =>
  new AppError('message_too_large', { detail: `The message is larger than ${MAX_MESSAGE_BYTES / 1e6} MB.` });

const refusePacked = (encoding: string | undefined): void => {
  if (encoding === undefined || encoding.toLowerCase() === 'identity') return;
  throw new AppError('unsupported_media_type', {
    detail: `The body is encoded (${encoding.slice(0, 40)}); send it as it is, without Content-Encoding.`,
  });
};
