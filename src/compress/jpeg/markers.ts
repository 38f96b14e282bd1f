/** The marker segments of a JPEG file (ITU-T T.81 annex B). */
import { AppSegments } from './app-segments.ts';
import { type Frame, readFrame, refuseProcess } from './frame.ts';
import type { HuffmanSpec } from './huffman-table.ts';
import { cutOff, damaged, unsupported } from './jpeg-fault.ts';
import type { Memory } from './memory.ts';
import { ScanBits } from './scan-bits.ts';
import { blocksInMcu, readScanHeader, type Scan, scanSize } from './scans.ts';

const SOF0 = 0xc0;
const SOF2 = 0xc2;
const DHT = 0xc4;
const RST0 = 0xd0;
const RST7 = 0xd7;
const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const DQT = 0xdb;
const DNL = 0xdc;
const DRI = 0xdd;
const EXP = 0xdf;
const TEM = 0x01;

/**
 * A picture has one scan, three, or with the longest scripts of progressive encoders about 60. libjpeg takes any number,
 * and each costs a walk through all blocks.
 */
const MOST_SCANS = 100;

/** Places are counted in bits, in 31 of them. */
const LARGEST_FILE = 2 ** 27;

/** What is known before the first scan. */
export interface JpegHeader {
  readonly frame: Frame;
  readonly app: AppSegments;
}

export interface JpegScans {
  readonly scans: readonly Scan[];
  /** Of each component of the frame: its steps in zigzag order, as they were at its first scan. */
  readonly steps: readonly Uint16Array[];
  readonly bits: DataView;
}

