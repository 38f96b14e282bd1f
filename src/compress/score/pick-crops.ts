import type { RgbPixels } from './rgb-pixels.ts';

/** A part of a picture, in pixels. */
export interface Crop {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Sides of the parts that are scored, pixels: large enough for all six scales, and for the eye's field of sharp sight. */
export const CROP_SIDE = 512;
/** Crops are placed in steps of this many pixels; activity is measured per block of this side. */
const BLOCK = 32;
/** Every fourth pixel of every fourth row is looked at, and compared with the next such. */
const STRIDE = 4;
/** Pairs of a block that are compared along each axis. */
const PAIRS = BLOCK / STRIDE - 1;
/** Mean difference in 8-bit steps below which a block is flat, a backdrop: the slope of one step in 20 pixels. */
const FLAT = 0.1;
/** Of the smoothest crop, at least this share must not be flat, so that it shows more than a backdrop. */
const MIN_BUSY = 0.5;

/** Sums over the blocks above and left of a place, `columns` + 1 wide, so that any rectangle takes four look-ups. */
interface ActivityMap {
  readonly columns: number;
  readonly rows: number;
  readonly activity: Float64Array;
  /** Blocks that are not flat. */
  readonly busy: Float64Array;
}

/**
 * The parts that stand for a large picture: the busiest (ringing, blocks), the smoothest that is not flat (banding), and
 * the centre, where what the picture is of usually stands. Fewer when they are the same.
 */
export const pickCrops = (picture: RgbPixels): readonly Crop[] => {
  const width = Math.min(CROP_SIDE, picture.width);
  const height = Math.min(CROP_SIDE, picture.height);
  const centre = { left: (picture.width - width) >> 1, top: (picture.height - height) >> 1, width, height };
  const map = activityMap(picture);
  const blocks = Math.ceil(width / BLOCK) * Math.ceil(height / BLOCK);
  let busiest = { crop: centre, activity: 0 };
  let smoothest = { crop: centre, activity: Number.POSITIVE_INFINITY };
  for (let top = 0; top + height <= picture.height; top += BLOCK) {
    for (let left = 0; left + width <= picture.width; left += BLOCK) {
      const crop = { left, top, width, height };
      const activity = sumOver(map, map.activity, crop);
      if (activity > busiest.activity) busiest = { crop, activity };
      if (activity < smoothest.activity && sumOver(map, map.busy, crop) >= MIN_BUSY * blocks) {
        smoothest = { crop, activity };
      }
    }
  }
  const crops = new Map([busiest.crop, smoothest.crop, centre].map((crop) => [`${crop.left} ${crop.top}`, crop]));
  return [...crops.values()];
};

/** The pixels of a part of a picture. */
export const cutOut = (picture: RgbPixels, { left, top, width, height }: Crop): RgbPixels => {
  const { channels = 3 } = picture;
  const data = new Uint8Array(width * height * channels);
  for (let row = 0; row < height; row++) {
    const from = ((top + row) * picture.width + left) * channels;
    data.set(picture.data.subarray(from, from + width * channels), row * width * channels);
  }
  return { data, width, height, channels };
};

const activityMap = (picture: RgbPixels): ActivityMap => {
  const columns = Math.floor(picture.width / BLOCK);
  const rows = Math.floor(picture.height / BLOCK);
  const activity = new Float64Array((columns + 1) * (rows + 1));
  const busy = new Float64Array(activity.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const mean = blockActivity(picture, column * BLOCK, row * BLOCK);
      const at = (row + 1) * (columns + 1) + column + 1;
      for (const [sums, value] of [[activity, mean] as const, [busy, mean >= FLAT ? 1 : 0] as const]) {
        sums[at] = value + (sums[at - 1] ?? 0) + (sums[at - columns - 1] ?? 0) - (sums[at - columns - 2] ?? 0);
      }
    }
  }
  return { columns, rows, activity, busy };
};

/** Mean difference to the next pixels right and below that are looked at, of the green channel. */
const blockActivity = ({ data, width, channels = 3 }: RgbPixels, left: number, top: number): number => {
  const green = channels === 3 ? 1 : 0;
  const right = STRIDE * channels;
  const below = STRIDE * width * channels;
  let sum = 0;
  for (let row = 0; row < PAIRS; row++) {
    let at = ((top + row * STRIDE) * width + left) * channels + green;
    for (let column = 0; column < PAIRS; column++) {
      const here = data[at] ?? 0;
      sum += Math.abs(here - (data[at + right] ?? 0)) + Math.abs(here - (data[at + below] ?? 0));
      at += right;
    }
  }
  return sum / (2 * PAIRS * PAIRS);
};

const sumOver = ({ columns, rows }: ActivityMap, sums: Float64Array, crop: Crop): number => {
  const left = crop.left / BLOCK;
  const top = crop.top / BLOCK;
  const right = Math.min(columns, left + Math.ceil(crop.width / BLOCK));
  const bottom = Math.min(rows, top + Math.ceil(crop.height / BLOCK));
  const at = (row: number, column: number): number => sums[row * (columns + 1) + column] ?? 0;
  return at(bottom, right) - at(top, right) - at(bottom, left) + at(top, left);
};
