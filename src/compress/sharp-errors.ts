/** What libvips and sharp say, in Halve's words. They give texts only, no codes; this is the one table of them. */
import { AppError, type ErrorCode } from '../core/errors.ts';
import type { ImageFormat } from '../core/options.ts';
import { whereCutOff } from './where-cut-off.ts';

interface Translation {
  readonly pattern: RegExp;
  readonly code: ErrorCode;
  readonly detail?: string;
}

/** First match wins. */
const TRANSLATIONS: readonly Translation[] = [
  { pattern: /timeout/i, code: 'decode_timed_out' },
  { pattern: /exceeds pixel limit|dimensions too large|too large for|exceed.*limit/i, code: 'too_many_pixels' },
  {
    pattern: /data precision|SOF type|arithmetic|lossless JPEG/i,
    code: 'unsupported_format',
    detail:
      'This kind of JPEG (12 bits a colour, lossless or arithmetic coding) is not taken; save it as ordinary JPEG.',
  },
  {
    pattern: /premature end|unexpected end|end of stream|end of file|truncated|not enough data/i,
    code: 'truncated_image',
    detail: 'The picture in the file is cut off: its data stop before its last row.',
  },
  {
    pattern: /out of memory|unable to allocate|memory allocation|unable to encode|unable to write/i,
    code: 'image_failed',
  },
];

/** Turns anything thrown by sharp about `source` into an `AppError`. */
export const translateSharpError = (thrown: unknown, source: Buffer, format: ImageFormat): AppError => {
  if (thrown instanceof AppError) return thrown;
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  const known = TRANSLATIONS.find(({ pattern }) => pattern.test(text));
  const cut = known === undefined || known.code === 'truncated_image' ? whereCutOff(source, format) : null;
  if (cut !== null) return new AppError('truncated_image', { cause: thrown, detail: cut });
  if (known !== undefined) {
    return new AppError(known.code, { cause: thrown, ...(known.detail === undefined ? {} : { detail: known.detail }) });
  }
  return new AppError('corrupt_image', { cause: thrown });
};
