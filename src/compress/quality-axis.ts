/** The integer quality from `low` to `high` whose place on a stretched quality scale is closest to `place`. */
export const nearestQuality = (axis: (quality: number) => number, place: number, low: number, high: number): number => {
  let best = low;
  for (let quality = low; quality <= high; quality++) {
    if (Math.abs(axis(quality) - place) < Math.abs(axis(best) - place)) best = quality;
  }
  return best;
};
