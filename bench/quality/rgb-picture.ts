import sharp from 'sharp';

/** 8-bit sRGB, upright, three bytes a pixel. */
export interface RgbPicture {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
}

/** What a viewer shows of a file: converted to sRGB by its profile, turned upright, on white where it is transparent. */
export const readRgb = async (bytes: Uint8Array): Promise<RgbPicture> => {
  const { data, info } = await sharp(bytes)
    .autoOrient()
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== 3) throw new Error(`expected 3 channels, got ${info.channels}`);
  return { data, width: info.width, height: info.height };
};

/** Opens pixels for sharp's encoders. */
export const fromRgb = ({ data, width, height }: RgbPicture) => sharp(data, { raw: { width, height, channels: 3 } });
