/**
 * Unpacks LZW as GIF has it (GIF89a, appendix F): codes of 3–12 bits, lowest bit first.
 * @returns `count` colour indexes, or null when the data end early, name a code that is not there, or hold an index
 *   beyond the colour table (`colours` entries)
 */
export const lzwDecode = (data: Buffer, minCodeSize: number, count: number, colours: number): Uint8Array | null => {
  const clear = 1 << minCodeSize;
  const prefix = new Uint16Array(4096);
  const suffix = new Uint8Array(4096);
  const length = new Uint16Array(4096);
  for (let code = 0; code < clear; code++) {
    suffix[code] = code;
    length[code] = 1;
  }
  const out = new Uint8Array(count);
  let [next, size, previous, filled] = [clear + 2, minCodeSize + 1, -1, 0];
  let [bits, held, at] = [0, 0, 0];
  while (filled < count) {
    while (held < size) {
      if (at >= data.length) return null;
      bits |= (data[at++] ?? 0) << held;
      held += 8;
    }
    const code = bits & ((1 << size) - 1);
    bits >>>= size;
    held -= size;
    if (code === clear) {
      [next, size, previous] = [clear + 2, minCodeSize + 1, -1];
      continue;
    }
    // The end, a code of the future, or a table that was used before it was cleared.
    if (code === clear + 1 || code > next || (code === next && (previous < 0 || next > 4095))) return null;
    if (previous < 0 && code > clear) return null;
    const isNew = code === next;
    const source = isNew ? previous : code;
    const run = (length[source] ?? 0) + (isNew ? 1 : 0);
    let to = filled + run - 1;
    if (isNew) to -= 1;
    let walk = source;
    for (let i = length[source] ?? 0; i > 0; i--) {
      if (to < count) out[to] = suffix[walk] ?? 0;
      to -= 1;
      walk = prefix[walk] ?? 0;
    }
    const first = out[filled] ?? 0;
    if (isNew && filled + run - 1 < count) out[filled + run - 1] = first;
    if (previous >= 0 && next < 4096) {
      prefix[next] = previous;
      suffix[next] = first;
      length[next] = (length[previous] ?? 0) + 1;
      next += 1;
      if (next === 1 << size && size < 12) size += 1;
    }
    previous = code;
    filled += run;
  }
  return out.every((index) => index < colours) ? out : null;
};
