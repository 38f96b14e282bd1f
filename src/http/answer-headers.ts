/** The headers of answers that the document tells, with what they mean. */
export interface HeaderDocs {
  readonly description: string;
  readonly schema: Readonly<Record<string, unknown>>;
  readonly example: string | number;
}

const text = (description: string, example: string): HeaderDocs => ({
  description,
  schema: { type: 'string' },
  example,
});
const seconds = (description: string, example: number): HeaderDocs => ({
  description,
  schema: { type: 'integer', minimum: 0 },
  example,
});

const STATUS_URL = 'http://127.0.0.1:3000/status/0f8fad5b-d9cb-469f-a165-70867728950e';

export const ANSWER_HEADERS = {
  Location: { ...text('Where to go on.', STATUS_URL), schema: { type: 'string', format: 'uri-reference' } },
  'Retry-After': seconds('Seconds after which it is worth asking again.', 2),
  ETag: text(
    'Tag of this version; send it back as `If-None-Match` to get 304 while nothing has changed.',
    '"4f53cda18c2baa0c"',
  ),
  'Content-Disposition': text('The name to save the file under.', 'attachment; filename="spring_output.csv"'),
  'Content-Range': text(
    'Which bytes these are, and of how many; `*/size` when the range lies outside.',
    'bytes 0-999/48213',
  ),
  'Accept-Ranges': text('Parts can be asked for with `Range`.', 'bytes'),
  'Idempotent-Replayed': text('`true`: this Idempotency-Key came before, and this is the answer it got then.', 'true'),
  Allow: text('The methods this address takes.', 'GET, HEAD'),
  'WWW-Authenticate': text('How to identify yourself.', 'Bearer realm="halve"'),
} as const satisfies Readonly<Record<string, HeaderDocs>>;

export type HeaderName = keyof typeof ANSWER_HEADERS;