/** Reads a file from its start: first `header`, then `scans`. */
export class MarkerReader {
  readonly #bytes: Uint8Array;
  readonly #maxPixels: number;
  readonly #memory: Memory;
  #at = 0;
  #frame: Frame | null = null;
  #restartInterval = 0;
  readonly #app = new AppSegments();
  readonly #steps: (Uint16Array | null)[] = [null, null, null, null];
  readonly #specs = {
    dc: [null, null, null, null] as (HuffmanSpec | null)[],
    ac: [null, null, null, null] as (HuffmanSpec | null)[],
  };

  constructor(bytes: Uint8Array, maxPixels: number, memory: Memory) {
    this.#memory = memory;
    this.#bytes = bytes;
    this.#maxPixels = maxPixels;
  }

  /** Reads up to the first scan. @throws JpegFault */
  header(): JpegHeader {
    if (this.#bytes[0] !== 0xff || this.#bytes[1] !== SOI) throw damaged('it does not begin like a JPEG');
    if (this.#bytes.length > LARGEST_FILE) throw unsupported('the file is too large');
    this.#at = 2;
    for (;;) {
      const marker = this.#nextMarker();
      if (marker === EOI) throw damaged('it has no picture');
      if (marker === SOS) break;
      if (marker >= 0xe0 && marker <= 0xef) this.#app.add(marker, this.#body());
      else this.#segment(marker);
    }
    if (this.#frame === null) throw damaged('a scan comes before the frame header');
    const ids = this.#frame.components.map(({ id }) => id);
    if (ids.length === 3) this.#app.requireYcc(ids);
    return { frame: this.#frame, app: this.#app };
  }

  /** Reads the rest, to the end of the image. @throws JpegFault */
  scans({ frame }: JpegHeader): JpegScans {
    const bits = new ScanBits(this.#bytes, this.#at, this.#memory);
    const scans: Scan[] = [];
    const steps = new Map<number, Uint16Array>();
    for (let marker = SOS; marker !== EOI; marker = this.#nextMarker()) {
      if (marker !== SOS) {
        this.#segment(marker);
        continue;
      }
      if (scans.length === MOST_SCANS) throw unsupported(`it has more than ${MOST_SCANS} scans`);
      scans.push(this.#scan(frame, bits));
      for (const place of scans.at(-1)?.components ?? []) {
        if (!steps.has(place)) steps.set(place, this.#stepsOf(frame.components[place]?.table ?? 0));
      }
    }
    return { scans, bits: bits.view, steps: frame.components.map((_, place) => stepsAt(steps, place)) };
  }

  #scan(frame: Frame, bits: ScanBits): Scan {
    const header = readScanHeader(this.#body(), frame, this.#specs);
    const size = scanSize(frame, header);
    const mcus = size.mcusWide * size.mcusHigh;
    const perInterval = this.#restartInterval === 0 ? mcus : this.#restartInterval;
    const data = bits.copyScan(this.#at, Math.ceil(mcus / perInterval));
    this.#at = data.end;
    // A code has at least one bit: so the size stated is bounded by the data there is, before memory is taken for it.
    const needed = mcus * blocksInMcu(frame, header.components) * (frame.progressive ? 1 : 2);
    const given = ((data.bounds.at(-1) ?? 0) - (data.bounds[0] ?? 0)) * 8;
    if (header.first === 0 && given < needed) throw damaged('its picture data are too short for its size');
    return { ...header, ...size, ...data, perInterval };
  }

  #stepsOf(table: number): Uint16Array {
    const steps = this.#steps[table];
    if (steps === null || steps === undefined) throw damaged('a quantisation table is missing');
    return steps;
  }

  /** Steps over bytes that fill (B.1.1.2) and returns the marker; the place is then behind it. */
  #nextMarker(): number {
    const bytes = this.#bytes;
    let at = this.#at;
    if (at < bytes.length && bytes[at] !== 0xff) throw damaged('it has bytes that belong to no segment');
    while (bytes[at] === 0xff) at += 1;
    const marker = bytes[at];
    if (marker === undefined) throw cutOff('it ends before its end marker');
    if (marker === 0) throw damaged('it has bytes that belong to no segment');
    this.#at = at + 1;
    return marker;
  }

  /** The content of the segment at the place, which is then behind it. */
  #body(): Uint8Array {
    const bytes = this.#bytes;
    const at = this.#at;
    if (at + 2 > bytes.length) throw cutOff('it ends within a segment');
    const length = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
    if (length < 2) throw damaged('a segment has an impossible length');
    if (at + length > bytes.length) throw cutOff('it ends within a segment');
    this.#at = at + length;
    return bytes.subarray(at + 2, at + length);
  }

  #segment(marker: number): void {
    if (marker === TEM || (marker >= RST0 && marker <= RST7)) return;
    if (marker === SOI) throw damaged('it begins a second time');
    if (marker === DNL) throw unsupported('its height follows the picture (DNL)');
    if (marker > DRI && marker <= EXP) throw unsupported('it uses hierarchical coding');
    refuseProcess(marker);
    const body = this.#body();
    if (marker >= SOF0 && marker <= SOF2) {
      if (this.#frame !== null) throw damaged('it has two frame headers');
      this.#frame = readFrame(marker, body, this.#maxPixels);
    } else if (marker === DHT) this.#readHuffmanSpecs(body);
    else if (marker === DQT) this.#readSteps(body);
    else if (marker === DRI) {
      if (body.length !== 2) throw damaged('a restart interval has a wrong length');
      this.#restartInterval = ((body[0] ?? 0) << 8) | (body[1] ?? 0);
    }
  }

  /** B.2.4.2. */
  #readHuffmanSpecs(body: Uint8Array): void {
    for (let at = 0; at < body.length; ) {
      const target = body[at] ?? 0;
      const counts = body.subarray(at + 1, at + 17);
      const count = counts.reduce((sum, codes) => sum + codes, 0);
      const symbols = body.subarray(at + 17, at + 17 + count);
      if (counts.length < 16 || symbols.length < count || count > 256 || (target & 0xec) !== 0) {
        throw damaged('a Huffman table is malformed');
      }
      this.#specs[target >> 4 === 0 ? 'dc' : 'ac'][target & 3] = { counts, symbols };
      at += 17 + count;
    }
  }

  /** B.2.4.1. */
  #readSteps(body: Uint8Array): void {
    for (let at = 0; at < body.length; ) {
      const target = body[at] ?? 0;
      const wide = target >> 4;
      const values = body.subarray(at + 1, at + 1 + 64 * (wide + 1));
      if ((target & 0xec) !== 0 || values.length < 64 * (wide + 1)) throw damaged('a quantisation table is malformed');
      const steps = new Uint16Array(64);
      for (let i = 0; i < 64; i += 1) {
        steps[i] = wide === 0 ? (values[i] ?? 0) : ((values[2 * i] ?? 0) << 8) | (values[2 * i + 1] ?? 0);
      }
      if (steps.includes(0)) throw damaged('a quantisation step is zero');
      this.#steps[target & 3] = steps;
      at += 1 + values.length;
    }
  }
}

const stepsAt = (steps: ReadonlyMap<number, Uint16Array>, place: number): Uint16Array => {
  const found = steps.get(place);
  if (found === undefined) throw damaged('a component has no scan');
  return found;
};
