// Entropy-coded data without what only keeps it apart from markers (T.81 B.1.1.5, F.1.2.3).

/**
 * Moves data forward, to `state`, up to the next marker or to `end`, leaving out stuffed zeros.
 * @param state where to, which moves to the end of the data; a number of 32 bits
 * @param bytes of a file; `from`, `end` and `state` count from there. It can be read 16 bytes beyond its end
 * @returns where the marker or the end is
 */
export function unstuff(state: usize, bytes: usize, from: i32, end: i32): i32 {
  const ones = i8x16.splat(-1);
  const stop: usize = bytes + end;
  let at: usize = bytes + from;
  let to: usize = bytes + load<i32>(state);
  while (at < stop) {
    const block = v128.load(at);
    const mask = i8x16.bitmask(i8x16.eq(block, ones));
    if (mask === 0 && at + 16 <= stop) {
      v128.store(to, block);
      at += 16;
      to += 16;
      continue;
    }
    // Not 16 at once, as that would write over what is still to be read.
    const next = min(stop, at + (mask === 0 ? 16 : ctz(mask)));
    for (; at < next; at++) store<u8>(to++, load<u8>(at));
    if (at === stop) break;
    let marker = at + 1;
    while (marker < stop && load<u8>(marker) === 0xff) marker++;
    if (marker === stop || load<u8>(marker) !== 0) break;
    store<u8>(to++, 0xff);
    at = marker + 1;
  }
  store<i32>(state, <i32>(to - bytes));
  return <i32>(at - bytes);
}
