import type { Logger } from '../core/log.ts';
import { findRequest } from '../db/requests.ts';
import type { HttpEngine, HttpLimits } from './app-types.ts';
import type { EventClock } from './event-channel.ts';
import { AnnouncementHub, StatusHub } from './event-hubs.ts';
import { type EventState, eventState } from './event-state.ts';
import { EventStreams } from './event-streams.ts';
import { statusSummary } from './status-answer.ts';
import { readSummaryFacts } from './summary-facts.ts';

/** The event streams of a process; one of them, whatever paths lead to it. */
export interface LiveEvents {
  readonly streams: EventStreams;
  readonly statuses: StatusHub;
  readonly announcements: AnnouncementHub;
}

const systemClock: EventClock = {
  now: () => performance.now(),
  after(ms, wake) {
    const timer = setTimeout(wake, ms);
    return () => clearTimeout(timer);
  },
};

export const createLiveEvents = (engine: HttpEngine, limits: HttpLimits, log: Logger): LiveEvents => ({
  streams: new EventStreams(limits),
  statuses: new StatusHub({
    events: engine.events,
    read: (requestId) => readEventState(engine, requestId),
    clock: systemClock,
    eventMs: limits.streamEventMs,
    idleMs: limits.streamIdleMs,
    onError: (error) => log.error({ err: error }, 'a status for event streams could not be read'),
  }),
  announcements: new AnnouncementHub(engine),
});

/** The request as streams show it, or null when there is none. */
export const readEventState = async (engine: HttpEngine, requestId: string): Promise<EventState | null> => {
  const request = await findRequest(engine.database.read, requestId);
  if (request === undefined) return null;
  return eventState(await statusSummary(await readSummaryFacts(engine, request), engine.links));
};
