import { AppError } from '../core/errors.ts';

/** Beginnings of files people upload by mistake, as byte text, and what to call them. */
const SIGNATURES: readonly (readonly [start: string, what: string])[] = [
  ['PK\x03\x04', 'an Excel or OpenDocument workbook, or another ZIP archive'],
  ['PK\x05\x06', 'an empty ZIP archive'],
  ['\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'an old Excel workbook (.xls)'],
  ['\x1f\x8b', 'a gzip archive'],
  ['7z\xbc\xaf\x27\x1c', 'a 7z archive'],
  ['Rar!\x1a\x07', 'a RAR archive'],
  ['\x89PNG\r\n\x1a\n', 'a PNG image'],
  ['\xff\xd8\xff', 'a JPEG image'],
  ['GIF8', 'a GIF image'],
  ['RIFF', 'a WebP image or another RIFF file'],
  ['BM\x00', 'a BMP image'],
  ['II*\x00', 'a TIFF image'],
  ['MM\x00*', 'a TIFF image'],
  ['%PDF-', 'a PDF document'],
  ['{\\rtf', 'an RTF document'],
  ['PAR1', 'a Parquet file'],
  ['SQLite format 3\x00', 'an SQLite database'],
  ['\xff\xfe\x00\x00', 'text in UTF-32'],
  ['\x00\x00\xfe\xff', 'text in UTF-32'],
];
const WEB_PAGE = /^\s*(?:<!doctype html|<html|<\?xml)/i;
/** Control characters that no text file has; TAB, LF, VT, FF, CR and the DOS end-of-file mark do occur. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROLS = /[\x00-\x08\x0e-\x19\x1b-\x1f]/g;
/** More than one in fifty is no text with a stray character any more. */
const MAX_CONTROL_SHARE = 0.02;

const refusal = (what: string): AppError =>
  new AppError('not_a_csv', {
    detail: `The file is ${what}, not a CSV. Export the sheet as CSV (UTF-8) and send that.`,
  });

/** Refuses a file whose first bytes belong to another kind of file. @throws AppError `not_a_csv` */
export const refuseKnownBinary = (start: Buffer): void => {
  const text = start.toString('latin1', 0, 512);
  const known = SIGNATURES.find(([signature]) => text.startsWith(signature));
  if (known !== undefined) throw refusal(known[1]);
  if (WEB_PAGE.test(text.replace(/^\xef\xbb\xbf/, ''))) throw refusal('a web page or XML');
};

/** Refuses raw text with NUL, or with more control characters than a text has. @throws AppError `not_a_csv` */
export const refuseBinaryText = (raw: string): void => {
  if (raw.includes('\0')) throw refusal('binary data (it holds NUL bytes)');
  const controls = raw.match(CONTROLS)?.length ?? 0;
  if (controls > raw.length * MAX_CONTROL_SHARE) throw refusal('binary data');
};
