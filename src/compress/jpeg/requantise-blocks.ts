/** The hot loops of requantising, with the choice which coefficients are worth their bits. */
import type { Plane } from './coefficients.ts';
import type { SymbolRates } from './symbol-rates.ts';
import { LINE_BITS, MIDDLE, OTHER_LINE, RATE_BITS, type ValueTable } from './value-table.ts';

/** Coefficients that could stay, of some blocks that follow each other. */
export interface Candidates {
  /** Their lines in the value table. */
  readonly lines: Int32Array;
  /** Where those of each block end. */
  readonly ends: Int32Array;
  /** Entries that have no line in the table yet. */
  readonly others: Int32Array;
}

/** @param blocks as many as are ever looked at together */
export const openCandidates = (blocks: number): Candidates => ({
  // One more is written, and then written over.
  lines: new Int32Array(64 * blocks + 1),
  ends: new Int32Array(blocks),
  others: new Int32Array(64 * blocks + 1),
});

/** Finds the coefficients of blocks `first` … `stop − 1` that could stay. */
export const findCandidates = (
  plane: Plane,
  entries: Int32Array,
  table: ValueTable,
  candidates: Candidates,
  first: number,
  stop: number,
): void => {
  const count = filter(plane, entries, table.isCandidate, candidates, first, stop);
  const { lines, others } = candidates;
  let other = 0;
  for (let i = 0; i < count; i += 1) {
    if (lines[i] !== OTHER_LINE) continue;
    lines[i] = table.addOther(others[other] ?? 0, other);
    other += 1;
  }
};

/**
 * Without a branch or a call, for no processor can foresee which coefficients will stay: with them this took about
 * twice as long. Returns how many candidates there are.
 */
const filter = (
  { starts, counts }: Plane,
  entries: Int32Array,
  isCandidate: Uint8Array,
  { lines, ends, others }: Candidates,
  first: number,
  stop: number,
): number => {
  const [middle, lineBits, otherLine] = [MIDDLE, LINE_BITS, OTHER_LINE];
  let count = 0;
  let other = 0;
  for (let block = first; block < stop; block += 1) {
    const start = starts[block] ?? 0;
    const end = start + (counts[block] ?? 0);
    for (let i = start; i < end; i += 1) {
      const entry = entries[i] ?? 0;
      const beyond = (entry + middle) >> lineBits;
      // 1 when the entry has no line, and then the line is `OTHER_LINE`.
      const isOther = (beyond | -beyond) >>> 31;
      others[other] = entry;
      other += isOther;
      const line = ((entry + middle) & (otherLine - 1) & (isOther - 1)) | (isOther << lineBits);
      lines[count] = line;
      count += isCandidate[line] ?? 0;
    }
    ends[block - first] = count;
  }
  return count;
};

/**
 * Decides which candidates stay, and writes them. One stays when the bits it takes, with those it saves the one after it,
 * are fewer than it is worth; then the block ends where all the rest together is not worth its bits. This is the greedy
 * form of K. Ramchandran and M. Vetterli's "Rate-distortion optimal fast thresholding" (1994); the shortest path through
 * all choices took twice as long for little (docs/decisions/018).
 *
 * A few hundred blocks at a call: a function that is called often is compiled better than one that runs long. It is one
 * function with everything in local variables: calls and properties would cost more than the arithmetic.
 * @param made receives the new entries from `from` on
 * @returns where they end
 */
export const chooseCandidates = (
  { lines, ends }: Candidates,
  { entries, terms }: ValueTable,
  { coefficients: rates, endOfBlock }: SymbolRates,
  { starts, counts }: Plane,
  made: Int32Array,
  from: number,
  first: number,
  stop: number,
): number => {
  let length = from;
  let next = 0;
  for (let block = first; block < stop; block += 1) {
    const end = ends[block - first] ?? 0;
    // Index << 4 of the last coefficient that stays.
    let last = 0;
    // Bits spent less bits worth; the least so far, and where the block ends for it.
    let balance = 0;
    let least = 0;
    let bestEnd = length;
    starts[block] = length;
    const newStart = length;
    // Each candidate is decided on when the next one is known.
    let line = lines[next] ?? 0;
    let term = terms[line] ?? 0;
    while (next < end) {
      const entry = entries[line] ?? 0;
      const index = (entry & 63) << 4;
      const cost = rates[(term & RATE_MASK) - last] ?? 0;
      const worth = term >> RATE_BITS;
      next += 1;
      line = lines[next] ?? 0;
      term = terms[line] ?? 0;
      const after = term & RATE_MASK;
      const isLast = next === end;
      // At the end of a block the sums decide.
      if (isLast || cost + (rates[after - index] ?? 0) <= worth + (rates[after - last] ?? 0)) {
        made[length] = entry;
        length += 1;
        last = index;
        balance += cost - worth;
        if (isLast && index === 63 << 4) balance -= endOfBlock;
        if (balance < least) {
          least = balance;
          bestEnd = length;
        }
      }
    }
    length = bestEnd;
    counts[block] = length - newStart;
  }
  return length;
};

const RATE_MASK = (1 << RATE_BITS) - 1;
