import { type ChildProcess, fork } from 'node:child_process';
import { getCompileCacheDir } from 'node:module';
import { constants, setPriority } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError, toAppError } from '../core/errors.ts';
import { type HostGate, type LeaveHost, wasTried } from '../fetch/host-gate.ts';
import type { ChunkTask, FromPress, ImageResult, PressSettings, ToPress } from './press-messages.ts';

const PRESS_MAIN = fileURLToPath(new URL('./press-main.ts', import.meta.url));

/**
 * A press says every 2 s that it lives (`press-main.ts`). Silence this long means it is stopped or stuck in native code
 * past every time limit of its own (15 s for one decode); then it is killed and its images go elsewhere.
 */
const SILENCE_LIMIT_MS = 30_000;

/**
 * One picture may keep a decoder and its encoders busy this long: six encodes of the largest AVIF allowed take about a
 * minute on a busy machine. A decoder that is still at it then will never end.
 */
const DECODING_LIMIT_MS = 120_000;

/** What a press reports to its owner. */
export interface PressEvents {
  hungry(press: Press): void;
  result(press: Press, chunkId: string, result: ImageResult): void;
  /** The process is gone, on purpose or not; `work` is what it had not finished. */
  ended(press: Press, work: readonly UnfinishedChunk[]): void;
}

/**
 * All a press sees of the environment besides the storage's credentials. glibc gives every thread an arena of its own and
 * keeps it, and keeps ever larger freed blocks: two arenas and a fixed threshold of 1 MB (mallopt(3)) bound what finished
 * pictures leave behind. Without them four 49-megapixel JPEGs took a press from 540 to 760 MB. Names are looked up on the
 * threads that compress, too: with Node's four, slow name servers would hold up pictures.
 */
const pressEnvironment = (added: PressSettings['environment']): Record<string, string> => {
  const compiled = getCompileCacheDir();
  return {
    ...added,
    PATH: '/usr/bin:/bin',
    MALLOC_ARENA_MAX: '2',
    MALLOC_MMAP_THRESHOLD_: '1048576',
    UV_THREADPOOL_SIZE: '8',
    VIPS_BLOCK_UNTRUSTED: '1',
    NODE_OPTIONS: '',
    // Node adds a folder for its version; the variable names the one above.
    ...(compiled === undefined ? {} : { NODE_COMPILE_CACHE: dirname(compiled) }),
  };
};

/** What is left of a chunk when its press ends. */
export interface UnfinishedChunk {
  readonly chunkId: string;
  readonly ordinals: readonly number[];
  /** Those that were in a decoder, and may have caused the end. */
  readonly suspects: readonly number[];
}

interface OpenChunk {
  readonly open: Set<number>;
  /** Images in a decoder, and since when. */
  readonly decoding: Map<number, number>;
}

/**
 * One press: a child process that downloads, compresses and stores images. It is the service's end of the line; the
 * other end is `press-main.ts`.
 */
export class Press {
  readonly #child: ChildProcess;
  readonly #gate: HostGate;
  readonly #events: PressEvents;
  readonly #chunks = new Map<string, OpenChunk>();
  readonly #visits = new Map<number, { readonly waiting: AbortController; leave: LeaveHost | null }>();
  readonly #watchdog: NodeJS.Timeout;
  #lastSign = performance.now();
  #handled = 0;
  #rss = 0;

