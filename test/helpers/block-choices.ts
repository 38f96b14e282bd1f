/** All ways to keep or drop the coefficients of a block, to compare with the one that requantising takes. */
import { BIT, type SymbolRates } from '../../src/compress/jpeg/symbol-rates.ts';

/** A coefficient that can be kept: what it is then, and how many bits its error would be worth if it were not. */
export interface Candidate {
  readonly index: number;
  readonly value: number;
  readonly worth: number;
}

/** Bits of a block with these coefficients (T.81 F.1.2.2), and the worth of those of `all` that are missing. */
export const costOf = (
  kept: readonly Candidate[],
  all: readonly Candidate[],
  { coefficients, endOfBlock }: SymbolRates,
): number => {
  let cost = 0;
  let before = 0;
  for (const { index, value } of kept) {
    cost += coefficients[((index - before - 1) << 4) | (32 - Math.clz32(Math.abs(value)))] ?? 0;
    before = index;
  }
  if (before < 63) cost += endOfBlock;
  for (const candidate of all) if (!kept.includes(candidate)) cost += candidate.worth * BIT;
  return cost / BIT;
};

/** The least cost over every subset. */
export const leastCost = (all: readonly Candidate[], rates: SymbolRates): number => {
  let least = Number.POSITIVE_INFINITY;
  for (let subset = 0; subset < 1 << all.length; subset += 1) {
    const kept = all.filter((_, i) => (subset & (1 << i)) !== 0);
    least = Math.min(least, costOf(kept, all, rates));
  }
  return least;
};
