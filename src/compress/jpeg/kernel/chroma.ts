// Colour at half the resolution: of four blocks, the low frequencies become one block (see chroma-filter.ts).

/** Coefficients of each block that count, in each direction. */
const LOW: i32 = 4;
/** Bits of a place that are set when its row or column is LOW or more. */
const HIGH: i32 = (LOW << 3) | LOW;

// Bytes from a value of one block to that of the block beside it, and of the one below it.
const RIGHT: usize = LOW << 3;
const BELOW: usize = LOW << 6;
/** As RIGHT, where rows and columns are turned. */
const TURNED_RIGHT: usize = BELOW;

// Scratch memory: places of a block are `row × 8 + column`, turned ones `column × 8 + row`.
/** The low coefficients of the four blocks: by place. */
const VALUES: usize = 0;
/** The same, joined downwards: by turned place. */
const JOINED: usize = VALUES + (64 << 3);
/** The new block, quantised: by turned place. */
const ROUNDED: usize = JOINED + (64 << 3);
/** 1 / step of the new block: by turned place. */
const INVERSES: usize = ROUNDED + (64 << 2);
/** Sums of magnitudes of a row, before it is joined, of which nothing comes, for each row; the least of them. */
const NOTHING: usize = INVERSES + (64 << 3);
const LEAST: usize = NOTHING + (8 << 3);
/** For each column and set of its rows (bit n is row n): a word with their bits in zigzag order. */
const ZIGZAG: usize = LEAST + (2 << 3);
/** Of each zigzag index its place, and its turned one. */
const PLACES: usize = ZIGZAG + ((8 * 256) << 3);
const TURNED: usize = PLACES + 64;
export const CHROMA_SCRATCH_BYTES: usize = TURNED + 64;

/** By more than floating point can err. */
const LESS_THAN_HALF: f64 = 0.499;

/** More than any new coefficient: four of the greatest (T.81 F.1.2.2.1 with steps of 1) are 16,384. */
const LIFT: i32 = 1 << 16;

/**
 * Prepares the scratch memory for a plane.
 * @param places of the zigzag indexes, 64 bytes
 * @param steps of the new blocks, 64 numbers of 16 bits in zigzag order
 * @param largestGain no coefficient of a line becomes larger than this times the sum of their magnitudes before
 */
export function prepareReduction(scratch: usize, places: usize, steps: usize, largestGain: f64): void {
  memory.fill(scratch, 0, CHROMA_SCRATCH_BYTES);
  memory.copy(scratch + PLACES, places, 64);
  for (let y = 0; y <= 8; y++) store<f64>(scratch + NOTHING + (y << 3), Infinity);
  for (let k = 0; k < 64; k++) {
    const place = <i32>load<u8>(places + k);
    const turned = ((place & 7) << 3) | (place >> 3);
    store<u8>(scratch + TURNED + k, <u8>turned);
    const inverse = 1 / <f64>load<u16>(steps + (k << 1));
    store<f64>(scratch + INVERSES + (turned << 3), inverse);
    const least = LESS_THAN_HALF / (largestGain * inverse);
    const nothing = scratch + NOTHING + ((place >> 3) << 3);
    store<f64>(nothing, min(load<f64>(nothing), least));
    store<f64>(scratch + LEAST, min(load<f64>(scratch + LEAST), least));
    // DC is not among the entries.
    for (let rows = 0; rows < 256 && k > 0; rows++) {
      const at = scratch + ZIGZAG + ((((turned >> 3) << 8) | rows) << 3);
      store<u64>(at, load<u64>(at) | ((<u64>((rows >> (turned & 7)) & 1)) << k));
    }
  }
}

/**
 * Makes a line of new blocks.
 * @param upper the first block of a line of the source, and `lower` of the one below it: `wide` blocks
 * @param steps of the source, 64 numbers of 16 bits in zigzag order
 * @param gains of a left (upper) block: of coefficients 0 … 3 to 1, 3, 5 and 7
 * @param newDc of `count` new blocks, `newStarts` and `newCounts`
 * @param made receives the new entries from `from` on; room for one more than there are
 * @returns where they end; −1 when a value has more than 15 bits, as it can by steps that no encoder chooses
 */
