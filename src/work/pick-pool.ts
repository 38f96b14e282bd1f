import type { Logger } from '../core/log.ts';
import { DEFAULT_DOWNLOAD_LIMITS, type DownloadLimits } from '../fetch/download.ts';
import { LocalHostGate } from '../fetch/host-gate.ts';
import type { Meter } from '../metrics/meter.ts';
import type { OpenPool } from './chunk-pool.ts';
import type { Backoff } from './next-step.ts';
import { OutsidePool } from './outside-pool.ts';
import type { PressSettings } from './press-messages.ts';
import { PressPool } from './press-pool.ts';
import { processorPoster } from './processor-poster.ts';

export interface PoolParts {
  /** What the presses are told. */
  readonly press: Omit<PressSettings, 'downloadLimits'> & { readonly downloadLimits: DownloadLimits | undefined };
  readonly presses: number;
  /** Who compresses the images instead of presses, or null. */
  readonly processor: { readonly url: string; readonly timeoutMs: number } | null;
  /** Address of this service for the processor, without a slash at the end. */
  readonly publicUrl: string;
  readonly secrets: readonly string[];
  readonly now: () => number;
  readonly backoff: Backoff;
  readonly log: Logger;
  readonly meter: Meter;
}

export interface PickedPool {
  readonly openPool: OpenPool;
  /** For how many at once chunks are to be shared out. */
  readonly presses: number;
}

/** The presses, or the way to the outside processor. @throws AppError `invalid_settings` */
export const pickPool = (parts: PoolParts): PickedPool => {
  const { processor, presses, publicUrl, log, meter } = parts;
  if (processor === null) {
    const gate = new LocalHostGate();
    const limits = shareOfHosts(parts.press.downloadLimits ?? DEFAULT_DOWNLOAD_LIMITS, presses);
    const settings = { ...parts.press, downloadLimits: limits };
    return { openPool: (events) => new PressPool(presses, settings, gate, events, { log, meter }), presses };
  }
  const { secrets, now, backoff } = parts;
  const poster = processorPoster(processor.url, parts.press.userAgent);
  const settings = { ...processor, callbackUrl: `${publicUrl}/webhook-completed` };
  log.info({ callback_url: settings.callbackUrl }, 'no presses are started: images go to the outside processor');
  // The processor has several chunks at once, as many as one press gets of the rest of a request.
  return {
    openPool: (events) => new OutsidePool({ processor: settings, poster, secrets, now, backoff, log }, events),
    presses: 1,
  };
};

/** Presses keep connections open for themselves, so each gets its part of those a host may see; at least one. */
const shareOfHosts = (limits: DownloadLimits, presses: number): DownloadLimits => ({
  ...limits,
  connectionsPerHost: Math.max(1, Math.floor(limits.connectionsPerHost / presses)),
});
