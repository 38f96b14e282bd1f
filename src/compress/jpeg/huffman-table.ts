/** Huffman tables for decoding (T.81 annex C, F.2.2.3), as the kernel makes and uses them. */
import type { Memory } from './memory.ts';
import { scanFault } from './scan-faults.ts';
import { requireSpec } from './scans.ts';

/** A table as the file states it (B.2.4.2): how many codes of each length 1–16, and the symbols in order of code. */
export interface HuffmanSpec {
  readonly counts: Uint8Array;
  readonly symbols: Uint8Array;
}

/**
 * What finds single symbols; see kernel/huffman.ts.
 * @returns its address
 * @throws JpegFault `damaged` when there are more codes than lengths allow, or one of ones only (C.2)
 */
export const symbolTable = ({ counts, symbols }: HuffmanSpec, memory: Memory, use: string): number => {
  const { kernel } = memory;
  const table = memory.bytes(use, kernel.HUFFMAN_TABLE_BYTES.value);
  const lengths = memory.addressOf(counts, 'huffman lengths');
  const fault = kernel.fillSymbols(table, lengths, memory.addressOf(symbols, 'huffman symbols'));
  if (fault < 0) throw scanFault(fault);
  return table;
};

/**
 * The tables of one kind that the components of a scan use, with what is seen at a look. Those that several use are made
 * only once, so that they stay in the nearest cache.
 * @param bits that are looked at
 * @returns the address of each
 * @throws JpegFault `damaged` for tables that cannot be; `unsupported` when the file has none
 */
export const lookTables = (
  kind: 'dc' | 'ac',
  specs: readonly (HuffmanSpec | null)[],
  memory: Memory,
  bits: number,
): readonly number[] => {
  const { kernel } = memory;
  const fillLooks = kind === 'dc' ? kernel.fillDifferences : kernel.fillCoefficients;
  const required = specs.map(requireSpec);
  const distinct = [...new Set(required)];
  const made = distinct.map((spec, at) => symbolTable(spec, memory, `${kind} table ${at}`));
  for (const table of made) fillLooks(table, bits);
  return required.map((spec) => made[distinct.indexOf(spec)] ?? 0);
};
