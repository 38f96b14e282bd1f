import { type Client, createClient } from '../../client/client.ts';
import type { Fetch } from '../../client/connect.ts';
import { type ClientSettings, parseServerUrl } from '../../config/client-settings.ts';
import { loadClientSettings } from '../../config/load-settings.ts';
import { SettingFault } from '../../config/settings.ts';
import { AppError } from '../../core/errors.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';

/** The flag of all commands that talk to a server. There is none for the key: others could read it in the process list. */
export const SERVER_FLAG = { server: { type: 'string' } } as const;

/** A server, and who calls it. */
export interface Connection {
  readonly client: Client;
  /** Its address, without a slash at the end. */
  readonly server: string;
  /** Aborted when the user interrupts. */
  readonly signal: AbortSignal;
  /** A command that talks to the same server, to be typed next. */
  readonly command: (words: string) => string;
}

/** An answer other than that to an upload takes milliseconds; a server that needs this long will not answer at all. */
const ANSWER_MS = 30_000;

/**
 * Does `work` with a server. Ctrl-C ends every call that is under way; then the exit code says so, whatever is thrown.
 * @throws AppError `invalid_settings`, `invalid_option` (the address is none)
 */
export const withServer = async (
  flags: { readonly server?: string | undefined },
  terminal: Terminal,
  work: (connection: Connection) => Promise<ExitCode>,
): Promise<ExitCode> => {
  const stop = new AbortController();
  const connection = openConnection(flags, terminal, stop.signal);
  const stopListening = terminal.onInterrupt(() => stop.abort());
  try {
    return await work(connection);
  } catch (error) {
    if (stop.signal.aborted) return EXIT.interrupted;
    throw error;
  } finally {
    stopListening();
  }
};

const openConnection = (
  flags: { readonly server?: string | undefined },
  { environment }: Terminal,
  signal: AbortSignal,
): Connection => {
  const settings = loadClientSettings(environment);
  const server = flags.server === undefined ? settings.server : serverOf(flags.server);
  const { apiKey } = settings;
  return {
    client: createClient({ server, apiKey, fetch: patientFetch({ server, apiKey }, signal) }),
    server,
    signal,
    command: (words) => `halve ${words}${flags.server === undefined ? '' : ` --server ${server}`}`,
  };
};

const serverOf = (text: string): string => {
  try {
    return parseServerUrl(text);
  } catch (error) {
    if (!(error instanceof SettingFault)) throw error;
    throw new AppError('invalid_option', { detail: `--server: ${error.message}, got "${text.slice(0, 200)}".` });
  }
};

/**
 * A `fetch` that is given up when no answer begins within {@link ANSWER_MS}, or the user interrupts, and that says what is
 * wrong with the key in words that fit the command line.
 */
const patientFetch =
  (settings: ClientSettings, signal: AbortSignal): Fetch =>
  async (request) => {
    const patience = new AbortController();
    // How long a file travels nobody knows; undici gives up by itself when nothing moves.
    const timer = request.body === null ? setTimeout(() => patience.abort(), ANSWER_MS) : undefined;
    try {
      const response = await fetch(request, { signal: AbortSignal.any([request.signal, patience.signal, signal]) });
      if (response.status === 401) await refuseKey(response, settings);
      return response;
    } catch (error) {
      if (signal.aborted) throw new AppError('cancelled', { cause: error });
      if (!patience.signal.aborted) throw error;
      const detail = `No answer from ${new URL(request.url).origin} within ${ANSWER_MS / 1_000} s.`;
      throw new AppError('server_unreachable', { detail, cause: error });
    } finally {
      clearTimeout(timer);
    }
  };

const refuseKey = async (response: Response, { server, apiKey }: ClientSettings): Promise<void> => {
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => null);
  // Other refusals with this status are about a signature.
  if (typeof body !== 'object' || body === null || !('code' in body) || body.code !== 'unauthorized') return;
  const detail =
    apiKey === null
      ? `${server} wants an API key, and HALVE_API_KEY is not set.`
      : `${server} does not take the key in HALVE_API_KEY.`;
  throw new AppError('unauthorized', { detail });
};
