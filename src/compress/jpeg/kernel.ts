/** The hot loops, compiled from `kernel/` to WebAssembly: there they take about half the time they take in JavaScript. */
import { readFileSync } from 'node:fs';

/** What the functions of `kernel/` are to JavaScript. Addresses are bytes of the memory they were made with. */
export interface Kernel {
  readonly TABLE_BYTES: WebAssembly.Global;
  readonly ROOM_BYTES: WebAssembly.Global;
  readonly CHROMA_ROOM_BYTES: WebAssembly.Global;
  /** Bits of the longest code that is looked up at once. */
  readonly LOOK: WebAssembly.Global;
  readonly HUFFMAN_BYTES: WebAssembly.Global;
  fillSymbols(table: number, counts: number, symbols: number): number;
  fillDifferences(table: number, bits: number): void;
  fillCoefficients(table: number, bits: number): void;
  decodeMcus(
    count: number,
    state: number,
    parts: number,
    blocks: number,
    look: number,
    bits: number,
    limit: number,
    dc: number,
    starts: number,
    counts: number,
    entries: number,
    room: number,
  ): number;
  decodeDcFirst(
    count: number,
    state: number,
    parts: number,
    blocks: number,
    bits: number,
    limit: number,
    dc: number,
    low: number,
  ): number;
  decodeDcRefine(
    count: number,
    state: number,
    parts: number,
    blocks: number,
    bits: number,
    limit: number,
    dc: number,
    low: number,
  ): number;
  decodeAcFirst(
    block: number,
    count: number,
    state: number,
    table: number,
    bits: number,
    limit: number,
    first: number,
    last: number,
    low: number,
    coefficients: number,
    present: number,
  ): number;
  decodeAcRefine(
    block: number,
    count: number,
    state: number,
    table: number,
    bits: number,
    limit: number,
    first: number,
    last: number,
    low: number,
    coefficients: number,
    present: number,
  ): number;
  gatherEntries(
    blocks: number,
    coefficients: number,
    present: number,
    starts: number,
    counts: number,
    made: number,
    from: number,
  ): number;
  unstuff(state: number, bytes: number, from: number, end: number): number;
  countEntries(blocks: number, counts: number): number;
  weighEntries(count: number, entries: number): number;
  weighBlocks(blocks: number, starts: number, counts: number, entries: number): number;
  fillTable(table: number, from: number, to: number, lambda: number): void;
  requantise(
    blocks: number,
    starts: number,
    counts: number,
    entries: number,
    table: number,
    room: number,
    rates: number,
    endOfBlock: number,
    newStarts: number,
    newCounts: number,
    made: number,
    from: number,
  ): number;
  requantiseDc(blocks: number, dc: number, ratio: number, made: number): void;
  addDc(dc: number, wide: number, high: number, stride: number, tokens: number): number;
  addAc(
    cut: number,
    starts: number,
    counts: number,
    entries: number,
    wide: number,
    high: number,
    stride: number,
    lower: number,
    upper: number,
    made: number,
  ): void;
  countTokens(tokens: number, count: number, histogram: number): number;
  countRuns(
    starts: number,
    counts: number,
    entries: number,
    wide: number,
    high: number,
    stride: number,
    histogram: number,
  ): void;
  openReduction(room: number, places: number, steps: number, largestGain: number): void;
  reduceLine(
    room: number,
    dc: number,
    starts: number,
    counts: number,
    entries: number,
    upper: number,
    lower: number,
    wide: number,
    steps: number,
    gains: number,
    count: number,
    newDc: number,
    newStarts: number,
    newCounts: number,
    made: number,
    from: number,
  ): number;
  keepEntries(blocks: number, starts: number, counts: number, entries: number, made: number, from: number): number;
  putTokens(tokens: number, count: number, codes: number, bytes: number): number;
}

let compiled: WebAssembly.Module | undefined;

/** @param memory shared, as `kernel/` is compiled for that */
export const openKernel = (memory: WebAssembly.Memory): Kernel => {
  compiled ??= new WebAssembly.Module(readFileSync(new URL('./kernel.wasm', import.meta.url)));
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
  return exports as unknown as Kernel;
};
