// DC scans of progressive files (T.81 G.1.2.1, G.1.2.1.1). Parts of MCUs and the state are those of sequential scans.
import { ACROSS, COMPONENT, DC_TABLE, PART_BYTES, PREDICTIONS } from './baseline.ts';
import { DC_OUT_OF_RANGE, ENDS_EARLY, NO_SUCH_CODE } from './faults.ts';
import { BEYOND_DC, DC_LIFT, extend, LOOK, LOOKS, MAX_DC_SIZE, symbolAt } from './huffman.ts';

/**
 * The first scan of DC, of `count` MCUs that lie side by side: differences without their `low` lowest bits.
 * @returns 0 or a fault
 */
export function decodeDcFirst(
  count: i32,
  state: usize,
  parts: usize,
  blocks: i32,
  bits: usize,
  limit: i32,
  dc: usize,
  low: i32,
): i32 {
  const end: usize = parts + <usize>blocks * PART_BYTES;
  let bit = load<i32>(state);
  let seen: i32 = 0;
  for (let mcu = 0; mcu < count; mcu++) {
    for (let part = parts; part < end; part += PART_BYTES) {
      const block: usize = load<u32>(part);
      store<u32>(part, block + load<u32>(part, ACROSS));
      const window = bswap(load<u64>(bits + (bit >> 3))) << (bit & 7);
      const table = load<usize>(part, DC_TABLE);
      let difference = <i32>load<i16>(table + ((<usize>(window >> (64 - LOOK))) << 1), LOOKS);
      let length = difference & 15;
      difference >>= 4;
      if (length === 0) {
        const symbol = symbolAt(table, window);
        if (symbol === 0) return NO_SUCH_CODE;
        const size = symbol & 255;
        if (size > MAX_DC_SIZE) return DC_OUT_OF_RANGE;
        difference = extend(window << (symbol >> 8), size);
        length = (symbol >> 8) + size;
      }
      bit += length;
      const prediction: usize = state + (load<u32>(part, COMPONENT) << 2);
      const value = load<i32>(prediction, PREDICTIONS) + difference;
      store<i32>(prediction, value, PREDICTIONS);
      store<i16>(dc + (block << 1), value << low);
      seen |= (value << low) + DC_LIFT;
    }
    if (bit > limit) return ENDS_EARLY;
  }
  if ((seen & BEYOND_DC) !== 0) return DC_OUT_OF_RANGE;
  store<i32>(state, bit);
  return 0;
}

/** A later scan of DC, of `count` MCUs: the bit `low` of each. @returns 0 or a fault */
export function decodeDcRefine(
  count: i32,
  state: usize,
  parts: usize,
  blocks: i32,
  bits: usize,
  limit: i32,
  dc: usize,
  low: i32,
): i32 {
  const end: usize = parts + <usize>blocks * PART_BYTES;
  let bit = load<i32>(state);
  if (bit + count * blocks > limit) return ENDS_EARLY;
  for (let mcu = 0; mcu < count; mcu++) {
    for (let part = parts; part < end; part += PART_BYTES, bit++) {
      const block: usize = load<u32>(part);
      store<u32>(part, block + load<u32>(part, ACROSS));
      const more = (<i32>load<u8>(bits + (bit >> 3)) >> (7 - (bit & 7))) & 1;
      const at = dc + (block << 1);
      store<i16>(at, <i32>load<i16>(at) | (more << low));
    }
  }
  store<i32>(state, bit);
  return 0;
}
