/**
 * Draws and encodes the pictures of one demo product.
 *
 * The one file of the demo that imports sharp. The product's own rule (only compress/sharp.ts may) keeps the limits and
 * the error translation for strangers' files in one place; here files are written, not read, and in forms that the
 * product never writes itself (CMYK, an orientation tag, a wide-gamut profile).
 */
import sharp, { type Sharp } from 'sharp';
import { DEMO_LOOKS } from './demo-looks.ts';
import type { DemoProduct } from './demo-products.ts';
import { type Encoding, readPictureName, type Take } from './picture-name.ts';
import { addGrain } from './studio/add-grain.ts';
import { type RawPicture, renderScene, type Scene } from './studio/render-scene.ts';

/** A file of the demo's origin. */
export interface DemoFile {
  /** Path part of its address. */
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly contentType: string;
}

const SPIN_FRAMES = 8;
const SPIN_SIDE = 400;
const SPIN_DELAY_MS = 140;
/** A close-up is this share of the front picture, a little above its middle, where there is most to see. */
const DETAIL_SHARE = 0.7;
/**
 * Pictures are drawn this much smaller than they are saved, then enlarged and given their grain: half the work, and
 * edges as soft as a lens leaves them.
 */
const DRAWN_SHARE = 0.7;
/** Noise of a good camera indoors, and what retouching leaves of it. */
const GRAIN = 1.7;
const RETOUCHED_GRAIN = 0.5;

const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** All pictures of one product, in the order of its table row. */
export const drawPictures = async (product: DemoProduct): Promise<DemoFile[]> => {
  const [slug, , , width, height, pictures] = product;
  const scene = frontScene(product);
  const photograph = renderScene(scene);
  const seed = seedOf(slug);
  const front = await develop(photograph.picture, { width, height, grain: GRAIN, seed });
  const take = async (kind: Take): Promise<Sharp> => {
    switch (kind) {
      case 'front':
        return fromRaw(front).removeAlpha();
      case 'detail':
        return fromRaw(front).removeAlpha().extract(detailArea(width, height));
      case 'angle': {
        const turned = renderScene({ ...scene, yaw: scene.yaw + 2.3, elevation: scene.elevation + 0.12 });
        return fromRaw(await develop(turned.picture, { width, height, grain: GRAIN, seed: seed + 1 })).removeAlpha();
      }
      case 'cutout':
        return fromRaw(await develop(photograph.cutOut(), { width, height, grain: RETOUCHED_GRAIN, seed: seed + 2 }));
      case 'spin':
        return spin(scene);
    }
  };
  const files: DemoFile[] = [];
  for (const name of pictures) {
    const { take: kind, encoding, path, contentType } = readPictureName(slug, name);
    const bytes = Uint8Array.from(await encode(await take(kind), encoding).toBuffer());
    files.push({ path, contentType, bytes });
  }
  return files;
};

const seedOf = (slug: string): number =>
  [...slug].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 2 ** 31, 7);

const frontScene = ([slug, , , width, height]: DemoProduct): Scene => {
  const [build, backdrop, yaw, elevation] = DEMO_LOOKS[slug];
  return {
    product: build(),
    backdrop,
    width: Math.round(width * DRAWN_SHARE),
    height: Math.round(height * DRAWN_SHARE),
    yaw: radians(yaw),
    elevation: radians(elevation),
    fill: 0.7,
    samples: 10,
  };
};

interface Development {
  readonly width: number;
  readonly height: number;
  readonly grain: number;
  readonly seed: number;
}

/** Brings what was drawn to its size, with the grain of a sensor. */
const develop = async (drawn: RawPicture, { width, height, grain, seed }: Development): Promise<RawPicture> => {
  const enlarged = await fromRaw(drawn).resize(width, height, { fit: 'fill' }).raw().toBuffer();
  return { pixels: addGrain(enlarged, width, grain, seed), width, height };
};

const fromRaw = ({ pixels, width, height }: RawPicture): Sharp =>
  sharp(pixels, { raw: { width, height, channels: 4 } });

const detailArea = (frontWidth: number, frontHeight: number) => {
  const width = Math.round(frontWidth * DETAIL_SHARE);
  const height = Math.round(frontHeight * DETAIL_SHARE);
  return { width, height, left: Math.round((frontWidth - width) / 2), top: Math.round((frontHeight - height) * 0.42) };
};

/** The product on a turntable: all frames one above the other, as libvips keeps animations. */
const spin = (scene: Scene): Sharp => {
  const frames = Array.from({ length: SPIN_FRAMES }, (_, index) =>
    renderScene({
      ...scene,
      width: SPIN_SIDE,
      height: SPIN_SIDE,
      yaw: scene.yaw + (index / SPIN_FRAMES) * 2 * Math.PI,
      samples: 6,
    }),
  );
  const pixels = Buffer.concat(frames.map(({ picture }) => picture.pixels));
  const height = SPIN_SIDE * SPIN_FRAMES;
  return sharp(pixels, { raw: { width: SPIN_SIDE, height, channels: 4, pageHeight: SPIN_SIDE } });
};

/** Qualities as cameras and photo editors save them, well above what a shop needs: the reason there is Halve. */
const encode = (picture: Sharp, encoding: Encoding): Sharp => {
  switch (encoding) {
    case 'jpeg':
      return picture.jpeg({ quality: 93 });
    case 'jpeg-444':
      return picture.jpeg({ quality: 95, chromaSubsampling: '4:4:4' });
    case 'jpeg-progressive':
      return picture.jpeg({ quality: 94, progressive: true });
    case 'jpeg-turned':
      return picture.rotate(-90).withMetadata({ orientation: 6 }).jpeg({ quality: 93 });
    case 'jpeg-gray':
      return picture.toColourspace('b-w').jpeg({ quality: 93 });
    case 'jpeg-cmyk':
      return picture.toColourspace('cmyk').jpeg({ quality: 93 });
    case 'jpeg-p3':
      return picture.withIccProfile('p3').jpeg({ quality: 93 });
    case 'png':
      return picture.png({ compressionLevel: 6 });
    case 'png-palette':
      return picture.png({ palette: true, colours: 128, effort: 3 });
    case 'webp':
      return picture.webp({ quality: 92, effort: 2 });
    case 'webp-lossless':
      return picture.webp({ lossless: true, effort: 1 });
    case 'avif':
      return picture.avif({ quality: 80, effort: 1 });
    case 'gif':
      return picture.gif({ effort: 3, delay: SPIN_DELAY_MS, loop: 0 });
  }
};
