/** The bytes and fields of `POST /upload`, however they are sent. */
import { rm } from 'node:fs/promises';
import type { MultipartFile, MultipartValue } from '@fastify/multipart';
import { parse as parseContentDisposition } from 'content-disposition';
import type { FastifyRequest } from 'fastify';
import { AppError, systemCode } from '../core/errors.ts';
import { type SpooledUpload, spoolUpload } from '../intake/spool-upload.ts';
import { displayName } from './display-name.ts';
import { FieldTexts } from './field-texts.ts';

export interface ReceivedUpload {
  readonly file: SpooledUpload;
  readonly fileName: string | null;
  /** Option texts by name, for `parseOptions`. */
  readonly fields: Readonly<Record<string, string>>;
}

export interface Spool {
  readonly folder: string;
  readonly maxBytes: number;
}

/** Bounds of everything in a form but the file; a field holds at most a URL of 2,048 characters, escaped. */
const FORM_LIMITS = {
  fieldNameSize: 100,
  fieldSize: 8_192,
  fields: 32,
  // One more than is taken, so that the second gets a sentence instead of "limit reached".
  files: 2,
  parts: 34,
  headerPairs: 16,
  // The spool counts, for both ways of sending.
  fileSize: Number.POSITIVE_INFINITY,
};

/**
 * What a form of headers and lines may add to the file. A body announced as larger than file limit plus this is refused
 * before it is read.
 */
const FORM_OVERHEAD = 262_144;

/** Refuses by `Content-Length` what cannot fit. @throws AppError `file_too_large` */
export const refuseAnnouncedSize = (length: string | undefined, maxBytes: number): void => {
  if (Number(length ?? 0) <= maxBytes + FORM_OVERHEAD) return;
  throw new AppError('file_too_large', { detail: `The file is larger than ${Math.round(maxBytes / 1e6)} MB.` });
};

/**
 * Takes a raw body: the file alone, its options in the query and its name, if any, in `Content-Disposition`.
 * @throws AppError `no_file`, `file_too_large`, `storage_full`, `malformed_request` when the body breaks off
 */
export const receiveRawBody = async (
  request: FastifyRequest,
  fields: Readonly<Record<string, string>>,
  spool: Spool,
): Promise<ReceivedUpload> => {
  if (!hasBody(request)) throw new AppError('no_file');
  // Leaving the loop early must not destroy the connection: the refusal still has to go out through it.
  const body: AsyncIterable<Buffer> = request.raw.iterator({ destroyOnReturn: false });
  const file = await spoolUpload(body, spool.folder, spool.maxBytes).catch(brokenOff);
  return { file, fileName: attachedName(request.headers['content-disposition']), fields };
};

const hasBody = ({ headers }: FastifyRequest): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

const attachedName = (header: string | undefined): string | null =>
  header === undefined ? null : displayName(parseContentDisposition(header).parameters.filename);

/**
 * Takes a form (RFC 7578): a part `file` with the CSV and parts with options, in any order. Options may also stand in the
 * query: were those ignored, `?start=manual` would start the work.
 * @throws AppError `no_file`, `invalid_option`, `file_too_large`, `storage_full`, `malformed_request`
 */
export const receiveForm = async (
  request: FastifyRequest,
  queried: Readonly<Record<string, string>>,
  spool: Spool,
): Promise<ReceivedUpload> => {
  const fields = new FieldTexts(queried);
  let found: { readonly file: SpooledUpload; readonly fileName: string | null } | null = null;
  try {
    for await (const part of request.parts({ limits: FORM_LIMITS })) {
      if (part.type === 'field') {
        addField(fields, part);
        continue;
      }
      refuseStrangeFile(part, found !== null);
      const file = await spoolUpload(part.file, spool.folder, spool.maxBytes);
      // Browsers write a quote in a file name as %22 (WHATWG HTML, "multipart/form-data encoding algorithm").
      found = { file, fileName: displayName(part.filename?.replaceAll('%22', '"')) };
    }
    if (found === null || (found.file.bytes === 0 && found.fileName === null)) throw new AppError('no_file');
    return { ...found, fields: fields.all() };
  } catch (error) {
    if (found !== null) await rm(found.file.path, { force: true });
    return brokenOff(error);
  }
};

const addField = (fields: FieldTexts, part: MultipartValue): void => {
  const { fieldname, value, valueTruncated, fieldnameTruncated } = part;
  if (fieldname === 'file') {
    throw new AppError('no_file', {
      detail: 'The field "file" came as text, without a file name. With curl, write: -F file=@catalogue.csv',
    });
  }
  if (valueTruncated || fieldnameTruncated || typeof value !== 'string') {
    throw new AppError('malformed_request', {
      detail: `A field of the form is longer than ${FORM_LIMITS.fieldSize} bytes.`,
    });
  }
  fields.add(fieldname, value);
};

const refuseStrangeFile = ({ fieldname }: MultipartFile, second: boolean): void => {
  if (second)
    throw new AppError('malformed_request', { detail: 'The form holds more than one file; send one a call.' });
  if (fieldname === 'file') return;
  throw new AppError('no_file', {
    detail: `The file came in the field "${fieldname.slice(0, 80)}"; the field must be called "file".`,
  });
};

/** What the form parser and a broken connection throw, in our words; faults of the disk stay what they are. */
const brokenOff = (thrown: unknown): never => {
  const code = systemCode(thrown);
  const ofTheDisk = thrown instanceof Error && 'syscall' in thrown && code !== 'ECONNRESET';
  if (thrown instanceof AppError || ofTheDisk) throw thrown;
  if (code === 'FST_PROTO_VIOLATION') {
    throw new AppError('invalid_option', { detail: 'A field of the form has a name that no option has.' });
  }
  const tooMany = code === 'FST_PARTS_LIMIT' || code === 'FST_FIELDS_LIMIT' || code === 'FST_FILES_LIMIT';
  const detail = tooMany
    ? 'The form has more parts than Halve knows options.'
    : 'The body is damaged, or broke off before its end.';
  throw new AppError('malformed_request', { detail, cause: thrown });
};
