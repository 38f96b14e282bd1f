// What the scans of a progressive file say, as lists of tokens `symbol << 21 | size << 16 | bits` (see scan-tokens.ts).

/** The symbol ZRL (T.81 F.1.2.2.1). */
const SIXTEEN_ZEROS: i32 = 0xf0;
/** Blocks that end at once are counted up to here: EOB14 has 14 more bits (T.81 table G.1). */
const LONGEST_END_RUN: i32 = 0x7fff;
/** Place in a token of the upper half of the symbol: a run of zeros, or the n of EOBn. */
const RUN_SHIFT: i32 = 25;

/** The token of a value, without zeros before it (T.81 F.1.2.1, F.1.2.2). */
function valueToken(value: i32): i32 {
  const size = 32 - clz(abs(value));
  return (size << 21) | (size << 16) | ((value + (value >> 31)) & ((1 << size) - 1));
}

/** The token of a run of blocks that end (T.81 table G.1). */
function endsToken(ends: i32): i32 {
  const size = 31 - clz(ends);
  return (size << RUN_SHIFT) | (size << 16) | (ends - (1 << size));
}

/**
 * Makes the tokens of the DC coefficients of a plane (T.81 G.1.2.1): `high` lines of `wide` blocks.
 * @returns how many tokens
 */
export function makeDcTokens(dc: usize, wide: i32, high: i32, stride: i32, tokens: usize): i32 {
  let before: i32 = 0;
  let to = tokens;
  for (let line = 0; line < high; line++) {
    const from: usize = dc + ((line * stride) << 1);
    for (let at: usize = from; at < from + (wide << 1); at += 2) {
      const value = <i32>load<i16>(at);
      store<i32>(to, valueToken(value - before));
      to += 4;
      before = value;
    }
  }
  return <i32>((to - tokens) >> 2);
}

/**
 * Makes the tokens of the AC coefficients of a plane (T.81 G.1.2.2), `high` lines of `wide` blocks, in two bands: 1 … `cut`
 * and the rest. Both are made together, for finding the blocks takes longer than what is done with them.
 * @param cut 0 for one band; 16 at most, as the lower band has no ZRL
 * @param starts of all blocks, and `counts`: see `Plane`
 * @param lower receives the tokens of the lower band, and `upper` those of the other
 * @param made receives how many they are: two numbers of 32 bits
 */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: parts of it would have to hand on ten numbers for each block
export function makeAcTokens(
  cut: i32,
  starts: usize,
  counts: usize,
  entries: usize,
  wide: i32,
  high: i32,
  stride: i32,
  lower: usize,
  upper: usize,
  made: usize,
): void {
  let to = upper;
  let lowTo = lower;
  // Blocks in a row, up to the last one, that have nothing more in the band, and where the token of this run stands.
  let ends: i32 = 0;
  let endsAt = upper;
  let lowEnds: i32 = 0;
  let lowEndsAt = lower;
  for (let line = 0; line < high; line++) {
    const from = line * stride;
    for (let block = from; block < from + wide; block++) {
      let at: usize = entries + ((<usize>load<u32>(starts + (block << 2))) << 2);
      const stop: usize = at + ((<usize>load<u8>(counts + block)) << 2);
      let before: i32 = 0;
      for (; at < stop; at += 4) {
        const entry = load<i32>(at);
        const index = entry & 63;
        if (index > cut) break;
        if (lowEnds > 0) store<i32>(lowEndsAt, endsToken(lowEnds));
        lowEnds = 0;
        store<i32>(lowTo, valueToken(entry >> 6) + ((index - before - 1) << RUN_SHIFT));
        lowTo += 4;
        before = index;
      }
      if (before < cut) {
        if (lowEnds === LONGEST_END_RUN) store<i32>(lowEndsAt, endsToken(lowEnds));
        if (lowEnds === 0 || lowEnds === LONGEST_END_RUN) {
          lowEnds = 0;
          lowEndsAt = lowTo;
          lowTo += 4;
        }
        lowEnds += 1;
      }
      if (at < stop) {
        if (ends > 0) store<i32>(endsAt, endsToken(ends));
        ends = 0;
        before = cut;
        for (; at < stop; at += 4) {
          const entry = load<i32>(at);
          const index = entry & 63;
          let run = index - before - 1;
          for (; run > 15; run -= 16) {
            store<i32>(to, SIXTEEN_ZEROS << 21);
            to += 4;
          }
          store<i32>(to, valueToken(entry >> 6) + (run << RUN_SHIFT));
          to += 4;
          before = index;
        }
        if (before === 63) continue;
      }
      if (ends === LONGEST_END_RUN) store<i32>(endsAt, endsToken(ends));
      if (ends === 0 || ends === LONGEST_END_RUN) {
        ends = 0;
        endsAt = to;
        to += 4;
      }
      ends += 1;
    }
  }
  if (lowEnds > 0) store<i32>(lowEndsAt, endsToken(lowEnds));
  if (ends > 0) store<i32>(endsAt, endsToken(ends));
  store<i32>(made, <i32>((lowTo - lower) >> 2));
  store<i32>(made, <i32>((to - upper) >> 2), 4);
}

/**
 * Counts the symbols of `count` tokens.
 * @param histogram 256 numbers of 32 bits, which are cleared first
 * @returns how many bits follow the symbols
 */
export function countTokens(tokens: usize, count: i32, histogram: usize): i32 {
  memory.fill(histogram, 0, 256 << 2);
  let bits: i32 = 0;
  for (let at = tokens; at < tokens + (count << 2); at += 4) {
    const token = load<u32>(at);
    const bin: usize = histogram + (((token >> 21) & 255) << 2);
    store<u32>(bin, load<u32>(bin) + 1);
    bits += (token >> 16) & 31;
  }
  return bits;
}

/**
 * Counts the symbols of AC in a sequential scan (T.81 F.1.2.2): `high` lines of `wide` blocks.
 * @param histogram 256 numbers of 32 bits, which are cleared first
 */
export function countRuns(
  starts: usize,
  counts: usize,
  entries: usize,
  wide: i32,
  high: i32,
  stride: i32,
  histogram: usize,
): void {
  memory.fill(histogram, 0, 256 << 2);
  let sixteens: u32 = 0;
  let full: i32 = 0;
  for (let line = 0; line < high; line++) {
    const from = line * stride;
    for (let block = from; block < from + wide; block++) {
      let at: usize = entries + ((<usize>load<u32>(starts + (block << 2))) << 2);
      const stop: usize = at + ((<usize>load<u8>(counts + block)) << 2);
      let last: i32 = 0;
      for (; at < stop; at += 4) {
        const entry = load<i32>(at);
        const index = entry & 63;
        const run = index - last - 1;
        const symbol = ((run & 15) << 4) | (32 - clz(abs(entry >> 6)));
        const bin: usize = histogram + ((symbol & 255) << 2);
        store<u32>(bin, load<u32>(bin) + 1);
        sixteens += run >> 4;
        last = index;
      }
      full += <i32>(last === 63);
    }
  }
  // Every block that is not full ends with a symbol.
  store<u32>(histogram, load<u32>(histogram) + wide * high - full);
  const bin = histogram + (SIXTEEN_ZEROS << 2);
  store<u32>(bin, load<u32>(bin) + sixteens);
}
