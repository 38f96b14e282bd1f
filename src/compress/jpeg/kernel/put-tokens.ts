// Writes entropy-coded data.

/**
 * Writes the data of a scan: the code of each token's symbol and the bits after it, a zero after each byte 0xFF, and ones to
 * the end of the last byte (T.81 F.1.2.3).
 * @param codes of each symbol, `code << 5 | length`
 * @param bytes receives the data; room for twice the bits is there, and for 16 bytes more
 * @returns how many bytes
 */
export function putTokens(tokens: usize, count: i32, codes: usize, bytes: usize): i32 {
  let to = bytes;
  // The last `held` bits of `word` are not yet written; at most 31 between two tokens, which have 32 at most.
  let word: u64 = 0;
  let held: i32 = 0;
  for (let at = tokens; at < tokens + (count << 2); at += 4) {
    const token = load<u32>(at);
    const packed = load<u32>(codes + ((token >> 21) << 2));
    const size = (token >> 16) & 31;
    const length = (packed & 31) + size;
    word = (word << length) | ((<u64>(packed >> 5)) << size) | (token & 0xffff);
    held += length;
    if (held >= 32) {
      held -= 32;
      to = putWord(to, <u32>(word >> held));
    }
  }
  return <i32>(endBits(to, word, held) - bytes);
}

/** Writes 32 bits with a zero after each byte 0xFF; the position after them. */
function putWord(to: usize, word: u32): usize {
  // A byte of `~word` is zero: the classic test (H. S. Warren, "Hacker's Delight", 6–1).
  if (((~word - 0x01010101) & word & 0x80808080) === 0) {
    store<u32>(to, bswap(word));
    return to + 4;
  }
  return putStuffed(to, word, 4);
}

function putStuffed(from: usize, word: u32, count: i32): usize {
  let to = from;
  for (let i = 0; i < count; i++) {
    const byte = (word >> (24 - 8 * i)) & 255;
    store<u8>(to++, byte);
    if (byte === 255) store<u8>(to++, 0);
  }
  return to;
}

/** Writes the last `held` bits, 31 at most, and ones behind them up to a whole byte. */
function endBits(to: usize, word: u64, held: i32): usize {
  const spare = -held & 7;
  const rest = <u32>((((word << spare) | ((1 << spare) - 1)) << (32 - held - spare)) & 0xffffffff);
  return putStuffed(to, rest, (held + spare) >> 3);
}
