import { create as contentDisposition } from 'content-disposition';
import type { FastifyReply } from 'fastify';
import { AppError } from '../core/errors.ts';
import { parseFileId } from '../core/file-id.ts';
import { findImage } from '../db/images.ts';
import type { StoredBlob } from '../store/blob-store.ts';
import { imageFolder } from '../store/keys.ts';
import type { App, RouteContext } from './app-types.ts';
import { type ByteRange, parseByteRange } from './byte-range.ts';
import { matchesTag } from './entity-tag.ts';
import { GET_IMAGE } from './result-docs.ts';
import { FileIdParams } from './schemas.ts';

/**
 * A compressed image never changes under its id, so it may be kept for ever; shops embed it, so any origin may load it;
 * and should a browser take it for a document, nothing in it runs.
 */
const IMAGE_HEADERS = {
  'cache-control': 'public, max-age=31536000, immutable',
  'content-security-policy': "default-src 'none'; sandbox",
  'cross-origin-resource-policy': 'cross-origin',
  'accept-ranges': 'bytes',
};

/** `GET /image/{file_id}`: a compressed image. Open to everybody who knows the id, which cannot be guessed. */
export const imageRoutes = (app: App, { engine }: RouteContext): void => {
  app.route({
    method: ['GET', 'HEAD'],
    url: '/image/:file_id',
    config: { open: true, docs: GET_IMAGE },
    schema: { params: FileIdParams },
    handler: async ({ method, params, headers }, reply) => {
      const id = parseFileId(params.file_id.toLowerCase());
      const image = id === null ? undefined : await findImage(engine.database.read, id.requestId, id.ordinal);
      if (id === null || image?.state !== 'COMPLETED') throw new AppError('image_not_found');
      if (image.output_url !== null) return reply.redirect(image.output_url, 302);
      if (image.file === null) throw new AppError('image_not_found');
      const tag = `"${image.sha256}"`;
      if (matchesTag(headers['if-none-match'], tag)) {
        return reply
          .code(304)
          .headers({ ...IMAGE_HEADERS, etag: tag })
          .send();
      }
      const blob = await engine.store.open(imageFolder(id.requestId) + image.file);
      if (blob === null) throw new AppError('image_not_found');
      // Ranges are defined for GET alone, and a range of another version would be glued to the wrong bytes
      // (RFC 9110, 14.2 and 13.1.5).
      const ranged = method === 'GET' && (headers['if-range'] === undefined || headers['if-range'] === tag);
      const range = ranged ? await rangeOf(headers.range, blob, reply) : null;
      reply.headers({
        ...IMAGE_HEADERS,
        etag: tag,
        'content-type': `image/${image.format}`,
        'content-disposition': contentDisposition(image.file, { type: 'inline' }),
        'content-length': range === null ? blob.size : range.end - range.start + 1,
      });
      if (range !== null) reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${blob.size}`);
      if (method === 'GET') return reply.send(blob.stream(range ?? undefined));
      await blob.close();
      return reply.send();
    },
  });
};

/** The bytes asked for, or null for all. @throws AppError `range_not_satisfiable`; the file is then closed. */
const rangeOf = async (
  header: string | undefined,
  blob: StoredBlob,
  reply: FastifyReply,
): Promise<ByteRange | null> => {
  const range = parseByteRange(header, blob.size);
  if (range !== 'unsatisfiable') return range;
  await blob.close();
  reply.header('content-range', `bytes */${blob.size}`);
  throw new AppError('range_not_satisfiable');
};
