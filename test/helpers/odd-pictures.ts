/** Files as cameras, editors and animators make them; all generated. */
import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { gray, type Picture, picture, toSharp } from './pictures.ts';

/** A JPEG stored so that a viewer has to apply `orientation` (EXIF 1–8) to see `upright`. */
export const jpegStoredAs = (upright: Picture, orientation: number): Promise<Buffer> =>
  toSharp(turned(upright, orientation))
    .jpeg({ quality: 95, chromaSubsampling: '4:4:4' })
    .withExif({ IFD0: { Copyright: 'SecretOwner' } })
    .withMetadata({ orientation })
    .toBuffer();

/** Only the pixels of that, in a PNG that says nothing of an orientation. */
export const storedPixels = (upright: Picture, orientation: number): Promise<Buffer> =>
  toSharp(turned(upright, orientation)).png().toBuffer();

const turned = (upright: Picture, orientation: number): Picture => {
  const { data, width, height, channels } = upright;
  const isSideways = orientation >= 5;
  const [storedWidth, storedHeight] = isSideways ? [height, width] : [width, height];
  const stored = Buffer.alloc(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      // CIPA DC-008 4.6.5: which edge of the scene the first stored row and column are.
      const mirrorColumn = [2, 3, 7, 8].includes(orientation);
      const mirrorRow = [3, 4, 6, 7].includes(orientation);
      const [column, row] = isSideways ? [y, x] : [x, y];
      const toColumn = mirrorColumn ? storedWidth - 1 - column : column;
      const toRow = mirrorRow ? storedHeight - 1 - row : row;
      const from = (y * width + x) * channels;
      data.copy(stored, (toRow * storedWidth + toColumn) * channels, from, from + channels);
    }
  }
  return { data: stored, width: storedWidth, height: storedHeight, channels };
};

/** A JPEG with a place, a camera's name and a comment in its metadata. */
export const jpegWithGps = async (source: Picture, quality = 90): Promise<Buffer> =>
  toSharp(source)
    .jpeg({ quality })
    .withExif({
      IFD0: { Make: 'SecretCamera' },
      IFD3: {
        GPSLatitudeRef: 'N',
        GPSLatitude: '51/1 30/1 3230/100',
        GPSLongitudeRef: 'W',
        GPSLongitude: '0/1 7/1 4366/100',
      },
    })
    .withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/"><secret>SecretXmp</secret></x:xmpmeta>')
    .toBuffer();

export const cmykJpeg = (source: Picture): Promise<Buffer> =>
  toSharp(source).toColourspace('cmyk').withIccProfile('cmyk').jpeg({ quality: 92 }).toBuffer();

export const grayJpeg = (source: Picture): Promise<Buffer> =>
  toSharp(gray(source)).toColourspace('b-w').jpeg({ quality: 92 }).toBuffer();

export const deepPng = (source: Picture): Promise<Buffer> => toSharp(source).toColourspace('rgb16').png().toBuffer();

/** With the Display P3 profile, and colours that mean something else without it. */
export const p3Jpeg = (source: Picture): Promise<Buffer> =>
  toSharp(source).withIccProfile('p3').jpeg({ quality: 92 }).toBuffer();

/** With an sRGB profile, which says nothing a file without one does not say. */
export const srgbJpeg = (source: Picture): Promise<Buffer> =>
  toSharp(source).withIccProfile('srgb').jpeg({ quality: 92 }).toBuffer();

export interface Animation {
  readonly width: number;
  readonly height: number;
  readonly delays: readonly number[];
  readonly loop: number;
  readonly seed?: number;
}

/** Frames of a moving picture; each differs from the one before. */
export const animated = (
  format: 'gif' | 'webp',
  { width, height, delays, loop, seed = 1 }: Animation,
  options: object = {},
): Promise<Buffer> => {
  const ground = picture({ width: width + delays.length * 6, height, seed }).data;
  const frames = delays.map((_, frame) => {
    const rows = Array.from({ length: height }, (_row, y) => {
      const start = (y * (width + delays.length * 6) + frame * 6) * 3;
      return ground.subarray(start, start + width * 3);
    });
    return Buffer.concat(rows);
  });
  const input = { width, height: height * delays.length, channels: 3 as const, pageHeight: height };
  const image = sharp(Buffer.concat(frames), { raw: input });
  const timing = { delay: [...delays], loop };
  return format === 'gif'
    ? image.gif({ ...timing, keepDuplicateFrames: true, ...options }).toBuffer()
    : image.webp({ ...timing, quality: 92, ...options }).toBuffer();
};

/** An animated PNG: a still one with the chunks that say there are more frames (sharp cannot write them). */
export const apng = async (source: Picture): Promise<Buffer> => {
  const png = await toSharp(source).png().toBuffer();
  const chunk = (type: string, body: Buffer): Buffer => {
    const typed = Buffer.concat([Buffer.from(type, 'latin1'), body]);
    const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(body.length);
    check.writeUInt32BE(crc32(typed));
    return Buffer.concat([length, typed, check]);
  };
  const control = Buffer.alloc(8);
  control.writeUInt32BE(2);
  const afterHeader = 33;
  return Buffer.concat([png.subarray(0, afterHeader), chunk('acTL', control), png.subarray(afterHeader)]);
};
