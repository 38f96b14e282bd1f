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
