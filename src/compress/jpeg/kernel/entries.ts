// Lists of coefficients: see `Coefficients.entries`.

/**
 * Takes over the entries of a plane, without those of other planes between them.
 * @param starts of `blocks` blocks, changed to what they are in `made`; and `counts`
 * @param made receives the entries from `from` on; room for three more than there are
 * @returns where they end
 */
export function keepEntries(blocks: i32, starts: usize, counts: usize, entries: usize, made: usize, from: i32): i32 {
  let to: usize = made + (from << 2);
  for (let block = 0; block < blocks; block++) {
    const start: usize = entries + ((<usize>load<u32>(starts + (block << 2))) << 2);
    const bytes: usize = (<usize>load<u8>(counts + block)) << 2;
    store<u32>(starts + (block << 2), <u32>((to - made) >> 2));
    for (let i: usize = 0; i < bytes; i += 16) v128.store(to + i, v128.load(start + i));
    to += bytes;
  }
  return <i32>((to - made) >> 2);
}

/**
 * Lists coefficients that lie side by side.
 * @param coefficients of `blocks` blocks, and `present`: see `Band`
 * @param starts receives where the entries of each block begin, and `counts` how many they are
 * @param made receives the entries from `from` on
 * @returns where they end
 */
export function gatherEntries(
  blocks: i32,
  coefficients: usize,
  present: usize,
  starts: usize,
  counts: usize,
  made: usize,
  from: i32,
): i32 {
  let length = from;
  for (let block = 0; block < blocks; block++) {
    const values: usize = coefficients + (block << 7);
    const start = length;
    for (let rest = load<u64>(present + (block << 3)); rest !== 0; rest &= rest - 1) {
      const index = <i32>ctz(rest);
      store<i32>(made + (length << 2), ((<i32>load<i16>(values + (index << 1))) << 6) | index);
      length++;
    }
    store<u32>(starts + (block << 2), start);
    store<u8>(counts + block, length - start);
  }
  return length;
}

/** How many entries `blocks` blocks have together. */
export function countEntries(blocks: i32, counts: usize): i32 {
  let sums = i32x4.splat(0);
  let block: i32 = 0;
  for (; block + 16 <= blocks; block += 16) {
    const pairs = i16x8.extadd_pairwise_i8x16_u(v128.load(counts + block));
    sums = i32x4.add(sums, i32x4.extadd_pairwise_i16x8_u(pairs));
  }
  let sum = totalOf(sums);
  for (; block < blocks; block++) sum += load<u8>(counts + block);
  return sum;
}

/** How heavy `count` entries are; see `weightOf`. */
export function weighEntries(count: i32, entries: usize): i32 {
  let sums = i32x4.splat(0);
  let i: i32 = 0;
  for (; i + 4 <= count; i += 4) sums = i32x4.add(sums, excesses(v128.load(entries + (i << 2))));
  let sum = totalOf(sums);
  for (; i < count; i++) sum += i32x4.extract_lane(excesses(v128.load32_zero(entries + (i << 2))), 0);
  return count + sum;
}

/** What each of four entries weighs more than 1. Of values only the lower 8 bits count: photographs have few greater ones. */
function excesses(entries: v128): v128 {
  const magnitudes = i32x4.abs(i32x4.shr_s(i32x4.shl(entries, 18), 24));
  const four = v128.and(i32x4.gt_s(magnitudes, i32x4.splat(1)), i32x4.splat(4));
  return i32x4.add(four, v128.and(i32x4.gt_s(magnitudes, i32x4.splat(2)), i32x4.splat(2)));
}

function totalOf(sums: v128): i32 {
  const two = i32x4.add(sums, v128.shuffle<i32>(sums, sums, 2, 3, 0, 1));
  return i32x4.extract_lane(two, 0) + i32x4.extract_lane(two, 1);
}

/** How heavy the entries of `blocks` blocks are together. */
export function weighBlocks(blocks: i32, starts: usize, counts: usize, entries: usize): i32 {
  let sum: i32 = 0;
  for (let block = 0; block < blocks; block++) {
    const at: usize = entries + ((<usize>load<u32>(starts + (block << 2))) << 2);
    sum += weighEntries(load<u8>(counts + block), at);
  }
  return sum;
}
