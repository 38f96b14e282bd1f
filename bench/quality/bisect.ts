export interface Bisected {
  readonly bytes: Uint8Array;
  readonly encodes: number;
}

/**
 * The best quality that fits a budget, as anybody would look for it: halving the range until a file of at least
 * `enough` bytes fits, or the lowest quality if none does.
 */
export const bisectToBudget = async (
  encode: (quality: number) => Promise<Uint8Array>,
  { budget, enough }: { readonly budget: number; readonly enough: number },
): Promise<Bisected> => {
  let [low, high] = [1, 100];
  let [best, encodes]: [Uint8Array | null, number] = [null, 0];
  while (low <= high) {
    const quality = (low + high) >> 1;
    const bytes = await encode(quality);
    encodes += 1;
    if (bytes.length > budget) high = quality - 1;
    else {
      best = bytes;
      if (bytes.length >= enough) break;
      low = quality + 1;
    }
  }
  return best === null ? { bytes: await encode(1), encodes: encodes + 1 } : { bytes: best, encodes };
};
