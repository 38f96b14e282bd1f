/** Where a file is written: bytes of its segments and the bits between them (ITU-T T.81, B.1.1.5 and F.1.2.3). */

/**
 * A buffer that grows. Entropy-coded bits gather in `word`, from the top, until it is full. The hot loops hold `word`,
 * `free` and `at` in variables of their own and put them back.
 */
export interface BitSink {
  bytes: Uint8Array<ArrayBuffer>;
  view: DataView;
  /** Bytes written. */
  at: number;
  word: number;
  /** Bits of `word` not yet used, 0 … 32: a full word is written when the next bits come. */
  free: number;
}

/** @param size bytes expected; more is allowed */
export const openSink = (size: number): BitSink => {
  const bytes = new Uint8Array(size);
  return { bytes, view: new DataView(bytes.buffer), at: 0, word: 0, free: 32 };
};

/** Makes room for `more` bytes. */
export const reserve = (sink: BitSink, more: number): void => {
  if (sink.at + more <= sink.bytes.length) return;
  const bytes = new Uint8Array(Math.max(sink.at + more, sink.bytes.length * 2));
  bytes.set(sink.bytes.subarray(0, sink.at));
  sink.bytes = bytes;
  sink.view = new DataView(bytes.buffer);
};

/** Copies whole bytes, which no bits may precede. */
export const putBytes = (sink: BitSink, bytes: ArrayLike<number>): void => {
  reserve(sink, bytes.length);
  sink.bytes.set(bytes, sink.at);
  sink.at += bytes.length;
};

/** Writes 32 bits with a zero after each byte 0xFF; the position after them. Room for eight bytes must be there. */
export const putWord = (view: DataView, at: number, word: number): number => {
  // A byte of `~word` is zero: the classic test (H. S. Warren, "Hacker's Delight", 6–1).
  if (((~word - 0x01010101) & word & 0x80808080) === 0) {
    view.setInt32(at, word);
    return at + 4;
  }
  return putStuffed(view, at, word);
};

const putStuffed = (view: DataView, start: number, word: number): number => {
  let at = start;
  for (let shift = 24; shift >= 0; shift -= 8) {
    const byte = (word >>> shift) & 255;
    view.setUint8(at++, byte);
    if (byte === 255) view.setUint8(at++, 0);
  }
  return at;
};

/** Ends the entropy-coded data of a scan: fills the last byte with ones (T.81 F.1.2.3). */
export const endBits = (sink: BitSink): void => {
  reserve(sink, 8);
  let used = 32 - sink.free;
  let word = sink.word;
  if (used % 8 !== 0) word |= (0xff >>> (used % 8)) << (24 - (used - (used % 8)));
  for (; used > 0; used -= 8) {
    const byte = word >>> 24;
    sink.view.setUint8(sink.at++, byte);
    if (byte === 255) sink.view.setUint8(sink.at++, 0);
    word <<= 8;
  }
  sink.word = 0;
  sink.free = 32;
};
