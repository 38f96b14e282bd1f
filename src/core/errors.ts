/**
 * The one table of everything that can go wrong, and the one error class that carries it.
 *
 * A code is part of the contract: it stands in API answers, receipts and the errors CSV, and is never renamed.
 * `docs/errors.md` is checked against this table in both directions by a test.
 */

/** What a code means to the machine (HTTP status, worth another try) and to a person (what happened, what to do). */
export interface ErrorEntry {
  /** Where the code is used: the whole API call, one row of an uploaded file, or one image. */
  readonly scope: 'api' | 'row' | 'image';
  /** HTTP status when the code ends an API call; for rows and images the status of a call about just that thing. */
  readonly status: number;
  /** Can the same work succeed later without anyone changing anything? Only then is it tried again. */
  readonly retryable: boolean;
  /** One sentence in plain words: what happened. Details are added by the thrower. */
  readonly message: string;
  /** One sentence: what the reader can do about it. */
  readonly advice: string;
}

const image = (status: number, retryable: boolean, message: string, advice: string) =>
  ({ scope: 'image', status, retryable, message, advice }) as const;
const row = (message: string, advice: string) =>
  ({ scope: 'row', status: 422, retryable: false, message, advice }) as const;
const api = (status: number, message: string, advice: string) =>
  ({ scope: 'api', status, retryable: status >= 500, message, advice }) as const;

