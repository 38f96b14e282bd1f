/** Recognises a web page where an image was expected: the usual face of login walls and "not found" pages. */
import { oneLine } from '../core/one-line.ts';

/** Bytes that are enough to tell; WHATWG MIME Sniffing reads 1445 at most, its HTML rules need far fewer. */
export const SNIFF_BYTES = 512;

/** Bytes of a page worth reading for the sake of its title. */
export const PAGE_BYTES = 64 * 1024;

/** The tags of WHATWG MIME Sniffing section 7.1: after white space, and followed by a space, `>` or a line break. */
const HTML_START =
  /^\s*(?:<!doctype html|<(?:html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|meta|link))[\s>/]/i;
const COMMENTS = /^(?:\s*<!--[\s\S]*?-->)+/;
const TITLE = /<title[^>]*>([\s\S]{0,2000}?)<\/title/i;
/** Long enough for every sensible title, short enough for one line in a table. */
const MAX_TITLE = 80;

export interface WebPage {
  /** The page's own title, one line, without markup; null if it has none. */
  readonly title: string | null;
}

/** Is this the beginning of a web page? Says no when in doubt: the decoder gives the final word. */
export const looksLikeHtml = (head: Uint8Array): boolean => {
  const text = decode(head.subarray(0, SNIFF_BYTES), 'latin1').replace(/^\xef\xbb\xbf/, '');
  return HTML_START.test(text.replace(COMMENTS, ''));
};

/** The web page these bytes begin; null if they do not look like one. `contentType` may name the charset. */
export const sniffHtml = (bytes: Uint8Array, contentType: string | null): WebPage | null => {
  if (!looksLikeHtml(bytes)) return null;
  const charset = /charset=["']?([\w-]+)/i.exec(contentType ?? '')?.[1] ?? 'utf-8';
  const title = TITLE.exec(decode(bytes.subarray(0, PAGE_BYTES), charset))?.[1];
  return { title: title === undefined ? null : plainText(title) };
};

const decode = (bytes: Uint8Array, charset: string): string => {
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    // A charset nobody knows; UTF-8 reads ASCII titles right in any case.
    return new TextDecoder().decode(bytes);
  }
};

/** The entities that titles hold; the whole list of HTML has two thousand. */
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  apos: "'",
  gt: '>',
  laquo: '«',
  lt: '<',
  mdash: '—',
  middot: '·',
  nbsp: ' ',
  ndash: '–',
  quot: '"',
  raquo: '»',
};

const plainText = (title: string): string | null => {
  const text = title.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w{2,8}));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return ENTITIES[String(name).toLowerCase()] ?? whole;
    const point = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
  const line = oneLine(text, MAX_TITLE);
  return line === '' ? null : line;
};