export function reduceLine(
  scratch: usize,
  dc: usize,
  starts: usize,
  counts: usize,
  entries: usize,
  upper: i32,
  lower: i32,
  wide: i32,
  steps: usize,
  gains: usize,
  count: i32,
  newDc: usize,
  newStarts: usize,
  newCounts: usize,
  made: usize,
  from: i32,
): i32 {
  const dcStep = <i32>load<u16>(steps);
  let length = from;
  for (let column = 0; column < count; column++) {
    let hasAc = false;
    for (let part = 0; part < 4; part++) {
      // Beyond the edge the last block counts again.
      const block = (part < 2 ? upper : lower) + min(2 * column + (part & 1), wide - 1);
      const corner: usize = scratch + VALUES + (part >> 1) * BELOW + (part & 1) * RIGHT;
      store<f64>(corner, <f64>(<i32>load<i16>(dc + (block << 1)) * dcStep));
      let at: usize = entries + ((<usize>load<u32>(starts + (block << 2))) << 2);
      const end: usize = at + ((<usize>load<u8>(counts + block)) << 2);
      for (; at < end; at += 4) {
        const entry = load<i32>(at);
        const k = entry & 63;
        const place = <i32>load<u8>(scratch + PLACES + k);
        if ((place & HIGH) !== 0) continue;
        store<f64>(corner + (place << 3), <f64>((entry >> 6) * <i32>load<u16>(steps + (k << 1))));
        hasAc = true;
      }
    }
    store<u32>(newStarts + (column << 2), length);
    let survivors: u64 = 0;
    if (hasAc || !isFlat(scratch)) {
      joinDown(scratch, gains);
      survivors = joinAcross(scratch, gains);
    } else {
      // All that DC needs.
      store<f64>(scratch + JOINED, 0.5 * (load<f64>(scratch) + load<f64>(scratch, BELOW)));
      store<f64>(scratch + JOINED, 0.5 * (load<f64>(scratch, RIGHT) + load<f64>(scratch, RIGHT + BELOW)), TURNED_RIGHT);
    }
    const exact =
      0.5 * (load<f64>(scratch + JOINED) + load<f64>(scratch + JOINED, TURNED_RIGHT)) * load<f64>(scratch + INVERSES);
    store<i16>(newDc + (column << 1), <i16>(<i32>Math.round(exact)));
    const end = putBlock(scratch, survivors, made, length);
    if (end < 0 || abs(exact) > 32_767) return -1;
    store<u8>(newCounts + column, <u8>(end - length));
    length = end;
  }
  return length;
}

/** Whether four blocks without AC differ so little that the new one has none either. */
function isFlat(scratch: usize): bool {
  const a = load<f64>(scratch);
  const b = load<f64>(scratch, RIGHT);
  const c = load<f64>(scratch, BELOW);
  const d = load<f64>(scratch, RIGHT + BELOW);
  const least = load<f64>(scratch + LEAST);
  return abs(a - c) + abs(b - d) < least && abs(0.5 * (a + c) - 0.5 * (b + d)) < least;
}

/** Joins columns, two at a time, turns them, and clears the values for the next block. */
function joinDown(scratch: usize, gains: usize): void {
  const half = f64x2.splat(0.5);
  const zero = i64x2.splat(0);
  for (let x: usize = 0; x < 8; x += 2) {
    const from = scratch + VALUES + (x << 3);
    const a0 = v128.load(from);
    const a1 = v128.load(from, 64);
    const a2 = v128.load(from, 128);
    const a3 = v128.load(from, 192);
    const b0 = v128.load(from, 256);
    const b1 = v128.load(from, 320);
    const b2 = v128.load(from, 384);
    const b3 = v128.load(from, 448);
    for (let y: usize = 0; y < 512; y += 64) v128.store(from + y, zero);
    const d0 = f64x2.sub(a0, b0);
    const s1 = f64x2.add(a1, b1);
    const d2 = f64x2.sub(a2, b2);
    const s3 = f64x2.add(a3, b3);
    const to = scratch + JOINED + (x << 6);
    putTurned(to, f64x2.mul(half, f64x2.add(a0, b0)), odd(gains, d0, s1, d2, s3));
    putTurned(to + 16, f64x2.mul(half, f64x2.sub(a1, b1)), odd(gains + 8, d0, s1, d2, s3));
    putTurned(to + 32, f64x2.mul(half, f64x2.add(a2, b2)), odd(gains + 16, d0, s1, d2, s3));
    putTurned(to + 48, f64x2.mul(half, f64x2.sub(a3, b3)), odd(gains + 24, d0, s1, d2, s3));
  }
}

/** An odd coefficient of two lines. The order of additions is part of the result. */
function odd(gains: usize, d0: v128, s1: v128, d2: v128, s3: v128): v128 {
  const first = f64x2.mul(v128.load64_splat(gains), d0);
  const second = f64x2.add(first, f64x2.mul(v128.load64_splat(gains, 32), s1));
  const third = f64x2.add(second, f64x2.mul(v128.load64_splat(gains, 64), d2));
  return f64x2.add(third, f64x2.mul(v128.load64_splat(gains, 96), s3));
}

