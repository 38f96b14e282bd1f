/** Huffman tables for writing (ITU-T T.81, Annex C and B.2.4.2). */

/** The codes in the order of their lengths (T.81 C.2), as a DHT segment lists them. */
export interface CodeList {
  /** Codes of each length 1 … 16. */
  readonly counts: Uint8Array;
  readonly symbols: Uint8Array;
}

export const listCodes = (lengths: Uint8Array): CodeList => {
  const counts = new Uint8Array(16);
  for (const length of lengths) if (length > 0) counts[length - 1] = (counts[length - 1] ?? 0) + 1;
  const next = new Uint16Array(16);
  for (let at = 1; at < 16; at += 1) next[at] = (next[at - 1] ?? 0) + (counts[at - 1] ?? 0);
  const symbols = new Uint8Array((next[15] ?? 0) + (counts[15] ?? 0));
  for (let symbol = 0; symbol < lengths.length; symbol += 1) {
    const length = lengths[symbol] ?? 0;
    if (length === 0) continue;
    const at = next[length - 1] ?? 0;
    symbols[at] = symbol;
    next[length - 1] = at + 1;
  }
  return { counts, symbols };
};

/**
 * For each symbol `code << size << 5 | length + size`, where `size` bits, those under `sizeMask` of the symbol, are left
 * free for the value that follows the code. 0 for symbols without a code. Read it with `>>> 5`: 32 bits can be in use.
 */
export const packCodes = (lengths: Uint8Array, sizeMask: number): Int32Array => {
  const packed = new Int32Array(lengths.length);
  const { counts, symbols } = listCodes(lengths);
  let code = 0;
  let next = 0;
  for (let length = 1; length <= 16; length += 1) {
    for (let i = counts[length - 1] ?? 0; i > 0; i -= 1) {
      const symbol = symbols[next++] ?? 0;
      const size = symbol & sizeMask;
      packed[symbol] = (code << (size + 5)) | (length + size);
      code += 1;
    }
    code <<= 1;
  }
  return packed;
};
