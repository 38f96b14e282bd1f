import { randomUUID } from 'node:crypto';
import { formatElapsed, printable } from '../../core/format.ts';
import { EXAMPLE_URL } from '../../http/example-ids.ts';
import type { AttemptOutcome } from '../../notify/attempt-outcome.ts';
import { DELIVERY_DELAYS_MS } from '../../notify/retry-schedule.ts';
import { WebhookSender } from '../../notify/webhook-sender.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { onlyOperand, parseFlags } from '../parse-flags.ts';
import { say, TALK_FLAGS, talkOf, writeResult } from '../talk.ts';
import type { Terminal } from '../terminal.ts';
import { hostOf, localPoster, openableHost } from './local-poster.ts';
import { type SecretsInUse, secretsInUse } from './secrets-in-use.ts';
import { testEvent } from './test-event.ts';
import { webUrl } from './web-url.ts';

/** `halve webhook test URL`: sends one signed event, and tells what the receiver makes of it. */
export const testCommand = async (args: readonly string[], terminal: Terminal): Promise<ExitCode> => {
  const { values, positionals } = parseFlags('webhook test', args, TALK_FLAGS);
  const url = webUrl('webhook test', onlyOperand('webhook test', 'address', positionals));
  const talk = talkOf(values, terminal);
  const used = await secretsInUse(terminal, { make: true });
  say(talk, `Sending a test event to ${url}, signed with the secret from ${used.source} ...`);
  const started = performance.now();
  const stop = new AbortController();
  const stopListening = terminal.onInterrupt(() => stop.abort());
  try {
    const { outcome, isOpenHere } = await sendOnce(url, used, stop.signal);
    const ms = Math.round(performance.now() - started);
    const { result, ok, answerCode, next } = outcome;
    writeResult(talk, wordsOf(outcome, ms), {
      url,
      ok,
      result: printable(result, 300),
      answer_code: answerCode,
      next: ok ? null : next,
      ms,
    });
    if (isOpenHere) say(talk, `A service would refuse this address unless HALVE_ALLOW_HOSTS has ${hostOf(url)}.`);
    return ok ? EXIT.done : EXIT.someFailed;
  } catch (error) {
    if (stop.signal.aborted) return EXIT.interrupted;
    throw error;
  } finally {
    stopListening();
  }
};

interface TestOutcome {
  readonly outcome: AttemptOutcome;
  /** It was called although a service would not. */
  readonly isOpenHere: boolean;
}

const sendOnce = async (
  url: string,
  { secrets, settings }: SecretsInUse,
  signal: AbortSignal,
): Promise<TestOutcome> => {
  const body = JSON.stringify(testEvent(new Date(), settings.publicUrl ?? EXAMPLE_URL));
  const id = `msg_${randomUUID().replaceAll('-', '')}`;
  const send = async (opened: string | null): Promise<AttemptOutcome> => {
    const poster = localPoster(settings.allowHosts, opened);
    const sender = new WebhookSender({ poster, secrets, now: Date.now });
    try {
      return await sender.send({ id, url, body }, signal);
    } finally {
      await sender.close();
    }
  };
  const outcome = await send(null);
  const isRefused = outcome.answerCode === null && outcome.next === 'give-up';
  const host = isRefused ? openableHost(url) : null;
  // The guard is against strangers; this address was typed by the user.
  return host === null ? { outcome, isOpenHere: false } : { outcome: await send(host), isOpenHere: true };
};

const wordsOf = ({ ok, result, next, retryAfterMs }: AttemptOutcome, ms: number): string => {
  const answer = `${printable(result, 300)} (${ms} ms)`;
  if (ok) return `Taken: ${answer}\n`;
  const follows = {
    'close-target': 'After this answer nothing more would be sent to this address until a replay by hand succeeds.',
    'give-up': 'It would not be tried again: the address can never be called.',
    retry: `A real one would be tried again ${schedule(retryAfterMs)}`,
  };
  return `Not taken: ${answer}\n${follows[next]}\n`;
};

const schedule = (retryAfterMs: number | null): string => {
  const [, ...waits] = DELIVERY_DELAYS_MS.webhook;
  const all = waits.map((wait) => duration(wait / 1_000)).join(', ');
  const asked = retryAfterMs === null ? '' : `, but not before the ${duration(retryAfterMs / 1_000)} it asks for`;
  return `${waits.length} times, with growing waits (${all})${asked}.`;
};

/** `5 s`, `5 min`, `2 h`. */
const duration = (seconds: number): string => (seconds < 9.95 ? `${Math.round(seconds)} s` : formatElapsed(seconds));
