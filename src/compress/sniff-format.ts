import type { ImageFormat } from '../core/options.ts';
import { beginsWith, findRefused, HEIC, type RefusedFormat, type Signature, SVG, VIDEO } from './refused-formats.ts';

/** What the first bytes say a file is. */
export type Sniffed =
  | { readonly kind: 'image'; readonly format: ImageFormat }
  /** A known format Halve does not take. */
  | ({ readonly kind: 'refused' } & RefusedFormat)
  | { readonly kind: 'unknown' };

/** Enough for every signature below, text ones with an XML prologue and a comment in front included. */
const LOOKED_AT = 1024;

/** Reads the signature only: neither the address' extension nor the Content-Type header is ever believed. */
export const sniffFormat = (source: Buffer): Sniffed => {
  const head = source.subarray(0, LOOKED_AT).toString('latin1');
  const format = TAKEN.find(([, signature]) => beginsWith(head, signature))?.[0];
  if (format !== undefined) return { kind: 'image', format };
  const brand = isoBrand(source);
  if (brand === 'avif' || brand === 'avis') return { kind: 'image', format: 'avif' };
  const refused = findRefused(head) ?? (isSvg(head) ? SVG : byBrand(brand));
  return refused === undefined ? { kind: 'unknown' } : { kind: 'refused', ...refused };
};

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
  if (/^<(?:svg[\s>]|!DOCTYPE\s{1,9}svg)/i.test(rest)) return true;
  // A document type may have any name and entities of its own; only a page is called html.
  return /^<!DOCTYPE\s/i.test(rest) && !/^<!DOCTYPE\s{1,9}html/i.test(rest) && /<svg[\s>]/i.test(rest);
};

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

const byBrand = (brand: string | undefined): RefusedFormat | undefined => {
  if (brand === undefined) return undefined;
  return /^(?:hei|hev|mif|msf)/.test(brand) ? HEIC : VIDEO;
};
