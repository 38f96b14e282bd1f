/** A press: the process that touches strangers' bytes. Started by `press.ts`; speaks the messages of `press-messages.ts`. */

import { flushCompileCache } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { Memory } from '../compress/jpeg/memory.ts';
import { WeightedSemaphore } from '../core/weighted-semaphore.ts';
import { parseAllowList } from '../fetch/allow-list.ts';
import { Downloader } from '../fetch/download.ts';
import { openStore } from '../store/open-store.ts';
import { HostPlaces } from './host-places.ts';
import { ImagePipeline } from './image-pipeline.ts';
import type { FromPress, PressSettings, ToPress } from './press-messages.ts';
import { RemoteHostGate } from './remote-host-gate.ts';

/** Source files in memory at once. Eight of the largest allowed (30 MB) still leave room for a decoded picture. */
const MAX_BUFFERS = 8;
/** Pixel-equivalents being decoded at once; one picture of the largest allowed size fills it. */
const MAX_PIXELS = 50_000_000;
/** Two at once keep the core busy while one of them waits for the disk. */
const MAX_PROCESSORS = 2;
const SIGN_OF_LIFE_MS = 2_000;
/**
 * V8 collects all garbage when the heap, files in memory included, has grown by so many per cent. Left to itself it did so
 * every fourth picture (live: 16 MB, a picture: 7 MB), which took 3 to 5 ms a picture on its helper threads. At most
 * three times the live heap is held in garbage for it, here about 50 MB.
 */
const HEAP_GROWTH_PERCENT = 300;

const send = (message: FromPress): void => {
  // When the service dies the channel breaks, perhaps in the middle of this; `disconnect` then ends this process.
  if (process.connected) process.send?.(message, undefined, undefined, () => {});
};
let gate: RemoteHostGate | null = null;
/** A promise, as opening the store may take a moment; chunks may come before. */
let pipeline: Promise<ImagePipeline> | null = null;

const startPipeline = async (settings: PressSettings, hostGate: RemoteHostGate): Promise<ImagePipeline> =>
  new ImagePipeline(
    {
      downloader: new Downloader({
        allow: parseAllowList(settings.allowHosts),
        userAgent: settings.userAgent,
        limits: settings.downloadLimits,
      }),
      gate: hostGate,
      store: await openStore(settings.store),
      buffers: new WeightedSemaphore(MAX_BUFFERS),
      pixels: new WeightedSemaphore(MAX_PIXELS),
      processors: new WeightedSemaphore(MAX_PROCESSORS),
      memory: new Memory(),
    },
    send,
  );

const receive = (message: ToPress): void => {
  switch (message.type) {
    case 'settings':
      gate = new RemoteHostGate(new HostPlaces(message.settings.downloadLimits.connectionsPerHost), send);
      pipeline = startPipeline(message.settings, gate);
      // A press is killed, not ended, so what it compiled is kept now; the next one starts in half the time.
      void pipeline.then(() => flushCompileCache());
      return;
    case 'chunk':
      void pipeline?.then((ready) => ready.add(message.chunk));
      return;
    case 'drop':
      void pipeline?.then((ready) => ready.drop(message.chunkId));
      return;
    case 'host-entered':
      gate?.entered(message.ticket);
      return;
    case 'host-refused':
      gate?.refused(message.ticket, message.failure);
  }
};

// Not a command-line option: there an unknown one would end a press, should a later V8 drop it.
setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH_PERCENT}`);
process.on('message', receive);
// Ctrl-C reaches every process of the terminal; the service decides what becomes of its presses.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
process.on('disconnect', () => process.exit(0));
setInterval(() => send({ type: 'alive', rss: process.memoryUsage.rss() }), SIGN_OF_LIFE_MS);
