/**
 * A second decoder of JPEG coefficients, to compare with: ITU-T T.81 step by step as its flow charts have it, one bit at
 * a time, every coefficient in its place. Slow, and trusting: for files known to be good.
 */
import { blockDecoder, type Code, type CodedPart, type Place, ReferenceBits } from './reference-blocks.ts';

/** One component: 64 coefficients in zigzag order for each block, all blocks line by line with their padding. */
export interface ReferencePlane {
  readonly id: number;
  readonly h: number;
  readonly v: number;
  readonly blocksWide: number;
  readonly blocksHigh: number;
  readonly stride: number;
  readonly lines: number;
  readonly steps: readonly number[];
  readonly blocks: readonly Int32Array[];
  /** Whether no interleaved scan has sent the padding. */
  isAlone: boolean;
  readonly table: number;
}

interface State extends Place {
  width: number;
  height: number;
  progressive: boolean;
  restartInterval: number;
  planes: ReferencePlane[];
  readonly steps: number[][];
  readonly dcCodes: Code[];
  readonly acCodes: Code[];
}

export const referenceDecode = (bytes: Uint8Array): readonly ReferencePlane[] => {
  const state: State = {
    bytes,
    at: 2,
    width: 0,
    height: 0,
    progressive: false,
    restartInterval: 0,
    planes: [],
    steps: [],
    dcCodes: [],
    acCodes: [],
  };
  for (;;) {
    while (bytes[state.at] !== 0xff || bytes[state.at + 1] === 0xff) state.at += 1;
    const marker = byte(state, 1);
    if (marker === 0xd9) return state.planes;
    const end = state.at + 2 + byte(state, 2) * 256 + byte(state, 3);
    state.at += 4;
    if (marker === 0xdb) readSteps(state, end);
    else if (marker === 0xc4) readCodes(state, end);
    else if (marker === 0xdd) state.restartInterval = byte(state, 0) * 256 + byte(state, 1);
    else if (marker === 0xc0 || marker === 0xc1 || marker === 0xc2) readFrame(state, marker === 0xc2);
    else if (marker === 0xda) {
      readScan(state, end);
      continue;
    }
    state.at = end;
  }
};

const byte = (state: State, offset: number): number => state.bytes[state.at + offset] ?? 0;

const readSteps = (state: State, end: number): void => {
  while (state.at < end) {
    const target = byte(state, 0);
    state.at += 1;
    const isWide = target >= 16;
    state.steps[target % 16] = Array.from({ length: 64 }, (_, i) =>
      isWide ? byte(state, 2 * i) * 256 + byte(state, 2 * i + 1) : byte(state, i),
    );
    state.at += isWide ? 128 : 64;
  }
};

const readCodes = (state: State, end: number): void => {
  while (state.at < end) {
    const target = byte(state, 0);
    const counts = Array.from({ length: 16 }, (_, i) => byte(state, 1 + i));
    state.at += 17;
    const codes: Code = new Map();
    let code = 0;
    counts.forEach((count, i) => {
      for (let n = 0; n < count; n++) {
        codes.set(code.toString(2).padStart(i + 1, '0'), byte(state, 0));
        state.at += 1;
        code += 1;
      }
      code *= 2;
    });
    (target >= 16 ? state.acCodes : state.dcCodes)[target % 16] = codes;
  }
};

const readFrame = (state: State, progressive: boolean): void => {
  state.progressive = progressive;
  state.height = byte(state, 1) * 256 + byte(state, 2);
  state.width = byte(state, 3) * 256 + byte(state, 4);
  const count = byte(state, 5);
  const stated = Array.from({ length: count }, (_, i) => ({
    id: byte(state, 6 + 3 * i),
    h: count === 1 ? 1 : byte(state, 7 + 3 * i) >> 4,
    v: count === 1 ? 1 : byte(state, 7 + 3 * i) % 16,
    table: byte(state, 8 + 3 * i),
  }));
  const hMax = Math.max(...stated.map(({ h }) => h));
  const vMax = Math.max(...stated.map(({ v }) => v));
  state.planes = stated.map(({ id, h, v, table }) => {
    const stride = Math.ceil(state.width / (8 * hMax)) * h;
    const lines = Math.ceil(state.height / (8 * vMax)) * v;
    return {
      id,
      h,
      v,
      table,
      stride,
      lines,
      blocksWide: Math.ceil(Math.ceil((state.width * h) / hMax) / 8),
      blocksHigh: Math.ceil(Math.ceil((state.height * v) / vMax) / 8),
      steps: [...(state.steps[table] ?? [])],
      blocks: Array.from({ length: stride * lines }, () => new Int32Array(64)),
      isAlone: true,
    };
  });
};

interface Part extends CodedPart {
  readonly plane: ReferencePlane;
}

const readScan = (state: State, end: number): void => {
  const count = byte(state, 0);
  const parts = Array.from({ length: count }, (_, i): Part => {
    const plane = state.planes.find(({ id }) => id === byte(state, 1 + 2 * i));
    if (plane === undefined) throw new Error('no such component');
    if (count > 1) plane.isAlone = false;
    const tables = byte(state, 2 + 2 * i);
    return {
      plane,
      dc: state.dcCodes[tables >> 4] ?? new Map(),
      ac: state.acCodes[tables % 16] ?? new Map(),
      prediction: 0,
    };
  });
  const [ss, se, approximation] = [byte(state, 1 + 2 * count), byte(state, 2 + 2 * count), byte(state, 3 + 2 * count)];
  state.at = end;
  const bits = new ReferenceBits(state);
  const decode = blockDecoder(state.progressive, bits, ss, se, approximation >> 4, approximation % 16);
  let decoded = 0;
  for (const mcu of mcus(parts)) {
    if (state.restartInterval > 0 && decoded > 0 && decoded % state.restartInterval === 0) {
      bits.restart();
      decode.reset();
      for (const part of parts) part.prediction = 0;
    }
    for (const [part, block] of mcu) decode.block(part, block);
    decoded += 1;
  }
};

/** A.2: the blocks of each MCU. */
function* mcus(parts: readonly Part[]): Generator<[Part, Int32Array][]> {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) {
    for (let y = 0; y < only.plane.blocksHigh; y++) {
      for (let x = 0; x < only.plane.blocksWide; x++) yield [[only, blockAt(only.plane, x, y)]];
    }
    return;
  }
  const wide = (only?.plane.stride ?? 0) / (only?.plane.h ?? 1);
  const high = (only?.plane.lines ?? 0) / (only?.plane.v ?? 1);
  for (let my = 0; my < high; my++) {
    for (let mx = 0; mx < wide; mx++) {
      const mcu: [Part, Int32Array][] = [];
      for (const part of parts) {
        const { h, v } = part.plane;
        for (let y = 0; y < v; y++) {
          for (let x = 0; x < h; x++) mcu.push([part, blockAt(part.plane, mx * h + x, my * v + y)]);
        }
      }
      yield mcu;
    }
  }
}

const blockAt = (plane: ReferencePlane, x: number, y: number): Int32Array => {
  const block = plane.blocks[y * plane.stride + x];
  if (block === undefined) throw new Error('no such block');
  return block;
};
