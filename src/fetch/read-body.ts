/** Reads a response body into memory, and not one chunk more than allowed. */
import type { Readable } from 'node:stream';
import { looksLikeHtml, PAGE_BYTES, SNIFF_BYTES } from './sniff-html.ts';

/**
 * The whole body, or null if it is larger than `maxBytes`; of a web page only the beginning, for nothing else of it
 * will be used. Leaving the loop early destroys the stream and with it the connection.
 * @throws whatever the stream fails with.
 */
export const readBody = async (body: Readable, maxBytes: number): Promise<Buffer | null> => {
  const chunks: Buffer[] = [];
  let size = 0;
  let sniffed = false;
  let enough = Number.POSITIVE_INFINITY;
  // Response bodies of undici yield Buffers.
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.byteLength;
    if (size > maxBytes) return null;
    if (!sniffed && size >= SNIFF_BYTES) {
      sniffed = true;
      if (looksLikeHtml(Buffer.concat(chunks))) enough = PAGE_BYTES;
    }
    if (size >= enough) break;
  }
  return Buffer.concat(chunks, size);
};
