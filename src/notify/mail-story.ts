/** What a mail about an ended request says; its text and its HTML are two ways of writing this. */
import { ERRORS, isImageErrorCode } from '../core/errors.ts';
import { formatBytes, formatCount, formatCounted, formatPercent, printable } from '../core/format.ts';
import type { Announcement } from './announcement.ts';

/** Is the output CSV in the mail, or could it not be, for its size? */
export type Attached = boolean | 'too-large';

export interface MailFailure {
  /** Images. */
  readonly count: number;
  readonly message: string;
  /** What to do; empty when there is nothing general to say. */
  readonly advice: string;
}

export interface MailLink {
  readonly label: string;
  readonly url: string;
  readonly note: string;
}

export interface MailStory {
  readonly tone: 'good' | 'attention' | 'bad' | 'neutral';
  /** Which file it is about; cleaned, and short enough for a subject. */
  readonly name: string;
  /** The result, begun in lower case: it follows the name in the subject. */
  readonly result: string;
  /** Why the request itself failed, in full; empty when it did not, or when `result` has said it already. */
  readonly reason: string;
  readonly facts: readonly { readonly label: string; readonly value: string }[];
  /** Above `failures`. */
  readonly failureTitle: string;
  readonly failures: readonly MailFailure[];
  /** The most useful one first. */
  readonly links: readonly MailLink[];
  /** Why the reader gets this. */
  readonly footer: string;
}

/** A subject that wraps on a phone hides its result. */
const MAX_NAME = 60;
const MAX_SHORT_REASON = 120;
const MAX_REASON = 300;

/** Everything in it is safe to show: from outside comes no control character, no line break, no turn of direction. */
export const storyOf = (announcement: Announcement, attached: Attached): MailStory => {
  const { done, failed, request_id } = announcement;
  return {
    tone: toneOf(announcement),
    name: shortName(announcement.file_name ?? '') || `Request ${printable(request_id, MAX_NAME)}`,
    result: resultOf(announcement),
    reason: reasonOf(announcement),
    facts: factsOf(announcement),
    failureTitle: done === 0 && failed === 1 ? 'Why the image failed' : `Why ${formatCounted(failed, 'image')} failed`,
    failures: failuresOf(announcement),
    links: linksOf(announcement, attached),
    footer:
      'You get this e-mail because your address was given when the file was uploaded to Halve. ' +
      `Request ${printable(request_id, 100)}.`,
  };
};

/** Cut in the middle: names of files often differ only at their ends. */
const shortName = (name: string): string => {
  const characters = [...printable(name, 1_000)];
  if (characters.length <= MAX_NAME) return characters.join('');
  return `${characters.slice(0, MAX_NAME - 22).join('')}…${characters.slice(-21).join('')}`;
};

const toneOf = ({ status, rows_to_correct }: Announcement): MailStory['tone'] => {
  if (status === 'FAILED') return 'bad';
  if (status === 'CANCELLED') return 'neutral';
  return rows_to_correct > 0 ? 'attention' : 'good';
};

const resultOf = (announcement: Announcement): string => {
  const { status, error, total_images, done, failed, rows_to_correct } = announcement;
  const images = formatCounted(total_images, 'image');
  if (status === 'CANCELLED') return `cancelled, ${formatCount(done)} of ${images} ${done === 1 ? 'was' : 'were'} done`;
  if (status === 'FAILED') {
    const why = printable(error ?? '', MAX_SHORT_REASON).replace(/[\s.]+$/u, '');
    const count = done === 0 ? `none of the ${images} could be done` : `${formatCount(failed)} of ${images} failed`;
    return `failed: ${why === '' ? count : uncapitalised(why)}`;
  }
  if (rows_to_correct > 0) return `${rowsOf(announcement)} ${rows_to_correct === 1 ? 'needs' : 'need'} you`;
  const smaller = smallerOf(announcement);
  const all = total_images === 1 ? 'the image is' : `all ${images}`;
  return `${all} done${smaller === '' ? '' : `, ${smaller}`}`;
};

const reasonOf = ({ error }: Announcement): string => {
  const reason = printable(error ?? '', MAX_REASON);
  return [...reason].length > MAX_SHORT_REASON ? reason : '';
};

const uncapitalised = (sentence: string): string =>
  sentence.replace(/^\p{Lu}(?=\p{Ll})/u, (first) => first.toLowerCase());

/** `12 of 400 rows`. */
const rowsOf = ({ rows_to_correct, total_rows }: Announcement): string =>
  `${formatCount(rows_to_correct)} of ${formatCounted(total_rows, 'row')}`;

/** `55 % smaller`, or nothing when it is not. */
const smallerOf = ({ saved_percent }: Announcement): string =>
  saved_percent === null || saved_percent <= 0 ? '' : `${formatPercent(saved_percent / 100)} smaller`;

const factsOf = (announcement: Announcement): MailStory['facts'] => {
  const { total_images, done, failed, bytes_in, bytes_out } = announcement;
  const left = total_images - done - failed;
  const counts = [
    `${formatCount(done)} of ${formatCount(total_images)} done`,
    ...(failed > 0 ? [`${formatCount(failed)} failed`] : []),
    ...(left > 0 ? [`${formatCount(left)} not tried`] : []),
  ];
  const images = { label: 'Images', value: counts.join(', ') };
  if (bytes_in === 0) return [images];
  const smaller = smallerOf(announcement);
  return [
    images,
    { label: 'Before', value: formatBytes(bytes_in) },
    { label: 'After', value: `${formatBytes(bytes_out)}${smaller === '' ? '' : ` (${smaller})`}` },
  ];
};

const failuresOf = ({ failures, failed }: Announcement): readonly MailFailure[] => {
  const told = failures.map(({ code, count, message }) => ({
    count,
    message: printable(message, MAX_REASON) || printable(code, MAX_REASON),
    advice: isImageErrorCode(code) ? ERRORS[code].advice : '',
  }));
  const more = failed - told.reduce((sum, { count }) => sum + count, 0);
  if (more <= 0 || told.length === 0) return told;
  return [...told, { count: more, message: 'Other reasons.', advice: 'The errors CSV names the reason of every row.' }];
};

const linksOf = (announcement: Announcement, attached: Attached): readonly MailLink[] => {
  const { output_csv, errors_csv, page_url, rows_to_correct, done } = announcement;
  const file = done === 0 ? 'your file; it has no new addresses' : 'your file with the new addresses';
  const place = {
    true: '; it is attached to this e-mail as well',
    false: '',
    'too-large': '; too large to attach',
  } as const;
  const rows =
    rows_to_correct === 1 ? 'the row that needs you' : `the ${formatCounted(rows_to_correct, 'row')} that need you`;
  const output = { label: 'Output CSV', url: output_csv, note: `${file}${place[`${attached}`]}.` };
  const errors = {
    label: 'Errors CSV',
    url: errors_csv ?? '',
    note: `${rows}, with the reason in the last column. Correct it and upload it as it is.`,
  };
  const status = { label: 'Status', url: page_url, note: 'every image, and what was sent to whom.' };
  const files = done === 0 ? [errors, output] : [output, errors];
  return [...files, status].flatMap((link) => {
    const url = webAddress(link.url);
    return url === null ? [] : [{ ...link, url }];
  });
};

/** Only what a browser opens by itself; never `javascript:` or the like. */
const webAddress = (text: string): string | null => {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : null;
};
