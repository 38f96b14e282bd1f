/** Code lengths of Huffman tables that suit a histogram (ITU-T T.81, Annex K.2). */

/** T.81 C.2: no code is longer. */
const LONGEST = 16;
/** Symbols are bytes; one more place is for the reserved code. */
const PLACES = 257;

/** Symbols in ascending order of their counts; the reserved code stands first, with count 0. */
interface Leaves {
  readonly symbols: Uint16Array;
  readonly weights: Float64Array;
  /** Leaves, with the reserved code; 1 when the histogram is empty. */
  count: number;
}

// Scratch memory, filled anew by each call: the size search asks for lengths hundreds of times a second.
const leaves: Leaves = { symbols: new Uint16Array(PLACES), weights: new Float64Array(PLACES), count: 0 };
const keys = new Float64Array(PLACES);
const depths = new Float64Array(PLACES);

/**
 * The code lengths, at most 16 bits, with which the symbols of `histogram` (counts, up to 256 symbols) are shortest in
 * total; 0 for symbols that do not occur. One code of the greatest length stays unused, so that no code
 * consists of ones only (T.81, Annex C). A single symbol gets one bit.
 * @param lengths receives a length for each symbol of the histogram
 */
export const huffmanLengths = (histogram: Uint32Array, lengths: Uint8Array): void => {
  lengths.fill(0);
  sortLeaves(histogram);
  if (leaves.count < 2) return;
  const deepest = buildTree();
  if (deepest > LONGEST) limitDepths(deepest);
  for (let i = 1; i < leaves.count; i += 1) lengths[leaves.symbols[i] ?? 0] = depths[i] ?? 0;
};

/** Bits that the codes of all symbols counted in `histogram` take, without the bits that follow the codes. */
export const huffmanBits = (histogram: Uint32Array, lengths: Uint8Array): number => {
  let bits = 0;
  for (let symbol = 0; symbol < histogram.length; symbol += 1)
    bits += (histogram[symbol] ?? 0) * (lengths[symbol] ?? 0);
  return bits;
};

const sortLeaves = (histogram: Uint32Array): void => {
  let count = 1;
  for (let symbol = 0; symbol < histogram.length; symbol += 1) {
    const occurrences = histogram[symbol] ?? 0;
    // One number holds both: sorting numbers is several times faster than sorting with a comparison.
    if (occurrences > 0) keys[count++] = occurrences * 256 + 255 - symbol;
  }
  keys[0] = 0;
  keys.subarray(1, count).sort();
  leaves.count = count;
  leaves.weights[0] = 0;
  for (let i = 1; i < count; i += 1) {
    const key = keys[i] ?? 0;
    const occurrences = Math.floor(key / 256);
    leaves.weights[i] = occurrences;
    leaves.symbols[i] = 255 - (key - occurrences * 256);
  }
};

/**
 * Huffman's tree in place: `depths` gets the depth of each leaf (A. Moffat, J. Katajainen, "In-place calculation of
 * minimum-redundancy codes", 1995). Returns the greatest.
 */
const buildTree = (): number => {
  const n = leaves.count;
  const a = depths;
  a.set(leaves.weights.subarray(0, n));
  a[0] = (a[0] ?? 0) + (a[1] ?? 0);
  let root = 0;
  let leaf = 2;
  const takeSmallest = (next: number): number => {
    if (leaf >= n || (root < next && (a[root] ?? 0) < (a[leaf] ?? 0))) {
      const weight = a[root] ?? 0;
      a[root++] = next;
      return weight;
    }
    return a[leaf++] ?? 0;
  };
  for (let next = 1; next < n - 1; next += 1) {
    const first = takeSmallest(next);
    a[next] = first + takeSmallest(next);
  }
  a[n - 2] = 0;
  for (let next = n - 3; next >= 0; next -= 1) a[next] = (a[a[next] ?? 0] ?? 0) + 1;
  return depthsOfLeaves(n);
};

/** Turns the depths of inner nodes, deepest first, into those of the leaves; the greatest. */
const depthsOfLeaves = (n: number): number => {
  const a = depths;
  let available = 1;
  let depth = 0;
  let root = n - 2;
  let next = n - 1;
  while (available > 0) {
    let used = 0;
    for (; root >= 0 && a[root] === depth; root -= 1) used += 1;
    for (; available > used; available -= 1) a[next--] = depth;
    available = 2 * used;
    depth += 1;
  }
  return depth - 1;
};

/**
 * Shortens the codes that are too long and lengthens others for it (T.81 K.3). On photographs this takes 0.002 % more
 * bits than the best there can be (measured against package-merge, which takes ten times as long).
 */
const limitDepths = (deepest: number): void => {
  const counts = new Uint16Array(deepest + 1);
  for (let i = 0; i < leaves.count; i += 1) {
    const depth = depths[i] ?? 0;
    counts[depth] = (counts[depth] ?? 0) + 1;
  }
  const add = (depth: number, more: number): void => {
    counts[depth] = (counts[depth] ?? 0) + more;
  };
  for (let depth = deepest; depth > LONGEST; depth -= 1) {
    while ((counts[depth] ?? 0) > 0) {
      let shorter = depth - 2;
      while (counts[shorter] === 0) shorter -= 1;
      add(depth, -2);
      add(depth - 1, 1);
      add(shorter + 1, 2);
      add(shorter, -1);
    }
  }
  let i = leaves.count - 1;
  for (let depth = 1; depth <= LONGEST; depth += 1) {
    for (let left = counts[depth] ?? 0; left > 0; left -= 1) depths[i--] = depth;
  }
};
