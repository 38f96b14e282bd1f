import { AppError } from '../../core/errors.ts';
import { formatTimeLeft } from '../../core/format.ts';
import { TIMESTAMP_TOLERANCE_S, verifySignature } from '../../notify/sign.ts';
import type { SavedMessage } from './saved-message.ts';

export interface Judgement {
  readonly valid: boolean;
  /** One sentence: why not, or how old it is. */
  readonly detail: string;
  /** What was probably done to the message; null when nobody knows. */
  readonly hint: string | null;
}

export interface JudgeOptions {
  readonly secrets: readonly string[];
  readonly anyAge: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Is a message signed with one of the secrets, and if not, what exactly is wrong? */
export const judgeMessage = (message: SavedMessage, { secrets, anyAge, now }: JudgeOptions): Judgement => {
  const fault = faultOf(message, secrets, now);
  if (fault === null) return { valid: true, detail: 'The signature fits, and the message is recent.', hint: null };
  const sentAt = Number(message.headers['webhook-timestamp']) * 1_000;
  // As a receiver would have judged it at that time.
  const timeless = Number.isFinite(sentAt) ? faultOf(message, secrets, sentAt) : fault;
  if (timeless !== null) return { valid: false, detail: timeless, hint: hintOf(message, secrets, sentAt) };
  const far = formatTimeLeft(Math.abs(now - sentAt) / 1_000);
  const age = sentAt > now ? `is dated ${far} in the future` : `is ${far} old`;
  if (anyAge) return { valid: true, detail: `The signature fits; the message ${age}.`, hint: null };
  return {
    valid: false,
    detail: `The signature fits, but the message ${age}; receivers must refuse more than ${TIMESTAMP_TOLERANCE_S / 60} minutes.`,
    hint: 'For a saved message leave its age out with --any-age; otherwise compare the clocks.',
  };
};

const faultOf = ({ headers, body }: SavedMessage, secrets: readonly string[], now: number): string | null => {
  try {
    verifySignature({ headers, body, secrets, now });
    return null;
  } catch (error) {
    if (error instanceof AppError && error.code === 'invalid_signature') return error.message;
    throw error;
  }
};

/** Tries what is usually done to a body between its arrival and its checking. */
const hintOf = ({ headers, body }: SavedMessage, secrets: readonly string[], now: number): string | null => {
  const text = Buffer.from(body).toString('utf8');
  const repairs: readonly (readonly [repaired: string | null, hint: string])[] = [
    [text.replace(/\r?\n$/, ''), 'It fits without the line break at its end, which an editor or a shell has added.'],
    [text.trim(), 'It fits without the blanks around it.'],
    [
      reformatted(text),
      'It fits when its JSON is written compactly: check the bytes as they came, before parsing them.',
    ],
  ];
  for (const [repaired, hint] of repairs) {
    if (repaired === null || repaired === text) continue;
    if (faultOf({ headers, body: Buffer.from(repaired) }, secrets, now) === null) return hint;
  }
  const announced = headers['content-length'];
  if (announced === undefined || Number(announced) === body.byteLength) return null;
  return `The body has ${body.byteLength} bytes, but Content-Length says ${announced}.`;
};

const reformatted = (text: string): string | null => {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return null;
  }
};
