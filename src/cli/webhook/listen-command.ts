import { setTimeout as pause } from 'node:timers/promises';
import { readEvents, type ServerEvent } from '../../client/read-events.ts';
import { AppError } from '../../core/errors.ts';
import { printable } from '../../core/format.ts';
import type { Poster } from '../../fetch/poster.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { parseFlags, wrongUse } from '../parse-flags.ts';
import { type Connection, SERVER_FLAG, withServer } from '../remote/connection.ts';
import { say, TALK_FLAGS, type Talk, talkOf } from '../talk.ts';
import type { Terminal } from '../terminal.ts';
import { hostOf, localPoster } from './local-poster.ts';
import { webUrl } from './web-url.ts';

const NAME = 'webhook listen';
const FLAGS = { ...SERVER_FLAG, ...TALK_FLAGS, forward: { type: 'string' } } as const;

/** Waits before a connection is opened again: the first, and the longest of the doubled ones. */
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;

/** `halve webhook listen --forward URL`: hands every webhook on to a program on this machine, until Ctrl-C. */
export const listenCommand = async (args: readonly string[], terminal: Terminal): Promise<ExitCode> => {
  const { values, positionals } = parseFlags(NAME, args, FLAGS);
  if (positionals.length > 0) throw wrongUse(NAME, `Name the address with --forward: ${positionals.join(' ')}`);
  const target = values.forward === undefined ? null : webUrl(NAME, values.forward);
  const talk = talkOf(values, terminal);
  const poster = target === null ? null : localPoster('', hostOf(target));
  try {
    const code = await withServer(values, terminal, async (connection) => {
      await listen(connection, talk, (event) => handOn(event, { target, poster, talk, signal: connection.signal }));
      return EXIT.done;
    });
    // Ctrl-C is how this command is meant to end.
    return code === EXIT.interrupted ? EXIT.done : code;
  } finally {
    await poster?.close();
  }
};

/** Takes events as they come, and connects again when the connection breaks. */
const listen = async (connection: Connection, talk: Talk, take: (event: ServerEvent) => void): Promise<void> => {
  const { client, server, signal } = connection;
  let stream = await client.webhookEvents();
  for (;;) {
    say(talk, `Listening to ${server} (Ctrl-C ends it)`);
    try {
      for await (const event of readEvents(stream)) {
        if (event.event === 'announcement') take(event);
      }
    } catch (error) {
      if (signal.aborted) throw error;
    }
    say(talk, 'The connection ended; connecting again ...');
    stream = await openAgain(connection);
    const missed = connection.command('webhook announce REQUEST_ID');
    say(talk, `What ended meanwhile was missed; have it told again with: ${missed}`);
  }
};

const openAgain = async ({ client, signal }: Connection): ReturnType<Connection['client']['webhookEvents']> => {
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
    await pause(wait, undefined, { signal });
    try {
      return await client.webhookEvents();
    } catch (error) {
      if (!(error instanceof AppError && error.retryable)) throw error;
    }
  }
};

interface Forwarding {
  readonly target: string | null;
  readonly poster: Poster | null;
  readonly talk: Talk;
  readonly signal: AbortSignal;
}

/** Posts an announcement as the webhook would come, and tells the answer; nobody waits for it. */
const handOn = (event: ServerEvent, { target, poster, talk, signal }: Forwarding): void => {
  const message = JSON.parse(event.data) as Announced;
  const tell = (answer: string, ok: boolean | null): void => {
    const { type, request_id } = JSON.parse(message.body) as { readonly type: string; readonly request_id: string };
    const at = new Date();
    const line = `${at.toTimeString().slice(0, 8)}  ${type}  ${request_id}  ${answer}`;
    const facts = { at: at.toISOString(), ...message, ok, result: answer };
    talk.terminal.stdout.write(`${talk.json ? JSON.stringify(facts) : printable(line, 400)}\n`);
  };
  if (target === null || poster === null) {
    tell('', null);
    return;
  }
  const started = performance.now();
  const headers = { 'content-type': 'application/json', accept: '*/*', ...message.headers };
  poster.post(target, { headers, body: message.body, signal }).then(
    ({ status, statusText }) => {
      const ms = Math.round(performance.now() - started);
      tell(`${status} ${statusText} (${ms} ms)`, status >= 200 && status <= 299);
    },
    (error: unknown) => {
      if (!signal.aborted) tell(error instanceof Error ? error.message : String(error), false);
    },
  );
};

/** What the stream carries for every webhook. */
interface Announced {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
