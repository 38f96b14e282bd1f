import type { Dialect, Encoding } from '../catalogue/dialect.ts';

/** IANA's names for the encodings of files. */
const CHARSETS: Readonly<Record<Encoding, string>> = {
  'utf-8': 'utf-8',
  'utf-16le': 'utf-16le',
  'utf-16be': 'utf-16be',
  'windows-1252': 'windows-1252',
};

/** The media type of a result file (RFC 4180, RFC 7111); it is encoded as the upload was. */
export const csvMediaType = (dialect: Dialect): string => `text/csv; charset=${CHARSETS[dialect.encoding]}`;

/** The user's own file name with the kind behind it: `spring.csv` gives `spring_output.csv`. */
export const downloadName = (
  { id, file_name }: { readonly id: string; readonly file_name: string | null },
  kind: string,
): string => {
  const stem = (file_name ?? '').replace(/\.[A-Za-z0-9]{1,4}$/, '');
  return `${stem === '' ? id : stem}_${kind}.csv`;
};
