import { type Backdrop, backdropParts } from './backdrops.ts';
import { bakeLight } from './bake-light.ts';
import { aimCamera, type Camera } from './camera.ts';
import { dot, type Part, place, subtract, vectorAt } from './mesh.ts';
import { emptyVisibility, rasterise, type Visibility } from './rasterise.ts';
import { type LitPart, lightPart, shadePixel } from './shade.ts';

/** One photograph: what, from where, on what, how large. */
export interface Scene {
  readonly product: readonly Part[];
  readonly backdrop: Backdrop;
  readonly width: number;
  readonly height: number;
  /** Radians: turning of the product, height of the camera above the horizon. */
  readonly yaw: number;
  readonly elevation: number;
  /** Share of the picture the product fills; above 1 is a close-up. */
  readonly fill: number;
  /** Directions of light looked from; 32 for stills, fewer for small animations. */
  readonly samples: number;
}

/** Raw sRGB pixels with alpha, four bytes each. */
export interface RawPicture {
  readonly pixels: Buffer;
  readonly width: number;
  readonly height: number;
}

/** A photograph, and the same with the product cut out on transparent ground. */
export interface Photograph {
  readonly picture: RawPicture;
  readonly cutOut: () => RawPicture;
}

/** Takes the photograph. */
export const renderScene = (scene: Scene): Photograph => {
  const turned = scene.product.map((part) => place(part, { yaw: scene.yaw }));
  const camera = aimCamera(turned, scene);
  const face = (part: Part): Part => (part.sheet ? facingCamera(part, camera) : part);
  const product = turned.map(face);
  const backdrop = backdropParts(scene.backdrop).map(face);
  const parts = [...backdrop, ...product];
  const lights = bakeLight(product, parts, scene.samples);
  const lit = parts.flatMap((part, index) => {
    const light = lights[index];
    return light === undefined ? [] : [lightPart(part, light, camera)];
  });
  const draft = colourPixels(scene, lit);
  return { picture: softenEdges(draft), cutOut: () => softenEdges(withoutGround(draft, backdrop.length)) };
};

/** The first `ground` parts made transparent. */
const withoutGround = (draft: Draft, ground: number): Draft => {
  const pixels = Buffer.from(draft.pixels);
  for (const [at, kind] of draft.kinds.entries()) {
    if (kind <= ground) pixels.fill(0, at * 4, at * 4 + 4);
  }
  return { ...draft, pixels };
};

const facingCamera = (part: Part, { eye }: Camera): Part => {
  const normals = part.normals.slice();
  for (let i = 0; i < normals.length; i += 3) {
    const away = dot(vectorAt(normals, i), subtract(vectorAt(part.positions, i), eye)) > 0;
    for (let axis = i; away && axis < i + 3; axis++) normals[axis] = -(normals[axis] ?? 0);
  }
  return { ...part, normals };
};

const TONE_STEPS = 4096;
/** Linear light, 0 to 4 in {@link TONE_STEPS}, to sRGB: a filmic shoulder keeps white paper and highlights from clipping. */
const TONES = Float32Array.from({ length: TONE_STEPS }, (_, i) => {
  const light = (i / TONE_STEPS) * 4;
  const rolled = light < 0.6 ? light : 0.6 + 0.4 * (1 - Math.exp(-(light - 0.6) / 0.4));
  return 255 * (rolled <= 0.0031308 ? rolled * 12.92 : 1.055 * rolled ** (1 / 2.4) - 0.055);
});

/** A picture in the making: its pixels, and for each how near it is and which part it shows (0: none). */
interface Draft extends RawPicture {
  readonly view: Visibility;
  readonly kinds: Uint8Array;
}

const colourPixels = ({ width, height }: Scene, lit: readonly LitPart[]): Draft => {
  const view = emptyVisibility(width, height);
  // Triangles are numbered through all parts; `firstIds` is the border between them, and ends with the total.
  const firstIds = [1];
  for (const seen of lit) {
    const firstId = firstIds.at(-1) ?? 1;
    rasterise({ ...seen, triangles: seen.part.triangles }, view, firstId);
    firstIds.push(firstId + seen.part.triangles.length / 3);
  }
  const pixels = new Uint8ClampedArray(width * height * 4);
  const kinds = new Uint8Array(width * height);
  const light = new Float64Array(3);
  for (let y = 0, at = 0, part = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      const id = view.ids[at] ?? 0;
      if (id === 0) continue;
      // The neighbour's part is nearly always this pixel's too.
      while (id < (firstIds[part] ?? 0)) part--;
      while (id >= (firstIds[part + 1] ?? Number.POSITIVE_INFINITY)) part++;
      const seen = lit[part];
      if (seen === undefined) continue;
      kinds[at] = part + 1;
      shadePixel(seen, id - (firstIds[part] ?? 0), x, y, light);
      for (let channel = 0; channel < 3; channel++) pixels[at * 4 + channel] = toneOf(light[channel] ?? 0);
      pixels[at * 4 + 3] = 255;
    }
  }
  return { pixels: Buffer.from(pixels.buffer), width, height, view, kinds };
};

const toneOf = (light: number): number => TONES[Math.min(TONE_STEPS - 1, (light * TONE_STEPS) / 4) | 0] ?? 0;

/** Pixels where one part ends and another begins get the mean of their neighbours, as a lens would draw them. */
const softenEdges = (draft: Draft): RawPicture => {
  const { width, height, kinds, view } = draft;
  const pixels = Buffer.from(draft.pixels);
  const jump = (a: number, b: number): boolean =>
    kinds[a] !== kinds[b] || Math.abs((view.nearest[a] ?? 0) / (view.nearest[b] ?? 1) - 1) > NEARNESS_JUMP;
  const mark = (at: number): void => {
    pixels.set(neighbourMean(draft, at), at * 4);
  };
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x;
      if (jump(at, at - 1) || jump(at, at + 1) || jump(at, at - width) || jump(at, at + width)) mark(at);
    }
  }
  return { pixels, width, height };
};

/** Share by which nearness changes between two pixels where one thing stands before another. */
const NEARNESS_JUMP = 0.012;

/** Weights 1 2 1 / 2 4 2 / 1 2 1; colour counts by its alpha, so that a cut-out has no dark fringe. */
const neighbourMean = ({ pixels, width }: RawPicture, at: number): number[] => {
  const sum = [0, 0, 0];
  let alphas = 0;
  for (let dy = -1; dy <= 1; dy++) {
    for (let dx = -1; dx <= 1; dx++) {
      const from = (at + dy * width + dx) * 4;
      const weight = ((2 - Math.abs(dx)) * (2 - Math.abs(dy)) * (pixels[from + 3] ?? 0)) / 16;
      alphas += weight;
      for (let channel = 0; channel < 3; channel++) {
        sum[channel] = (sum[channel] ?? 0) + weight * (pixels[from + channel] ?? 0);
      }
    }
  }
  return [...sum.map((value) => (alphas === 0 ? 0 : value / alphas)), alphas];
};
