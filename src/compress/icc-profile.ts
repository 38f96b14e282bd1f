/** What has to be known of an ICC profile (ICC.1:2022) to keep or drop it. */
export interface IccProfile {
  /** The device colour space, as in the header: `RGB`, `GRAY`, `CMYK`, … */
  readonly space: string;
  /** The profile means what a file without profile means, so that dropping it changes nothing anyone can see. */
  readonly isSrgb: boolean;
}

const HEADER_BYTES = 128;

/** Reads a profile; null when it is not one (such a block is dropped: every viewer ignores it too). */
export const readIccProfile = (icc: Buffer): IccProfile | null => {
  if (icc.length < HEADER_BYTES + 4 || icc.toString('latin1', 36, 40) !== 'acsp') return null;
  // A profile that is not as long as it says was put together wrongly; libpng refuses to write one, too.
  if (icc.readUInt32BE(0) !== icc.length) return null;
  const space = icc.toString('latin1', 16, 20).trim();
  const tags = readTags(icc);
  if (tags === null) return null;
  if (space === 'RGB')
    return { space, isSrgb: !tags.has('A2B0') && hasSrgbPrimaries(tags) && hasSrgbCurves(tags, RGB) };
  if (space === 'GRAY') return { space, isSrgb: hasSrgbCurves(tags, ['kTRC']) };
  return { space, isSrgb: false };
};

const RGB = ['rTRC', 'gTRC', 'bTRC'] as const;

const readTags = (icc: Buffer): Map<string, Buffer> | null => {
  const count = icc.readUInt32BE(HEADER_BYTES);
  // 100 is far above any real profile (about 20) and keeps a made-up count from costing time.
  if (count > 100 || icc.length < HEADER_BYTES + 4 + 12 * count) return null;
  const tags = new Map<string, Buffer>();
  for (let i = 0; i < count; i++) {
    const at = HEADER_BYTES + 4 + 12 * i;
    const offset = icc.readUInt32BE(at + 4);
    const size = icc.readUInt32BE(at + 8);
    if (offset + size > icc.length) return null;
    tags.set(icc.toString('latin1', at, at + 4), icc.subarray(offset, offset + size));
  }
  return tags;
};

/** IEC 61966-2-1 primaries, adapted to D50 by the Bradford transform, as sRGB profiles store them. */
const SRGB_PRIMARIES: readonly (readonly [string, readonly [number, number, number]])[] = [
  ['rXYZ', [0.4361, 0.2225, 0.0139]],
  ['gXYZ', [0.3851, 0.7169, 0.0971]],
  ['bXYZ', [0.1431, 0.0606, 0.7141]],
];
/** sRGB profiles of different makers differ by up to 0.001; Adobe RGB and P3 by 0.08 and more. */
const PRIMARY_TOLERANCE = 0.005;

const hasSrgbPrimaries = (tags: ReadonlyMap<string, Buffer>): boolean =>
  SRGB_PRIMARIES.every(([name, xyz]) => {
    const tag = tags.get(name);
    if (tag === undefined || tag.length < 20) return false;
    return xyz.every((value, i) => Math.abs(tag.readInt32BE(8 + 4 * i) / 65_536 - value) < PRIMARY_TOLERANCE);
  });

/** Gamma 2.2 passes for the sRGB curve (largest difference 0.0085), gamma 1.8 (0.07) and linear (0.28) do not. */
const CURVE_TOLERANCE = 0.01;

const hasSrgbCurves = (tags: ReadonlyMap<string, Buffer>, names: readonly string[]): boolean =>
  names.every((name) => {
    const curve = tags.get(name);
    if (curve === undefined) return false;
    return [0.1, 0.25, 0.5, 0.75, 0.9].every((x) => {
      const y = evaluateCurve(curve, x);
      return y !== undefined && Math.abs(y - ((x + 0.055) / 1.055) ** 2.4) < CURVE_TOLERANCE;
    });
  });

/** A `curv` (ICC.1:2022 10.6) or `para` (10.18) tag at `x`; undefined for anything malformed. */
const evaluateCurve = (tag: Buffer, x: number): number | undefined => {
  const type = tag.toString('latin1', 0, 4);
  if (tag.length < 12) return undefined;
  if (type === 'para') {
    const kind = tag.readUInt16BE(8);
    const wanted = [1, 3, 4, 5, 7][kind];
    if (wanted === undefined || tag.length < 12 + 4 * wanted) return undefined;
    const [g = 1, a = 1, b = 0, c = 0, d = 0, e = 0, f = 0] = Array.from(
      { length: wanted },
      (_, i) => tag.readInt32BE(12 + 4 * i) / 65_536,
    );
    if (kind === 0) return x ** g;
    if (kind === 3 || kind === 4) return x >= d ? (a * x + b) ** g + e : c * x + f;
    return x >= -b / a ? (a * x + b) ** g + (kind === 2 ? c : 0) : kind === 2 ? c : 0;
  }
  if (type !== 'curv') return undefined;
  const count = tag.readUInt32BE(8);
  if (count === 0) return x;
  if (tag.length < 12 + 2 * count) return undefined;
  if (count === 1) return x ** (tag.readUInt16BE(12) / 256);
  const at = x * (count - 1);
  const low = Math.min(Math.floor(at), count - 2);
  const [y0, y1] = [tag.readUInt16BE(12 + 2 * low) / 65_535, tag.readUInt16BE(14 + 2 * low) / 65_535];
  return y0 + (y1 - y0) * (at - low);
};
