/** What a user may ask of a request, parsed once at the door (upload fields, query, command-line flags). */
import { isEmailAddress } from './email-address.ts';
import { AppError } from './errors.ts';

export const FORMATS = ['jpeg', 'png', 'webp', 'avif', 'gif'] as const;
/** The image formats taken in and given out. */
export type ImageFormat = (typeof FORMATS)[number];

export const FORMAT_CHOICES = ['same', 'jpeg', 'webp', 'avif', 'png', 'auto'] as const;
export type FormatChoice = (typeof FORMAT_CHOICES)[number];

/** How images are to be compressed; travels with every chunk to the presses. */
export interface CompressOptions {
  /** Output bytes as a share of the source's, 0.01–1; unused when `quality` is set. */
  readonly target: number;
  /** Encoder quality 1–100 instead of a target, or null. */
  readonly quality: number | null;
  readonly format: FormatChoice;
  /** Largest width and height in pixels; the image is shrunk to fit, never enlarged. Null: no limit. */
  readonly maxWidth: number | null;
  readonly maxHeight: number | null;
  /** Take what there is of an image file whose end is missing, instead of refusing it. */
  readonly tolerant: boolean;
}

/** Everything asked of one request. */
export interface RequestOptions extends CompressOptions {
  readonly start: 'auto' | 'manual';
  readonly onInvalid: 'reject' | 'skip';
  /** One failed image makes the request FAILED. */
  readonly strict: boolean;
  readonly webhookUrl: string | null;
  readonly email: string | null;
}

export const DEFAULT_OPTIONS: RequestOptions = {
  target: 0.5,
  quality: null,
  format: 'same',
  maxWidth: null,
  maxHeight: null,
  tolerant: false,
  start: 'auto',
  onInvalid: 'reject',
  strict: false,
  webhookUrl: null,
  email: null,
};

/** The names of design 2.2, in the order they are documented. */
export const OPTION_NAMES = [
  'webhook_url',
  'email',
  'start',
  'target',
  'quality',
  'format',
  'max_width',
  'max_height',
  'tolerant',
  'on_invalid',
  'strict',
] as const;
export type OptionName = (typeof OPTION_NAMES)[number];

/** A fault of one option: what was expected and what came. */
export interface OptionFault {
  readonly option: string;
  readonly detail: string;
}

type Texts = Readonly<Partial<Record<string, string>>>;

/** WebP's largest side; no supported format needs more. */
const MAX_SIDE = 16_383;

const FLAG_WORDS: Readonly<Record<string, boolean>> = {
  true: true,
  '1': true,
  yes: true,
  on: true,
  false: false,
  '0': false,
  no: false,
  off: false,
};

/**
 * Parses option texts (from a form, a query string or flags) into {@link RequestOptions}. Empty texts count as absent.
 * @throws AppError `invalid_option` with every fault at once, in `extras.errors`.
 */
export const parseOptions = (texts: Texts): RequestOptions => {
  const faults: OptionFault[] = [];
  const read = <T>(name: OptionName, fallback: T, parse: (text: string) => T | string[]): T => {
    const text = texts[name]?.trim();
    if (text === undefined || text === '') return fallback;
    const value = parse(text);
    if (!Array.isArray(value)) return value;
    faults.push({ option: name, detail: `${name}: expected ${value[0]}, got "${text.slice(0, 80)}".` });
    return fallback;
  };
  const unknown = Object.keys(texts).filter((name) => !(OPTION_NAMES as readonly string[]).includes(name));
  for (const name of unknown) {
    faults.push({
      option: name,
      detail: `${name.slice(0, 80)}: there is no such option. Known: ${OPTION_NAMES.join(', ')}.`,
    });
  }
  const quality = read<number | null>(
    'quality',
    null,
    (text) => parseInteger(text, 1, 100) ?? ['a whole number from 1 to 100'],
  );
  if (quality !== null && (texts.target ?? '').trim() !== '') {
    faults.push({ option: 'quality', detail: 'quality: expected either quality or target, got both.' });
  }
  const side = (text: string): number | string[] =>
    parseInteger(text, 1, MAX_SIDE) ?? [`a whole number from 1 to ${MAX_SIDE}`];
  const options: RequestOptions = {
    target: read(
      'target',
      DEFAULT_OPTIONS.target,
      (text) => parseShare(text) ?? ['a percentage from 1% to 100%, such as 50%'],
    ),
    quality,
    format: read<FormatChoice>('format', 'same', (text) => oneOf(FORMAT_CHOICES, text.toLowerCase())),
    maxWidth: read<number | null>('max_width', null, side),
    maxHeight: read<number | null>('max_height', null, side),
    tolerant: read<boolean>('tolerant', false, parseFlag),
    start: read<'auto' | 'manual'>('start', 'auto', (text) => oneOf(['auto', 'manual'] as const, text.toLowerCase())),
    onInvalid: read<'reject' | 'skip'>('on_invalid', 'reject', (text) =>
      oneOf(['reject', 'skip'] as const, text.toLowerCase()),
    ),
    strict: read<boolean>('strict', false, parseFlag),
    webhookUrl: read<string | null>(
      'webhook_url',
      null,
      (text) => parseHttpUrl(text) ?? ['an http:// or https:// address'],
    ),
    email: read<string | null>('email', null, (text) => (isEmailAddress(text) ? text : ['one e-mail address'])),
  };
  if (faults.length > 0) {
    throw new AppError('invalid_option', {
      detail: faults.map((fault) => fault.detail).join(' '),
      extras: { errors: faults },
    });
  }
  return options;
};

const parseFlag = (text: string): boolean | string[] => FLAG_WORDS[text.toLowerCase()] ?? ['true or false'];

const oneOf = <T extends string>(values: readonly T[], text: string): T | string[] =>
  values.find((value) => value === text) ?? [`one of ${values.join(', ')}`];

const parseInteger = (text: string, min: number, max: number): number | undefined => {
  const value = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  return value >= min && value <= max ? value : undefined;
};

/** `50%`, `50` and `0.5` all mean half: nobody asks for fifty times the bytes or for half a percent. */
const parseShare = (text: string): number | undefined => {
  const match = /^(\d{1,3}(?:\.\d{1,4})?)\s*(%?)$/.exec(text);
  if (match === null) return undefined;
  const number = Number(match[1]);
  const share = match[2] === '%' || number > 1 ? number / 100 : number;
  return share >= 0.01 && share <= 1 ? share : undefined;
};

const parseHttpUrl = (text: string): string | undefined => {
  if (text.length > 2048 || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  return url.protocol === 'http:' || url.protocol === 'https:' ? url.href : undefined;
};
