import { createHash } from 'node:crypto';
import { commentText, eventText, RETRY_MS } from './event-stream.ts';
import type { StatusSummary } from './status-answer.ts';

/** What a stream shows of a request at one moment. */
export interface EventState {
  /** Names the facts: the same on every process and after a restart, so that a client can say what it has. */
  readonly id: string;
  /** The result files stand, and nothing will change any more. */
  readonly finished: boolean;
  /** Images a second, or null. */
  readonly rate: number | null;
  /** `StatusSummary` as JSON. */
  readonly data: string;
}

export const eventState = (summary: StatusSummary): EventState => ({
  id: factsId(summary),
  finished: summary.finished_at !== null,
  rate: summary.progress.images_per_second,
  data: JSON.stringify(summary),
});

/** A digest of what is settled; not of speeds and signed links, which differ each time they are asked for. */
const factsId = (summary: StatusSummary): string => {
  const { output_csv: _output, errors_csv: _errors, deliveries: _deliveries, progress, ...facts } = summary;
  const { images_per_second: _rate, eta_seconds: _eta, ...counts } = progress;
  const text = JSON.stringify([facts, counts]);
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
};

/** A rate is told anew when it is this much off; smaller moves are noise. */
const RATE_STEP = 0.1;

/** Has a client that was shown `seen` anything to learn from `now`? */
export const isNews = (seen: EventState, now: EventState): boolean => {
  if (seen.id !== now.id) return true;
  if (seen.rate === null || now.rate === null) return seen.rate !== now.rate;
  return Math.abs(now.rate - seen.rate) > RATE_STEP * seen.rate;
};

/** The id of the last event of a finished request. Its own, so that only who was told of the end is sent away. */
export const finishedId = ({ id }: EventState): string => `${id}-end`;

export const snapshotText = ({ id, data }: EventState): string => eventText({ event: 'snapshot', id, data });
export const progressText = ({ id, data }: EventState): string => eventText({ event: 'progress', id, data });
export const finishedText = (state: EventState): string =>
  eventText({ event: 'finished', id: finishedId(state), data: state.data });

/** What a stream begins with, for a client that comes with this `Last-Event-ID`. */
export const openingText = (state: EventState, lastEventId: string | undefined): string => {
  const first = lastEventId === state.id ? commentText('nothing new') : snapshotText(state);
  return `retry: ${RETRY_MS}\n${first}${state.finished ? finishedText(state) : ''}`;
};
