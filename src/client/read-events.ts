/** Reads server-sent events (WHATWG HTML, 9.2.6), as far as Halve sends them. */
import { AppError } from '../core/errors.ts';

export interface ServerEvent {
  /** `message` where the server names none. */
  readonly event: string;
  /** The last id the server sent; empty before the first. */
  readonly id: string;
  readonly data: string;
}

/** Three heartbeats of the server. */
const MAX_SILENCE_MS = 45_000;

/**
 * The events of a stream as they come, until it ends. Whoever stops reading closes it.
 * @throws AppError `server_unreachable` when nothing, not even a heartbeat, comes for `maxSilenceMs`; what the stream
 *   throws when its connection breaks
 */
export async function* readEvents(
  stream: ReadableStream<Uint8Array>,
  maxSilenceMs: number = MAX_SILENCE_MS,
): AsyncGenerator<ServerEvent, void, void> {
  const decoder = new TextDecoder();
  const parser = new EventParser();
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await withinSilence(reader.read(), maxSilenceMs);
      if (done) return;
      yield* parser.add(decoder.decode(value, { stream: true }));
    }
  } finally {
    // A stream that broke cannot be closed any more.
    await reader.cancel().catch(() => {});
  }
}

const withinSilence = async <T>(reading: Promise<T>, ms: number): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    const detail = `The connection is open, but nothing came for ${Math.round(ms / 1_000)} s.`;
    timer = setTimeout(() => reject(new AppError('server_unreachable', { detail })), ms);
  });
  try {
    return await Promise.race([reading, silence]);
  } finally {
    clearTimeout(timer);
  }
};

class EventParser {
  #rest = '';
  #id = '';
  #event = '';
  #data: string[] = [];

  *add(text: string): Generator<ServerEvent, void, void> {
    const pieces = (this.#rest + text).split(/\r\n|\n|\r(?!$)/);
    this.#rest = pieces.pop() ?? '';
    for (const line of pieces) {
      const event = this.#line(line);
      if (event !== null) yield event;
    }
  }

  #line(line: string): ServerEvent | null {
    if (line === '') return this.#dispatch();
    const [, field = '', value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
    if (field === 'event') this.#event = value;
    else if (field === 'data') this.#data.push(value);
    else if (field === 'id' && !value.includes('\0')) this.#id = value;
    return null;
  }

  #dispatch(): ServerEvent | null {
    const event = { event: this.#event || 'message', id: this.#id, data: this.#data.join('\n') };
    const isEmpty = this.#data.length === 0;
    this.#event = '';
    this.#data = [];
    return isEmpty ? null : event;
  }
}