/** Two rows of two columns. */
function putTurned(to: usize, row: v128, next: v128): void {
  v128.store(to, v128.shuffle<f64>(row, next, 0, 2));
  v128.store(to, v128.shuffle<f64>(row, next, 1, 3), 64);
}

/** Joins rows, two at a time, and quantises them. Returns which turned places are not zero: bit n is place n. */
function joinAcross(scratch: usize, gains: usize): u64 {
  const half = f64x2.splat(0.5);
  let survivors: u64 = 0;
  for (let y: usize = 0; y < 8; y += 2) {
    const from = scratch + JOINED + (y << 3);
    const a0 = v128.load(from);
    const a1 = v128.load(from, 64);
    const a2 = v128.load(from, 128);
    const a3 = v128.load(from, 192);
    const b0 = v128.load(from, 256);
    const b1 = v128.load(from, 320);
    const b2 = v128.load(from, 384);
    const b3 = v128.load(from, 448);
    const a = f64x2.add(f64x2.add(f64x2.abs(a0), f64x2.abs(a1)), f64x2.add(f64x2.abs(a2), f64x2.abs(a3)));
    const b = f64x2.add(f64x2.add(f64x2.abs(b0), f64x2.abs(b1)), f64x2.add(f64x2.abs(b2), f64x2.abs(b3)));
    if (!v128.any_true(f64x2.ge(f64x2.add(a, b), v128.load(scratch + NOTHING + (y << 3))))) continue;
    const d0 = f64x2.sub(a0, b0);
    const s1 = f64x2.add(a1, b1);
    const d2 = f64x2.sub(a2, b2);
    const s3 = f64x2.add(a3, b3);
    const at = scratch + (y << 2);
    const by = scratch + (y << 3);
    let rows = quantise(at, by, f64x2.mul(half, f64x2.add(a0, b0)));
    rows |= quantise(at + 32, by + 64, odd(gains, d0, s1, d2, s3)) << 8;
    rows |= quantise(at + 64, by + 128, f64x2.mul(half, f64x2.sub(a1, b1))) << 16;
    rows |= quantise(at + 96, by + 192, odd(gains + 8, d0, s1, d2, s3)) << 24;
    rows |= quantise(at + 128, by + 256, f64x2.mul(half, f64x2.add(a2, b2))) << 32;
    rows |= quantise(at + 160, by + 320, odd(gains + 16, d0, s1, d2, s3)) << 40;
    rows |= quantise(at + 192, by + 384, f64x2.mul(half, f64x2.sub(a3, b3))) << 48;
    rows |= quantise(at + 224, by + 448, odd(gains + 24, d0, s1, d2, s3)) << 56;
    survivors |= rows << y;
  }
  return survivors;
}

/** Divides two values by their steps and rounds them. Returns which are not zero: bits 0 and 1. */
function quantise(at: usize, by: usize, values: v128): u64 {
  const exact = f64x2.mul(values, v128.load(by, INVERSES));
  // Cutting off rounds down what is positive.
  const lifted = i32x4.trunc_sat_f64x2_s_zero(f64x2.add(exact, f64x2.splat(<f64>LIFT + 0.5)));
  v128.store64_lane(at, i32x4.sub(lifted, i32x4.splat(LIFT)), 0, ROUNDED);
  // Compared, as so large a sum has fewer digits: the number just below 0.5 would become 1.
  return <u64>i64x2.bitmask(v128.or(f64x2.ge(exact, f64x2.splat(0.5)), f64x2.lt(exact, f64x2.splat(-0.5))));
}

/** Writes the entries of a block. Returns where they end; −1 when a value has more than 15 bits. */
function putBlock(scratch: usize, survivors: u64, made: usize, from: i32): i32 {
  let length = from;
  let seen: i32 = 0;
  let left: u64 = 0;
  for (let x: usize = 0; x < 8 && survivors !== 0; x++) {
    left |= load<u64>(scratch + ZIGZAG + (x << 11) + ((<usize>(survivors >> (x << 3)) & 255) << 3));
  }
  for (; left !== 0; left &= left - 1) {
    const k = <i32>ctz(left);
    const value = load<i32>(scratch + ((<usize>load<u8>(scratch + TURNED + k)) << 2), ROUNDED);
    store<i32>(made + (length << 2), (value << 6) | k);
    seen |= abs(value);
    // What is just beyond −0.5 can have become zero in that sum.
    length += <i32>(value !== 0);
  }
  return seen >> 15 !== 0 ? -1 : length;
}
