import { AppError, systemCode } from '../core/errors.ts';

/** `fetch`, as far as it is used here. */
export type Fetch = (request: Request) => Promise<Response>;

/** Reasons why nothing answers, in words. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the name of the host cannot be looked up right now',
  ETIMEDOUT: 'it does not answer',
  UND_ERR_CONNECT_TIMEOUT: 'it does not answer',
  UND_ERR_HEADERS_TIMEOUT: 'it does not answer in time',
  ECONNRESET: 'the connection broke',
  UND_ERR_SOCKET: 'the connection broke',
  EPIPE: 'the connection broke',
};

/** What undici has no code for, by its messages. */
const WITHOUT_CODE: Readonly<Record<string, string>> = {
  'unexpected redirect': 'it sends callers on to another address; use that one',
  // https://fetch.spec.whatwg.org/#port-blocking
  'bad port': 'this port is kept for another protocol and never called by HTTP clients',
};

/** A `fetch` whose failures say which server could not be reached, and why. A call given up by its caller stays that. */
export const connect =
  (call: Fetch, server: string): Fetch =>
  async (request) => {
    try {
      return await call(request);
    } catch (error) {
      const timedOut = error instanceof Error && error.name === 'TimeoutError';
      if (error instanceof AppError || (request.signal.aborted && !timedOut)) throw error;
      const reason = timedOut ? 'it does not answer in time' : reasonOf(error);
      throw new AppError('server_unreachable', { detail: `No answer from ${server}: ${reason}.`, cause: error });
    }
  };

const reasonOf = (error: unknown): string => {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = systemCode(cause);
  if (code !== undefined) return `${REASONS[code] ?? 'the call failed'} (${code})`;
  return WITHOUT_CODE[cause instanceof Error ? cause.message : ''] ?? 'the call failed';
};