  constructor(settings: PressSettings, gate: HostGate, events: PressEvents) {
    this.#gate = gate;
    this.#events = events;
    this.#child = fork(PRESS_MAIN, [], {
      serialization: 'advanced',
      env: pressEnvironment(settings.environment),
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      // See `Memory.reset`.
      execArgv: [...process.execArgv, '--expose-gc'],
    });
    this.#lowerPriority();
    this.#child.on('message', (message: FromPress) => this.#receive(message));
    // A send to a press that just died; its exit tells the rest.
    this.#child.on('error', () => {});
    this.#child.once('exit', () => this.#end());
    this.#watchdog = setInterval(() => {
      if (this.#isStuck()) this.kill();
    }, SILENCE_LIMIT_MS / 6);
    this.#send({ type: 'settings', settings });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Results given so far. */
  get handled(): number {
    return this.#handled;
  }

  /** Resident memory by its last sign of life, in bytes. */
  get rss(): number {
    return this.#rss;
  }

  get idle(): boolean {
    return this.#chunks.size === 0;
  }

  give(chunk: ChunkTask): void {
    this.#chunks.set(chunk.chunkId, { open: new Set(chunk.images.map((image) => image.ordinal)), decoding: new Map() });
    this.#send({ type: 'chunk', chunk });
  }

  /** Forgets a chunk, if it has it; results that are still on the way are not passed on. */
  drop(chunkId: string): void {
    if (this.#chunks.delete(chunkId)) this.#send({ type: 'drop', chunkId });
  }

  /** Ends the process at once; `ended` follows with what was open. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #isStuck(): boolean {
    const now = performance.now();
    if (now - this.#lastSign > SILENCE_LIMIT_MS) return true;
    const begun = [...this.#chunks.values()].flatMap(({ decoding }) => [...decoding.values()]);
    return begun.some((since) => now - since > DECODING_LIMIT_MS);
  }

  #lowerPriority(): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      // Answers to people come before pictures, even when every core is busy with pictures.
      setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
    } catch {
      // Not permitted in some containers; the press works all the same.
    }
  }

  #send(message: ToPress): void {
    if (this.#child.connected) this.#child.send(message);
  }

  #receive(message: FromPress): void {
    this.#lastSign = performance.now();
    switch (message.type) {
      case 'hungry':
        this.#events.hungry(this);
        return;
      case 'decoding':
        this.#chunks.get(message.chunkId)?.decoding.set(message.ordinal, performance.now());
        return;
      case 'result':
        this.#receiveResult(message.chunkId, message.result);
        return;
      case 'enter-host':
        void this.#enterHost(message.ticket, message.host);
        return;
      case 'abandon-host':
        this.#visits.get(message.ticket)?.waiting.abort();
        return;
      case 'leave-host':
        this.#visits.get(message.ticket)?.leave?.(message.verdict);
        this.#visits.delete(message.ticket);
        return;
      case 'alive':
        this.#rss = message.rss;
    }
  }

  #receiveResult(chunkId: string, result: ImageResult): void {
    const chunk = this.#chunks.get(chunkId);
    if (chunk === undefined || !chunk.open.delete(result.ordinal)) return;
    chunk.decoding.delete(result.ordinal);
    if (chunk.open.size === 0) this.#chunks.delete(chunkId);
    this.#handled += 1;
    this.#events.result(this, chunkId, result);
  }

  /** The limit on connections to one host counts all presses, so it is kept here and presses ask for a place. */
  async #enterHost(ticket: number, host: string): Promise<void> {
    const visit = { waiting: new AbortController(), leave: null as LeaveHost | null };
    this.#visits.set(ticket, visit);
    try {
      visit.leave = await this.#gate.enter(host, visit.waiting.signal);
      if (this.#visits.get(ticket) === visit) this.#send({ type: 'host-entered', ticket });
      else visit.leave({ kind: 'ok' });
    } catch (error) {
      this.#visits.delete(ticket);
      const refusal = toAppError(error, 'cancelled');
      const { code, message, retryable, retryAfterMs = null, group = null } = refusal;
      const failure = { code, detail: message, retryable, retryAfterMs, group, tried: wasTried(refusal) };
      this.#send({ type: 'host-refused', ticket, failure });
    }
  }

  #end(): void {
    clearInterval(this.#watchdog);
    for (const visit of this.#visits.values()) {
      visit.waiting.abort(new AppError('cancelled'));
      visit.leave?.({ kind: 'ok' });
    }
    this.#visits.clear();
    const work = [...this.#chunks].map(([chunkId, { open, decoding }]) => ({
      chunkId,
      ordinals: [...open],
      suspects: [...decoding.keys()],
    }));
    this.#chunks.clear();
    this.#events.ended(this, work);
  }
}
