import { isUtf8 } from 'node:buffer';
import { AppError } from '../core/errors.ts';
import type { Encoding } from './dialect.ts';
import { readBytes } from './read-bytes.ts';
import { refuseBinaryText, refuseKnownBinary } from './refuse-binary.ts';
import { bomOf } from './text-codec.ts';

const WITH_BOM: readonly Encoding[] = ['utf-8', 'utf-16le', 'utf-16be'];
/** Names and addresses are ASCII, whose other byte is zero in UTF-16; a quarter leaves room for any script beside them. */
const MIN_ZERO_SHARE = 0.25;
/** Zeros on the other side come from characters such as U+4E00 only. */
const MAX_STRAY_ZERO_SHARE = 0.02;

/**
 * The encoding of a file: by its byte order mark; else UTF-16 if every other byte tends to be zero; else UTF-8 if the
 * *whole* file is valid UTF-8 (a 50 MB file whose first umlaut is at 40 MB must be right); else Windows-1252, which
 * takes any bytes and gives them back.
 * @param start the file's first bytes, at least a few hundred if it has them
 * @throws AppError `not_a_csv`, `unreadable_input`
 */
export const detectEncoding = async (
  path: string,
  start: Buffer,
  size: number,
  signal?: AbortSignal,
): Promise<{ encoding: Encoding; bom: boolean }> => {
  refuseKnownBinary(start);
  const marked = WITH_BOM.find((encoding) => start.subarray(0, bomOf(encoding).length).equals(bomOf(encoding)));
  const encoding = marked ?? utf16WithoutMark(start);
  if (encoding === undefined) {
    refuseBinaryText(start.toString('latin1'));
    return { encoding: (await isUtf8File(path, signal)) ? 'utf-8' : 'windows-1252', bom: false };
  }
  if (encoding !== 'utf-8' && size % 2 === 1) {
    throw new AppError('not_a_csv', {
      detail: 'The file is text in UTF-16, but it is cut off in the middle of its last character. Export it again.',
    });
  }
  return { encoding, bom: marked !== undefined };
};

const utf16WithoutMark = (start: Buffer): Encoding | undefined => {
  const pairs = Math.floor(start.length / 2);
  let high = 0;
  let low = 0;
  for (let pair = 0; pair < pairs; pair++) {
    if (start[2 * pair] === 0) high++;
    if (start[2 * pair + 1] === 0) low++;
  }
  if (low > pairs * MIN_ZERO_SHARE && high <= pairs * MAX_STRAY_ZERO_SHARE) return 'utf-16le';
  return high > pairs * MIN_ZERO_SHARE && low <= pairs * MAX_STRAY_ZERO_SHARE ? 'utf-16be' : undefined;
};

const isUtf8File = async (path: string, signal?: AbortSignal): Promise<boolean> => {
  let held = Buffer.alloc(0);
  for await (const piece of readBytes(path, signal)) {
    const bytes = held.length === 0 ? piece : Buffer.concat([held, piece]);
    const whole = bytes.length - unfinishedLength(bytes);
    if (!isUtf8(bytes.subarray(0, whole))) return false;
    held = Buffer.from(bytes.subarray(whole));
  }
  return held.length === 0;
};

/** Number of bytes at the end that are the beginning of a character whose rest is still to come (RFC 3629). */
const unfinishedLength = (bytes: Buffer): number => {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return length > back ? back : 0;
  }
  return 0;
};
