/** The names files are stored under (design 2.4), the same on every kind of store. */
import type { ImageFormat } from '../core/options.ts';

export interface ImageKeyParts {
  readonly requestId: string;
  /** Row of the CSV and place within its cell, both from 1. */
  readonly row: number;
  readonly n: number;
  /** Where the image came from; only its last path part goes into the key, cleaned. */
  readonly url: string;
  readonly format: ImageFormat;
}

export type CsvKind = 'output' | 'errors' | 'report';

/** `images/{request_id}/{row}-{n}-{slug}-output.{ext}`. Different `(row, n)` never meet, whatever the addresses are. */
export const imageKey = ({ requestId, row, n, url, format }: ImageKeyParts): string =>
  checked(`images/${requestId}/${row}-${n}-${slugOf(url)}-output.${EXTENSIONS[format]}`);

/** `csvfile/{request_id}_output.csv` and its siblings. */
export const csvKey = (requestId: string, kind: CsvKind): string => checked(`csvfile/${requestId}_${kind}.csv`);

/** The prefix under which every image of a request lies; for removing them. */
export const imageFolder = (requestId: string): string => `images/${requestId}/`;

/**
 * Relative, `/`-separated, and nothing in it that a file system, a shell or a URL could read as anything but a name:
 * parts of letters, digits, `.`, `_`, `-`, none of them beginning or ending with a dot.
 */
export const isSafeKey = (key: string): boolean =>
  key.length <= MAX_KEY && key.includes('/') && key.split('/').every((part) => SAFE_PART.test(part));

const SAFE_PART = /^(?!\.)[A-Za-z0-9._-]+(?<!\.)$/;

/** Well below S3's 1,024 and, with a folder in front, Windows' 260. */
const MAX_KEY = 200;
const MAX_SLUG = 60;

const EXTENSIONS: Readonly<Record<ImageFormat, string>> = {
  jpeg: 'jpg',
  png: 'png',
  webp: 'webp',
  avif: 'avif',
  gif: 'gif',
};

/**
 * The file name in an address, as lower-case ASCII: `/p/Caf%C3%A9%20No.%201.JPG?w=2` gives `cafe-no-1`. Windows' reserved
 * names (`con`, `nul`, …) need no care, as a slug never stands alone in a key.
 */
export const slugOf = (url: string): string => {
  const path = URL.canParse(url) ? new URL(url).pathname : url;
  const name = decode(path.split('/').findLast((part) => part !== '') ?? '');
  const slug = name
    .replace(/\.[A-Za-z0-9]{1,5}$/, '')
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_SLUG)
    .replace(/^-+|-+$/g, '');
  return slug === '' ? 'image' : slug;
};

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

const checked = (key: string): string => {
  if (!isSafeKey(key)) throw new TypeError(`expected a safe key, got ${JSON.stringify(key)}`);
  return key;
};
