import type { ImageFormat } from '../core/options.ts';

/** What the first bytes say a file is. */
export type Sniffed =
  | { readonly kind: 'image'; readonly format: ImageFormat }
  /** A known format Halve does not take; `name` completes "The file is in the format …". */
  | { readonly kind: 'refused'; readonly name: string }
  | { readonly kind: 'unknown' };

/** Enough for every signature below, text ones with an XML prologue and a comment in front included. */
const LOOKED_AT = 1024;

/** Reads the signature only: neither the address' extension nor the Content-Type header is ever believed. */
export const sniffFormat = (source: Buffer): Sniffed => {
  const head = source.subarray(0, LOOKED_AT).toString('latin1');
  const format = TAKEN.find(([, signature]) => begins(head, signature))?.[0];
  if (format !== undefined) return { kind: 'image', format };
  const brand = isoBrand(source);
  if (brand === 'avif' || brand === 'avis') return { kind: 'image', format: 'avif' };
  const name = REFUSED.find(([, signature]) => begins(head, signature))?.[0] ?? nameOf(head, brand);
  return name === undefined ? { kind: 'unknown' } : { kind: 'refused', name };
};

/** A file begins with these latin-1 characters, at these offsets. */
type Signature = readonly (readonly [number, string])[];

const TAKEN: readonly (readonly [ImageFormat, Signature])[] = [
  ['jpeg', [[0, '\xff\xd8\xff']]],
  ['png', [[0, '\x89PNG\r\n\x1a\n']]],
  [
    'webp',
    [
      [0, 'RIFF'],
      [8, 'WEBP'],
    ],
  ],
  ['gif', [[0, 'GIF87a']]],
  ['gif', [[0, 'GIF89a']]],
];

const REFUSED: readonly (readonly [string, Signature])[] = [
  ['PDF', [[0, '%PDF-']]],
  ['PostScript', [[0, '%!PS']]],
  ['PostScript', [[0, '\xc5\xd0\xd3\xc6']]],
  ['TIFF', [[0, 'II*\0']]],
  ['TIFF', [[0, 'MM\0*']]],
  ['TIFF', [[0, 'II+\0']]],
  ['TIFF', [[0, 'MM\0+']]],
  ['Photoshop (PSD)', [[0, '8BPS']]],
  ['JPEG XL', [[0, '\xff\x0a']]],
  ['JPEG XL', [[0, '\0\0\0\x0cJXL ']]],
  ['JPEG 2000', [[0, '\xff\x4f\xff\x51']]],
  ['JPEG 2000', [[0, '\0\0\0\x0cjP  ']]],
  [
    'BMP',
    [
      [0, 'BM'],
      [6, '\0\0\0\0'],
    ],
  ],
  ['icon (ICO)', [[0, '\0\0\x01\0']]],
  ['cursor (CUR)', [[0, '\0\0\x02\0']]],
  ['ICNS', [[0, 'icns']]],
  ['DDS', [[0, 'DDS ']]],
  ['OpenEXR', [[0, 'v/1\x01']]],
  ['Radiance HDR', [[0, '#?RADIANCE']]],
  ['QOI', [[0, 'qoif']]],
  ['gzip', [[0, '\x1f\x8b']]],
  ['ZIP', [[0, 'PK\x03\x04']]],
];

/**
 * SVG is text: a byte order mark, a prologue, comments and a document type may stand before its root element. A scan
 * and not a regular expression, which backtracks without end over comments made for that.
 */
const isSvg = (head: string): boolean => {
  let rest = head.replace(/^\xef\xbb\xbf/, '').trimStart();
  while (rest.startsWith('<?') || rest.startsWith('<!--')) {
    const end = rest.startsWith('<?') ? '?>' : '-->';
    const at = rest.indexOf(end);
    if (at === -1) return false;
    rest = rest.slice(at + end.length).trimStart();
  }
  return /^<(?:svg[\s>]|!DOCTYPE\s{1,9}svg)/i.test(rest);
};

const begins = (head: string, signature: Signature): boolean =>
  signature.every(([offset, text]) => head.startsWith(text, offset));

/**
 * The major brand of an ISO base media file, or `avif` when it stands among the compatible ones (ISO/IEC 14496-12
 * 4.3; AVIF 1.1 section 6: the generic `mif1` is a permitted major brand).
 */
const isoBrand = (source: Buffer): string | undefined => {
  if (source.length < 16 || source.toString('latin1', 4, 8) !== 'ftyp') return undefined;
  const end = Math.min(source.readUInt32BE(0), source.length, LOOKED_AT);
  const major = source.toString('latin1', 8, 12);
  for (let at = 16; at + 4 <= end; at += 4) {
    const brand = source.toString('latin1', at, at + 4);
    if (brand === 'avif' || brand === 'avis') return brand;
  }
  return major;
};

const nameOf = (head: string, brand: string | undefined): string | undefined => {
  if (isSvg(head)) return 'SVG';
  if (brand === undefined) return undefined;
  return /^(?:hei|hev|mif|msf)/.test(brand) ? 'HEIC' : 'video';
};