export const ERRORS = {
  // One image ---------------------------------------------------------------------------------------------------
  invalid_url: image(422, false, 'This is not a usable image address.', 'Correct the address in the CSV.'),
  address_not_allowed: image(
    422,
    false,
    'This address may not be fetched.',
    'Use a public http(s) address, or have the operator list the host in HALVE_ALLOW_HOSTS.',
  ),
  host_not_found: image(502, true, 'The server name does not exist.', 'Check the spelling of the host in the address.'),
  connection_failed: image(
    502,
    true,
    'The server could not be reached or broke the connection.',
    'Check that the server is up, then retry.',
  ),
  tls_failed: image(
    502,
    false,
    "The server's certificate is not valid.",
    'Have the certificate of the server repaired, or use another address.',
  ),
  timed_out: image(
    504,
    true,
    'The server did not answer in time.',
    'Check that the server is fast enough, then retry.',
  ),
  http_status: image(
    502,
    false,
    'The server answered with an error instead of the image.',
    'Open the address in a browser; correct it, or ask whoever runs the server.',
  ),
  too_many_redirects: image(
    502,
    false,
    'The address redirects too many times.',
    'Use the address the redirects should lead to.',
  ),
  too_large: image(413, false, 'The file is larger than the limit for one image.', 'Provide a smaller file.'),
  empty_body: image(
    422,
    true,
    'The server answered with no data at all.',
    'Check that the file on the server is whole.',
  ),
  not_an_image: image(
    422,
    false,
    'What came back is not an image.',
    'Open the address in a browser: it often shows a login or error page. Use the address of the picture itself.',
  ),
  unsupported_format: image(422, false, 'This image format is not taken.', 'Provide JPEG, PNG, WebP, AVIF or GIF.'),
  corrupt_image: image(
    422,
    false,
    'The image file is damaged.',
    'Replace the file on the server by an undamaged copy.',
  ),
  truncated_image: image(
    422,
    false,
    'The image file is cut off: its end is missing.',
    'Upload the file to the server again; this one is incomplete.',
  ),
  too_many_pixels: image(
    413,
    false,
    'The image has more pixels than the limit.',
    'Provide a version with smaller width and height.',
  ),
  decode_timed_out: image(
    422,
    false,
    'Decoding or encoding the image took too long.',
    'Provide a simpler or smaller version of the picture.',
  ),
  decoder_crashed: image(
    422,
    false,
    'The image made the decoder crash, several times.',
    'Replace the file: it is damaged or was made to do harm.',
  ),
  storage_failed: image(
    503,
    true,
    'The storage could not be used.',
    'Check free space and permissions of the storage, then retry.',
  ),
  processor_failed: image(
    502,
    false,
    'The outside image processor could not do this image.',
    'Read what the processor says, correct the picture, then retry.',
  ),
  processor_unreachable: image(
    502,
    true,
    'The outside image processor did not take the image.',
    'Have the operator check HALVE_PROCESSOR_URL and the processor, then retry.',
  ),
  processor_timed_out: image(
    504,
    true,
    'The outside image processor did not answer in time.',
    'Have the operator check the processor, then retry.',
  ),
  cancelled: image(409, false, 'The request was cancelled before this image was done.', 'Process the request again.'),
  image_failed: image(500, true, 'Something unexpected happened to this image.', 'Retry; if it stays, report it.'),

  // One row of an uploaded file ---------------------------------------------------------------------------------
  missing_url: row('The row has no image address.', 'Add an address that begins with http:// or https://.'),
  bad_url: row('The cell holds something that is not an http(s) address.', 'Correct the address.'),
  url_too_long: row('An image address is longer than the limit.', 'Use a shorter address.'),
  too_many_urls: row('The row has more image addresses than the limit.', 'Spread the images over several rows.'),
  ambiguous_list: row(
    'The row has more cells than the header, and the list of addresses cannot be told from the other cells.',
    'Put the list of addresses into quotes.',
  ),
  too_many_columns: row('The row has more columns than the limit.', 'Remove the surplus columns.'),
  line_too_long: row('The line is longer than the limit.', 'Look for a quote that is never closed, or split the row.'),
  unclosed_quote: row(
    'A quote is opened and never closed.',
    'Close the quote, or double it ("") if it is part of the text.',
  ),
  bad_quote: row(
    'A quote stands where none may stand.',
    'Put the whole cell into quotes and double the quotes inside it.',
  ),
  bad_character: row('The row holds a character no text file has (NUL).', 'Export the file again as CSV (UTF-8).'),

  // A whole API call ----------------------------------------------------------------------------------------------
  no_file: api(400, 'No file was sent.', 'Send the CSV as multipart field "file" or as a text/csv body.'),
  empty_file: api(400, 'The file is empty.', 'Send a CSV with a header line and at least one row.'),
  not_a_csv: api(400, 'The file is not a text table.', 'Export the sheet as CSV (UTF-8) and send that file.'),
  missing_columns: api(
    400,
    'The columns Halve needs were not found.',
    'Name three columns Serial Number, Product Name and Input Image Urls in the first line.',
  ),
  invalid_rows: api(
    422,
    'Some rows cannot be used; nothing was stored.',
    'Correct the rows listed, or send on_invalid=skip.',
  ),
  no_rows: api(422, 'The file has no usable row.', 'Add at least one product with an image address.'),
  too_many_images: api(
    413,
    'The file has more images than the limit.',
    'Split the file and send the parts one by one.',
  ),
  file_too_large: api(413, 'The file is larger than the limit.', 'Split the file and send the parts one by one.'),
  unsupported_media_type: api(
    415,
    'This content type is not taken.',
    'Send multipart/form-data with a field "file", or a text/csv body.',
  ),
  range_not_satisfiable: api(
    416,
    'The file has no such bytes.',
    'Ask for a range inside the length named in Content-Range, or for the whole file.',
  ),
  malformed_request: api(400, 'The call could not be read.', 'Check the body and the headers of the call.'),
  invalid_option: api(400, 'An option has a value that is not taken.', 'Correct the option named in the detail.'),
  too_slow: api(408, 'The call arrived too slowly.', 'Send it again over a faster connection.'),
  headers_too_large: api(431, 'The headers of the call are too large.', 'Send fewer and shorter headers.'),
  unauthorized: api(401, 'A valid API key is needed.', 'Send the header Authorization: Bearer <key>.'),
  cross_site: api(403, 'Calls from other web sites are refused.', 'Call the API from a program or from its own page.'),
  request_not_found: api(404, 'There is no such request.', 'Check the request id; it may have been deleted.'),
  image_not_found: api(404, 'There is no such image.', 'Check the file id; the image may have failed or been deleted.'),
  file_not_found: api(
    404,
    'There is no such file.',
    'Wait until the request is finished, then use the links of its status.',
  ),
  not_found: api(404, 'There is nothing at this address.', 'See the README for the calls there are.'),
  method_not_allowed: api(
    405,
    'This address does not take this method.',
    'See the Allow header for the methods it takes.',
  ),
  request_running: api(409, 'The request is being processed.', 'Wait for it to finish, or cancel it first.'),
  request_finished: api(409, 'The request is finished already.', 'Look at its status; there is nothing to stop.'),
  delivery_not_found: api(404, 'There is no such delivery.', 'Take the id from the deliveries of a status.'),
  invalid_signature: api(
    401,
    'The signature of the message is missing, wrong or too old.',
    'Sign the raw body by Standard Webhooks with the shared secret (halve webhook secret), and check the clock.',
  ),
  message_too_large: api(
    413,
    'The message is larger than the limit.',
    'Report the images in several messages, each with an id of its own.',
  ),
  message_reused: api(
    422,
    'This webhook-id came before with another body.',
    'Give every message an id of its own; repeat one only word for word.',
  ),
  idempotency_key_reused: api(
    422,
    'This Idempotency-Key came before with another file or other options.',
    'Use a new key for a new upload.',
  ),
  idempotency_key_in_use: api(
    409,
    'An upload with this Idempotency-Key is still arriving.',
    'Send the same call again in a moment.',
  ),
  too_many_streams: api(503, 'Too many event streams are open.', 'Ask for the status instead, or try again later.'),
  nothing_to_do: api(409, 'Every image of the request succeeded already.', 'Upload the file again to do it anew.'),
  storage_full: api(507, 'There is no space left to take the file.', 'Free some disk space, then send it again.'),
  not_ready: api(503, 'The service cannot work right now.', 'See which check failed, and why.'),
  shutting_down: api(503, 'The service is shutting down.', 'Send the call again in a few seconds.'),
  database_unavailable: api(
    503,
    'The database cannot be used right now.',
    'Check disk space and permissions of the data folder.',
  ),
  internal_error: api(500, 'Something unexpected went wrong here.', 'Try again; if it stays, report it with the time.'),

  // Starting the program ------------------------------------------------------------------------------------------
  invalid_settings: api(500, 'The settings have faults.', 'Correct the settings named.'),
  folder_in_use: api(409, 'Another Halve is using this folder.', 'Stop the other one, or choose another folder.'),
  server_unreachable: api(
    503,
    'The Halve server cannot be reached.',
    'Start it with: halve serve. Name another one with --server or HALVE_URL.',
  ),
  mail_server_failed: api(
    502,
    'The mail server does not take mails.',
    'Check HALVE_SMTP_URL and HALVE_MAIL_FROM; halve doctor tries the mail server.',
  ),
  unreadable_input: api(400, 'The input file cannot be read.', 'Check the path and the permissions of the file.'),
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;
type CodeOf<S extends ErrorEntry['scope']> = {
  [C in ErrorCode]: (typeof ERRORS)[C]['scope'] extends S ? C : never;
}[ErrorCode];
export type ImageErrorCode = CodeOf<'image'>;
export type RowErrorCode = CodeOf<'row'>;

export const isImageErrorCode = (code: string): code is ImageErrorCode =>
  Object.hasOwn(ERRORS, code) && ERRORS[code as ErrorCode].scope === 'image';

/** Extra facts of an {@link AppError}; all optional. */
export interface AppErrorOptions {
  /** A sentence for the user, more exact than the table's; must not hold internal addresses, paths or stacks. */
  readonly detail?: string;
  /** Overrides the table's `retryable` where the same code can be both (HTTP 404 against HTTP 503). */
  readonly retryable?: boolean;
  /** Earliest time for the next try, in milliseconds from now, as the other side asked or is asked (`Retry-After`). */
  readonly retryAfterMs?: number;
  /** A short key that splits one code in groups when failures are counted, such as the HTTP status `404`. */
  readonly group?: string;
  /** Machine-readable extras for the problem document (RFC 9457 extension members). */
  readonly extras?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** The only error class of Halve. Anything foreign is turned into one at the border of the room that meets it. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly detail: string | undefined;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly group: string | undefined;
  readonly extras: Readonly<Record<string, unknown>> | undefined;

  constructor(code: ErrorCode, options: AppErrorOptions = {}) {
    super(options.detail ?? ERRORS[code].message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.detail = options.detail;
    this.retryable = options.retryable ?? ERRORS[code].retryable;
    this.retryAfterMs = options.retryAfterMs;
    this.group = options.group;
    this.extras = options.extras;
  }

  get status(): number {
    return ERRORS[this.code].status;
  }
}

/** Anything thrown, as an `AppError`: itself if it is one, else `code` with the thrown thing as cause. */
export const toAppError = (thrown: unknown, code: ErrorCode): AppError =>
  thrown instanceof AppError ? thrown : new AppError(code, { cause: thrown });

/** The `code` property Node puts on system errors (`ENOENT`, `ECONNRESET`, …); undefined for anything else. */
export const systemCode = (thrown: unknown): string | undefined => {
  if (typeof thrown !== 'object' || thrown === null || !('code' in thrown)) return undefined;
  return typeof thrown.code === 'string' ? thrown.code : undefined;
};
