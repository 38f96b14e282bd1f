/** Interleaved 8-bit sRGB pixels, rows top to bottom, without transparency. */
export interface RgbPixels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** 3 RGB, 1 gray; 3 when not said. */
  readonly channels?: 1 | 3;
}

/** @throws RangeError when `data` is shorter than the picture */
export const requireData = ({ data, width, height, channels = 3 }: RgbPixels): void => {
  if (data.length < width * height * channels)
    throw new RangeError(`${data.length} bytes are too few for ${width} × ${height} pixels`);
};

/** @throws RangeError when the picture is of another size, or its `data` shorter than it */
export const requireSize = (pixels: RgbPixels, width: number, height: number): void => {
  if (pixels.width !== width || pixels.height !== height) {
    throw new RangeError(`${pixels.width} × ${pixels.height} pixels cannot be compared with ${width} × ${height}`);
  }
  requireData(pixels);
};
