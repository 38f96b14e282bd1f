/** The hot loops, compiled from `kernel/` to WebAssembly: there they take about half the time they take in JavaScript. */
import { readFileSync } from 'node:fs';

/** A place in the memory the kernel was opened with, in bytes; where `kernel/` says usize. */
type Address = number;

/**
 * What the functions of `kernel/` are to JavaScript; they are described there, and test/compress/jpeg/kernel.test.ts keeps
 * both in step. Their parameters are many because only numbers cross this border.
 */
export interface Kernel {
  /** Sizes of what callers set aside: a table of `fillTable`, scratch memory, a table of `fillSymbols`. */
  readonly VALUE_TABLE_BYTES: WebAssembly.Global;
  readonly REQUANTISE_SCRATCH_BYTES: WebAssembly.Global;
  readonly CHROMA_SCRATCH_BYTES: WebAssembly.Global;
  readonly HUFFMAN_TABLE_BYTES: WebAssembly.Global;
  /** Bits of the longest code that is looked up at once. */
  readonly LOOK: WebAssembly.Global;
  fillSymbols(table: Address, counts: Address, symbols: Address): number;
  fillDifferences(table: Address, bits: number): void;
  fillCoefficients(table: Address, bits: number): void;
  decodeMcus(
    count: number,
    state: Address,
    parts: Address,
    blocks: number,
    look: number,
    bits: Address,
    limit: number,
    dc: Address,
    starts: Address,
    counts: Address,
    entries: Address,
    room: number,
  ): number;
  decodeDcFirst(
    count: number,
    state: Address,
    parts: Address,
    blocks: number,
    bits: Address,
    limit: number,
    dc: Address,
    low: number,
  ): number;
  decodeDcRefine(
    count: number,
    state: Address,
    parts: Address,
    blocks: number,
    bits: Address,
    limit: number,
    dc: Address,
    low: number,
  ): number;
  decodeAcFirst(
    from: number,
    count: number,
    state: Address,
    table: Address,
    bits: Address,
    limit: number,
    first: number,
    last: number,
    low: number,
    coefficients: Address,
    present: Address,
  ): number;
  decodeAcRefine(
    block: number,
    count: number,
    state: Address,
    table: Address,
    bits: Address,
    limit: number,
    first: number,
    last: number,
    low: number,
    coefficients: Address,
    present: Address,
  ): number;
  gatherEntries(
    blocks: number,
    coefficients: Address,
    present: Address,
    starts: Address,
    counts: Address,
    made: Address,
    from: number,
  ): number;
  unstuff(state: Address, bytes: Address, from: number, end: number): number;
  countEntries(blocks: number, counts: Address): number;
  weighEntries(count: number, entries: Address): number;
  weighBlocks(blocks: number, starts: Address, counts: Address, entries: Address): number;
  fillTable(table: Address, from: Address, to: Address, lambda: number): void;
  requantise(
    blocks: number,
    starts: Address,
    counts: Address,
    entries: Address,
    table: Address,
    scratch: Address,
    rates: Address,
    endOfBlock: number,
    newStarts: Address,
    newCounts: Address,
    made: Address,
    from: number,
  ): number;
  requantiseDc(blocks: number, dc: Address, ratio: number, made: Address): void;
  makeDcTokens(dc: Address, wide: number, high: number, stride: number, tokens: Address): number;
  makeAcTokens(
    cut: number,
    starts: Address,
    counts: Address,
    entries: Address,
    wide: number,
    high: number,
    stride: number,
    lower: Address,
    upper: Address,
    made: Address,
  ): void;
  countTokens(tokens: Address, count: number, histogram: Address): number;
  countRuns(
    starts: Address,
    counts: Address,
    entries: Address,
    wide: number,
    high: number,
    stride: number,
    histogram: Address,
  ): void;
  prepareReduction(scratch: Address, places: Address, steps: Address, largestGain: number): void;
  reduceLine(
    scratch: Address,
    dc: Address,
    starts: Address,
    counts: Address,
    entries: Address,
    upper: number,
    lower: number,
    wide: number,
    steps: Address,
    gains: Address,
    count: number,
    newDc: Address,
    newStarts: Address,
    newCounts: Address,
    made: Address,
    from: number,
  ): number;
  keepEntries(blocks: number, starts: Address, counts: Address, entries: Address, made: Address, from: number): number;
  putTokens(tokens: Address, count: number, codes: Address, bytes: Address): number;
}

/** Compiled once a process; memories come and go. */
let compiled: WebAssembly.Module | undefined;

/** @param memory shared, as `kernel/` is compiled for that */
export const openKernel = (memory: WebAssembly.Memory): Kernel => {
  compiled ??= new WebAssembly.Module(readFileSync(new URL('./kernel.wasm', import.meta.url)));
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
  return exports as unknown as Kernel;
};
