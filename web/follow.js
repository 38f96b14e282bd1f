/** Keeps a page up to date with a request: by its event stream, or by asking again where no stream gets through. */
import { ApiProblem, ask, call } from './api.js';

/** A stream that shows no sign of life at first is held back by something in between … */
const FIRST_SIGN_MS = 5_000;
/** … and later, its connection is dead: the service sends a heartbeat every 15 s. */
const SILENCE_MS = 40_000;
const PAUSE_MS = 2_000;
/** A tab nobody looks at only asks now and then: a browser has six connections to a host, for all tabs together. */
const HIDDEN_PAUSE_MS = 10_000;
/** After so many streams that showed nothing, though the service could be reached, it is only asked. */
const MAX_REFUSED = 3;

const isHidden = () => document.visibilityState === 'hidden';

/** The fields of one block of lines; a comment has neither event nor data. */
const parseEvent = (block) => {
  const fields = {};
  for (const line of block.split('\n')) {
    const [, name, value] = /^(\w+): ?(.*)$/.exec(line) ?? [];
    if (name !== undefined) fields[name] = value;
  }
  return fields;
};

/** Reads server-sent events with `fetch`, because an `EventSource` cannot send an API key. */
async function* readEvents(path, signal) {
  const response = await ask(path, { signal, headers: { accept: 'text/event-stream' } });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split('\n\n');
    rest = blocks.pop();
    yield* blocks.map(parseEvent);
  }
}

/** Will asking again not change the answer? */
const isFinal = (error) => error instanceof ApiProblem && error.problem.status < 500;

/** Shows a stream until it ends. Answers `finished`, `broken`, or `refused` when it showed nothing at all. */
const showStream = async (id, { signal, onStatus, onLive }) => {
  const stop = new AbortController();
  let silence = setTimeout(() => stop.abort(), FIRST_SIGN_MS);
  const hide = () => isHidden() && stop.abort();
  document.addEventListener('visibilitychange', hide);
  let outcome = 'refused';
  try {
    for await (const { event, data } of readEvents(`/status/${id}/events`, AbortSignal.any([signal, stop.signal]))) {
      clearTimeout(silence);
      silence = setTimeout(() => stop.abort(), SILENCE_MS);
      outcome = 'broken';
      onLive(true);
      if (data !== undefined) onStatus(JSON.parse(data));
      if (event === 'finished') return 'finished';
    }
  } catch (error) {
    if (isFinal(error)) throw error;
  } finally {
    clearTimeout(silence);
    document.removeEventListener('visibilitychange', hide);
    stop.abort();
    onLive(false);
  }
  return outcome;
};

/** The status, or null when the service cannot be reached. */
const readStatus = async (id, signal) => {
  try {
    return await call(`/status/${id}?limit=1`, { signal });
  } catch (error) {
    if (isFinal(error)) throw error;
    return null;
  }
};

/** Waits a little; a tab that comes into view again does not. */
const pause = () =>
  new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', end);
      resolve();
    };
    const timer = setTimeout(end, isHidden() ? HIDDEN_PAUSE_MS : PAUSE_MS);
    document.addEventListener('visibilitychange', end);
  });

/**
 * Calls `onStatus` with the status of a request whenever it has changed, until it is finished; `onLive` tells whether a
 * stream is there. @throws ApiProblem that asking again would not change
 */
export const follow = async (id, { signal, onStatus, onLive }) => {
  for (let refused = 0; !signal.aborted; await pause()) {
    if (refused < MAX_REFUSED && !isHidden()) {
      const outcome = await showStream(id, { signal, onStatus, onLive });
      if (outcome === 'finished' || signal.aborted) return;
      refused = outcome === 'refused' ? refused + 1 : 0;
    }
    const status = await readStatus(id, signal);
    if (signal.aborted) return;
    // Unreachable altogether: that says nothing against streams.
    if (status === null) refused = 0;
    else onStatus(status);
    if (status !== null && status.finished_at !== null) return;
  }
};
