import type { Encoding } from './dialect.ts';
import { decodeWindows1252, encodeWindows1252 } from './windows-1252.ts';

/**
 * Two forms of text: *raw* text keeps every byte (or UTF-16 code unit) of the file as one character and is what records
 * are cut, kept and written in; it makes the round trip exact even where the bytes are no valid text at all. *Read*
 * text is what a person sees; only the cells that Halve looks into are decoded.
 *
 * Cutting raw text is safe because quotes, delimiters and line ends are ASCII, and no byte of a longer UTF-8 sequence is
 * (RFC 3629, section 3).
 */
export interface TextCodec {
  /** Bytes a raw character takes. */
  readonly unit: 1 | 2;
  /** Raw text of whole units; `bytes` may be reused afterwards. */
  readonly read: (bytes: Buffer) => string;
  /** The exact inverse of `read`. */
  readonly write: (raw: string) => Buffer;
  readonly decode: (raw: string) => string;
  readonly encode: (text: string) => string;
}

const NOT_ASCII = /[\u0080-\uffff]/;
const ifNeeded = (convert: (text: string) => string) => (text: string) => (NOT_ASCII.test(text) ? convert(text) : text);

const BYTEWISE = {
  unit: 1,
  read: (bytes: Buffer) => bytes.toString('latin1'),
  write: (raw: string) => Buffer.from(raw, 'latin1'),
} as const;

const UTF_16 = {
  unit: 2,
  // A lone surrogate is kept in raw text and shown as U+FFFD: JSON and databases refuse it.
  decode: (raw: string) => raw.toWellFormed(),
  encode: (text: string) => text,
} as const;

export const CODECS: Readonly<Record<Encoding, TextCodec>> = {
  'utf-8': {
    ...BYTEWISE,
    decode: ifNeeded((raw) => Buffer.from(raw, 'latin1').toString('utf8')),
    encode: ifNeeded((text) => Buffer.from(text, 'utf8').toString('latin1')),
  },
  'windows-1252': { ...BYTEWISE, decode: ifNeeded(decodeWindows1252), encode: ifNeeded(encodeWindows1252) },
  'utf-16le': {
    ...UTF_16,
    read: (bytes) => bytes.toString('utf16le'),
    write: (raw) => Buffer.from(raw, 'utf16le'),
  },
  'utf-16be': {
    ...UTF_16,
    read: (bytes) => Buffer.from(bytes).swap16().toString('utf16le'),
    write: (raw) => Buffer.from(raw, 'utf16le').swap16(),
  },
};

const BOMS: Readonly<Record<Encoding, Buffer>> = {
  'utf-8': Buffer.from([0xef, 0xbb, 0xbf]),
  'utf-16le': Buffer.from([0xff, 0xfe]),
  'utf-16be': Buffer.from([0xfe, 0xff]),
  'windows-1252': Buffer.alloc(0),
};

/** The byte order mark of an encoding; empty for Windows-1252, which has none. */
export const bomOf = (encoding: Encoding): Buffer => BOMS[encoding];
