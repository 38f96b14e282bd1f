// The hot loops of requantising, with the choice which coefficients are worth their bits.
import { CHUNK, fillLine, IS_CANDIDATE, MIDDLE, OTHER_LINE, RATE_BITS, TERM } from './value-table.ts';

// Scratch memory: the lines in the table of a chunk's coefficients that could stay, and where those of each block end; then
// the entries that have no line in the table yet, and where among the lines they belong. One more is written than there
// are.
const MOST: usize = (64 * CHUNK + 4) << 2;
const ENDS: usize = MOST;
const OTHERS: usize = ENDS + (CHUNK << 2);
const OTHERS_AT: usize = OTHERS + MOST;
export const REQUANTISE_SCRATCH_BYTES: usize = OTHERS_AT + MOST;

/**
 * The coefficients of a plane under new steps.
 * @param starts of `blocks` blocks, and `counts`: see `Plane`
 * @param entries of the source
 * @param table see `fillTable`
 * @param scratch REQUANTISE_SCRATCH_BYTES bytes for what is in between
 * @param rates costs of `run << 4 | size`, in units of 1/BIT bit
 * @param newStarts receives the starts of the new blocks, and `newCounts` their counts
 * @param made receives the new entries from `from` on
 * @returns where they end
 */
export function requantise(
  blocks: i32,
  starts: usize,
  counts: usize,
  entries: usize,
  table: usize,
  scratch: usize,
  rates: usize,
  endOfBlock: i32,
  newStarts: usize,
  newCounts: usize,
  made: usize,
  from: i32,
): i32 {
  let length = from;
  for (let first = 0; first < blocks; first += CHUNK) {
    const count = min(CHUNK, blocks - first);
    findCandidates(count, starts + (first << 2), counts + first, entries, table, scratch);
    length = choose(
      count,
      table,
      scratch,
      rates,
      endOfBlock,
      newStarts + (first << 2),
      newCounts + first,
      made,
      length,
    );
  }
  return length;
}

/**
 * Finds the coefficients that could stay. Whether one could is no branch, for no processor can foresee it: with one this
 * took about twice as long.
 */
function findCandidates(blocks: i32, starts: usize, counts: usize, entries: usize, table: usize, scratch: usize): void {
  let at = scratch;
  let other: i32 = 0;
  for (let block = 0; block < blocks; block++) {
    let entryAt: usize = entries + ((<usize>load<u32>(starts + (block << 2))) << 2);
    const end: usize = entryAt + ((<usize>load<u8>(counts + block)) << 2);
    for (; entryAt < end; entryAt += 4) {
      const entry = load<i32>(entryAt);
      let line = entry + MIDDLE;
      // The only branch but for the ends of blocks, and rarely taken.
      if (<u32>line >= <u32>OTHER_LINE) {
        line = OTHER_LINE;
        store<i32>(scratch + OTHERS + (other << 2), entry);
        store<usize>(scratch + OTHERS_AT + (other << 2), at);
        other += 1;
      }
      store<i32>(at, line);
      at += (<usize>load<u8>(table + IS_CANDIDATE + line)) << 2;
    }
    store<usize>(scratch + ENDS + (block << 2), at);
  }
  // The choice looks at the one behind the last.
  store<i32>(at, OTHER_LINE);
  for (let i = 0; i < other; i++) {
    const line = OTHER_LINE + 1 + i;
    fillLine(table, line, load<i32>(scratch + OTHERS + (i << 2)));
    store<i32>(load<usize>(scratch + OTHERS_AT + (i << 2)), line);
  }
}

/**
 * Decides which candidates stay, and writes them. One stays when the bits it takes, with those it saves the one after it,
 * are fewer than it is worth; then the block ends where all the rest together is not worth its bits. This is the greedy
 * form of K. Ramchandran and M. Vetterli's "Rate-distortion optimal fast thresholding" (1994); the shortest path through
 * all choices took twice as long for little (docs/decisions/018).
 */
function choose(
  blocks: i32,
  table: usize,
  scratch: usize,
  rates: usize,
  endOfBlock: i32,
  starts: usize,
  counts: usize,
  made: usize,
  from: i32,
): i32 {
  let to: usize = made + (from << 2);
  let next = scratch;
  for (let block = 0; block < blocks; block++) {
    const end: usize = load<usize>(scratch + ENDS + (block << 2));
    const start = to;
    // Index << 4 of the last coefficient that stays.
    let last: i32 = 0;
    // Bits spent less bits worth; the least so far, and where the block ends for it.
    let balance: i32 = 0;
    let least: i32 = 0;
    let bestEnd = to;
    // Each candidate is decided on when the next one is known.
    let line = load<i32>(next);
    let term = load<i32>(table + TERM + (line << 3));
    while (next < end) {
      const entry = load<i32>(table + (line << 3));
      const index = (entry & 63) << 4;
      const cost = load<i32>(rates + (((term & RATE_MASK) - last) << 2));
      const worth = term >> RATE_BITS;
      next += 4;
      line = load<i32>(next);
      term = load<i32>(table + TERM + (line << 3));
      const after = term & RATE_MASK;
      const isLast = next === end;
      // At the end of a block the sums decide.
      const afterIt = load<i32>(rates + ((after - index) << 2));
      const afterLast = load<i32>(rates + ((after - last) << 2));
      if (isLast || cost + afterIt <= worth + afterLast) {
        store<i32>(to, entry);
        to += 4;
        last = index;
        balance += cost - worth;
        if (isLast && index === 63 << 4) balance -= endOfBlock;
        if (balance < least) {
          least = balance;
          bestEnd = to;
        }
      }
    }
    to = bestEnd;
    store<u32>(starts + (block << 2), <u32>(start - made) >> 2);
    store<u8>(counts + block, <u32>(to - start) >> 2);
  }
  return <i32>((to - made) >> 2);
}

const RATE_MASK: i32 = (1 << RATE_BITS) - 1;

/** Lifts every DC above 0, where cutting off rounds down. */
const LIFT: i32 = 1 << 16;

/** The DC coefficients of `blocks` blocks, 16 bits each, under a new step: `ratio` is the old step by the new one. */
export function requantiseDc(blocks: i32, dc: usize, ratio: f64, made: usize): void {
  for (let at: usize = 0; at < <usize>(blocks << 1); at += 2) {
    store<i16>(made + at, <i32>(<f64>load<i16>(dc + at) * ratio + (<f64>LIFT + 0.5)) - LIFT);
  }
}
