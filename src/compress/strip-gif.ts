/** Application extensions that players obey: the loop count, under its two names. */
const LOOPS = new Set(['NETSCAPE2.0', 'ANIMEXTS1.0']);

/**
 * A GIF without comments, XMP and other application data, and without what follows its trailer (GIF89a, sections
 * 15–27). Null when the blocks cannot be followed.
 */
export const stripGif = (source: Buffer): Buffer | null => {
  if (source.length < 13) return null;
  let at = 13 + colourTableBytes(source[10] ?? 0);
  const parts: Buffer[] = [source.subarray(0, at)];
  while (at < source.length) {
    const introducer = source[at];
    if (introducer === 0x3b) {
      parts.push(source.subarray(at, at + 1));
      return Buffer.concat(parts);
    }
    const isImage = introducer === 0x2c;
    if (!isImage && introducer !== 0x21) return null;
    const label = source[at + 1];
    const blocks = isImage ? at + 11 + colourTableBytes(source[at + 9] ?? 0) : at + 2;
    const end = endOfSubBlocks(source, blocks);
    if (end === null) return null;
    const isNeeded =
      isImage || label === 0xf9 || (label === 0xff && LOOPS.has(source.toString('latin1', at + 3, at + 14)));
    if (isNeeded) parts.push(source.subarray(at, end));
    at = end;
  }
  return null;
};

/** Bit 7 says that a table follows, bits 0–2 give its size. */
const colourTableBytes = (packed: number): number => ((packed & 0x80) === 0 ? 0 : 3 * 2 ** ((packed & 7) + 1));

const endOfSubBlocks = (source: Buffer, from: number): number | null => {
  for (let at = from; at < source.length; ) {
    const size = source[at] ?? 0;
    if (size === 0) return at + 1;
    at += size + 1;
  }
  return null;
};
