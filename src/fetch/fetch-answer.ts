/** One request to one server, and what came of it: the file, the place it sends us to, or a failure. */
import { type Dispatcher, request } from 'undici';
import { AppError } from '../core/errors.ts';
import { failureOfStatus, redirectOf, verdictOf } from './answer-status.ts';
import type { CheckedUrl } from './check-url.ts';
import type { HostVerdict } from './host-gate.ts';
import { readBody } from './read-body.ts';
import { sniffHtml } from './sniff-html.ts';

export interface Download {
  readonly bytes: Buffer;
  /** Where the bytes came from after redirects. */
  readonly finalUrl: string;
  /** As the server claims; often wrong, so only for display. */
  readonly contentType: string | null;
}

/** A redirect's `Location`, word for word: nothing about it has been checked. */
export interface Redirect {
  readonly location: string;
}

export interface AnswerRequest {
  readonly target: CheckedUrl;
  /** Opens the connections; must be the guarded one. */
  readonly dispatcher: Dispatcher;
  readonly userAgent: string;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  readonly now: () => number;
  /** Called as soon as the server has answered anything, with what that says about the server. */
  readonly onAnswer: (verdict: HostVerdict) => void;
}

/** The formats Halve takes, in no order; and the rest, for servers that label images wrongly. */
const ACCEPT = 'image/jpeg, image/png, image/webp, image/avif, image/gif, */*;q=0.1';
/** A body smaller than this is read and thrown away so that its connection can be used again. */
const DISCARD_BYTES = 16 * 1024;
const DISCARD_MS = 1_000;

/** @throws AppError for an answer that is no image; whatever undici throws for no answer at all. */
export const fetchAnswer = async (call: AnswerRequest): Promise<Download | Redirect> => {
  const { target, signal } = call;
  const response = await request(target.href, {
    dispatcher: call.dispatcher,
    // Compression would hide the true size from the byte cap, and images are compressed already.
    headers: { accept: ACCEPT, 'accept-encoding': 'identity', 'user-agent': call.userAgent },
    signal,
  });
  // A body nobody reads any more must not end the process when its connection breaks.
  response.body.on('error', () => undefined);
  call.onAnswer(verdictOf(response, call.now()));
  const location = redirectOf(response);
  const failure =
    location === null ? (failureOfStatus(response, target.written, call.now()) ?? refuseHead(response, call)) : null;
  if (location === null && failure === null) return receive(response, call);
  await discard(response.body, signal);
  if (failure !== null) throw failure;
  return { location: location ?? '' };
};

const refuseHead = ({ headers }: Dispatcher.ResponseData, { target, maxBytes }: AnswerRequest): AppError | null => {
  const encoding = String(headers['content-encoding'] ?? '').trim();
  if (encoding !== '' && encoding.toLowerCase() !== 'identity') {
    return new AppError('unsupported_format', {
      detail: `The server ${target.written} sent the file packed (${encoding.slice(0, 40)}) although it was asked not to.`,
    });
  }
  return Number(headers['content-length'] ?? 0) > maxBytes ? tooLarge(target, maxBytes) : null;
};

const receive = async (
  { body, headers }: Dispatcher.ResponseData,
  { target, maxBytes }: AnswerRequest,
): Promise<Download> => {
  const bytes = await readBody(body, maxBytes);
  if (bytes === null) throw tooLarge(target, maxBytes);
  if (bytes.byteLength === 0) {
    throw new AppError('empty_body', { detail: `The server ${target.written} answered with no data at all.` });
  }
  const contentType = headers['content-type'] === undefined ? null : String(headers['content-type']);
  const page = sniffHtml(bytes, contentType);
  if (page !== null) {
    const title = page.title === null ? '' : ` ("${page.title}")`;
    throw new AppError('not_an_image', {
      detail: `The server ${target.written} sent a web page${title} instead of an image.`,
    });
  }
  return { bytes, finalUrl: target.href, contentType };
};

const tooLarge = ({ written }: CheckedUrl, maxBytes: number): AppError => {
  const megabytes = Math.round((maxBytes / 1024 / 1024) * 10) / 10;
  return new AppError('too_large', { detail: `The file from the server ${written} is larger than ${megabytes} MB.` });
};

/** Empties a small body to keep its connection; a larger or slower one costs the connection instead. */
const discard = async (body: Dispatcher.ResponseData['body'], signal: AbortSignal): Promise<void> => {
  try {
    await body.dump({ limit: DISCARD_BYTES, signal: AbortSignal.any([signal, AbortSignal.timeout(DISCARD_MS)]) });
  } catch {
    body.destroy();
  }
};
