import type { BakedLight } from './bake-light.ts';
import type { Camera } from './camera.ts';
import type { Rgb } from './materials.ts';
import { dot, type Part, unit, type Vec3, vectorAt } from './mesh.ts';

/** A part with its light and its corners' places on the picture, ready to be coloured. */
export interface LitPart {
  readonly part: Part;
  readonly xs: Float32Array;
  readonly ys: Float32Array;
  readonly nearness: Float32Array;
  /** All that is blended between corners, side by side for the sake of the processor's cache; see {@link FACTS}. */
  readonly facts: Float32Array;
}

/** Floats of a corner: place in the texture (2), light of lamp and sky (2), normal (3), direction from the eye (3). */
const FACTS = 10;

/** A warm lamp and a cool sky, as in a studio beside a window. */
const KEY: Rgb = [0.9, 0.86, 0.81];
const SKY: Rgb = [0.5, 0.52, 0.55];

/** The linear colour at the middle of pixel (x, y), which triangle number `triangle` of the part covers; into `out`. */
export const shadePixel = (lit: LitPart, triangle: number, x: number, y: number, out: Float64Array): void => {
  const { part, xs, ys, nearness, facts } = lit;
  const a = part.triangles[triangle * 3] ?? 0;
  const b = part.triangles[triangle * 3 + 1] ?? 0;
  const c = part.triangles[triangle * 3 + 2] ?? 0;
  const ax = xs[a] ?? 0;
  const ay = ys[a] ?? 0;
  const bx = (xs[b] ?? 0) - ax;
  const by = (ys[b] ?? 0) - ay;
  const cx = (xs[c] ?? 0) - ax;
  const cy = (ys[c] ?? 0) - ay;
  const dx = x + 0.5 - ax;
  const dy = y + 0.5 - ay;
  const area = bx * cy - by * cx;
  // Shares on the screen, then in space: perspective makes the nearer corner count more (Heckbert & Moreton 1991).
  const flatB = (dx * cy - dy * cx) / area;
  const flatC = (dy * bx - dx * by) / area;
  const nearB = flatB * (nearness[b] ?? 0);
  const nearC = flatC * (nearness[c] ?? 0);
  const total = (1 - flatB - flatC) * (nearness[a] ?? 0) + nearB + nearC;
  const shareB = nearB / total;
  const shareC = nearC / total;
  const fact = (index: number): number => {
    const first = facts[a * FACTS + index] ?? 0;
    return (
      first + shareB * ((facts[b * FACTS + index] ?? 0) - first) + shareC * ((facts[c * FACTS + index] ?? 0) - first)
    );
  };
  const { pattern, colour, accent, glow, gloss } = part.material;
  const share = Math.min(1, Math.max(0, pattern(fact(0), fact(1))));
  const key = fact(2);
  const sky = fact(3);
  out[0] = (colour[0] + (accent[0] - colour[0]) * share) * (key * KEY[0] + sky * SKY[0] + glow);
  out[1] = (colour[1] + (accent[1] - colour[1]) * share) * (key * KEY[1] + sky * SKY[1] + glow);
  out[2] = (colour[2] + (accent[2] - colour[2]) * share) * (key * KEY[2] + sky * SKY[2] + glow);
  if (gloss > 0) {
    addMirrorImage(part, unit([fact(4), fact(5), fact(6)]), unit([fact(7), fact(8), fact(9)]), sky, out);
  }
};

/** Schlick's Fresnel term: any polished thing mirrors more at a flat angle. Metals mirror in their own colour. */
const addMirrorImage = ({ material }: Part, normal: Vec3, view: Vec3, sky: number, out: Float64Array): void => {
  const facing = Math.min(1, Math.abs(dot(normal, view)));
  const fresnel = (1 - facing) ** 5;
  const along = 2 * dot(normal, view);
  const image = studio(
    [view[0] - along * normal[0], view[1] - along * normal[1], view[2] - along * normal[2]],
    material.roughness,
  );
  const open = 0.25 + 0.75 * Math.min(1, sky * 1.4);
  for (let channel = 0; channel < 3; channel++) {
    const tint = material.gloss > 1 ? (material.colour[channel] ?? 0) * 0.85 : 0.05;
    const mirrored = Math.min(1, material.gloss) * (tint + (1 - tint) * fresnel) * image * open;
    const kept = material.gloss > 1 ? 0.25 : 1;
    out[channel] = (out[channel] ?? 0) * kept + mirrored;
  }
};

/** What a mirror would see in that direction: a window-shaped lamp, a strip lamp, ceiling, and the bright floor. */
const studio = ([x, y, z]: Vec3, roughness: number): number => {
  const blur = 0.03 + roughness * 0.35;
  const inside = (value: number, low: number, high: number): number =>
    edge((value - low) / blur) * edge((high - value) / blur);
  const front = Math.max(0.15, z + 0.6);
  const window = inside(x / front, -1.3, -0.45) * inside(y / front, 0.15, 1.25);
  const strip = inside(x / front, 0.95, 1.2) * inside(y / front, -0.2, 1.3);
  const room = y > 0 ? 0.35 + 0.4 * y : 0.35 + 0.25 * -y;
  return room + (window * 7 + strip * 3.5) / (1 + roughness * 2.5);
};

const edge = (t: number): number => {
  const x = Math.min(1, Math.max(0, t + 0.5));
  return x * x * (3 - 2 * x);
};

/** A part's corners as the camera sees them. */
export const lightPart = (part: Part, light: BakedLight, camera: Camera): LitPart => {
  const count = part.positions.length / 3;
  const [xs, ys, nearness] = [new Float32Array(count), new Float32Array(count), new Float32Array(count)];
  const facts = new Float32Array(count * FACTS);
  for (let i = 0; i < count; i++) {
    const point = vectorAt(part.positions, i * 3);
    const [x, y, near] = camera.project(point);
    xs[i] = x;
    ys[i] = y;
    nearness[i] = near;
    const at = i * FACTS;
    facts[at] = part.uvs[i * 2] ?? 0;
    facts[at + 1] = part.uvs[i * 2 + 1] ?? 0;
    facts[at + 2] = light.key[i] ?? 0;
    facts[at + 3] = light.sky[i] ?? 0;
    for (let axis = 0; axis < 3; axis++) facts[at + 4 + axis] = part.normals[i * 3 + axis] ?? 0;
    facts[at + 7] = point[0] - camera.eye[0];
    facts[at + 8] = point[1] - camera.eye[1];
    facts[at + 9] = point[2] - camera.eye[2];
  }
  return { part, xs, ys, nearness, facts };
};
