import { noise } from './noise.ts';

/** Linear light, 0–1 a channel. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** What a surface is made of. */
export interface Material {
  /** 0 shows `colour`, 1 shows `accent`; in between they are mixed. */
  readonly pattern: (u: number, v: number) => number;
  readonly colour: Rgb;
  readonly accent: Rgb;
  /** Strength of the mirror image of the lamps, 0 (cloth) to 1 (glaze); above 1 for metal, which also tints it. */
  readonly gloss: number;
  /** Blur of that mirror image, 0 (polished) to 1 (satin). */
  readonly roughness: number;
  /** Light of its own, for lamp shades and flames. */
  readonly glow: number;
}

/** `#rrggbb` of sRGB as linear light (IEC 61966-2-1). */
export const colour = (hex: string): Rgb => {
  const channel = (from: number): number => {
    const value = Number.parseInt(hex.slice(from, from + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
};

const darker = ([red, green, blue]: Rgb, share: number): Rgb => [red * share, green * share, blue * share];
const step = (from: number, to: number, x: number): number => {
  const t = Math.min(1, Math.max(0, (x - from) / (to - from)));
  return t * t * (3 - 2 * t);
};
const fraction = (x: number): number => x - Math.floor(x);

const base = { gloss: 0, roughness: 0.5, glow: 0 };

/** Threads over and under, with slubs: canvas, linen, cotton. `threads` a unit of v; `ratio` makes cells square. */
export const fabric = (hex: string, threads = 90, ratio = 1, stripe?: { hex: string; count: number }): Material => ({
  ...base,
  pattern: (u, v) => {
    if (stripe !== undefined && fraction(v * stripe.count) < 0.38) return 0.85 + 0.15 * noise(u * 9, v * 9);
    const weave = Math.sin(u * threads * ratio * Math.PI) * Math.sin(v * threads * Math.PI);
    return 0.3 + 0.22 * weave + 0.5 * (noise(u * 6 * ratio, v * 6) - 0.5) + 0.3 * (noise(u * ratio * 2, v * 28) - 0.5);
  },
  colour: colour(hex),
  accent: stripe === undefined ? darker(colour(hex), 0.35) : colour(stripe.hex),
});

/** Ribs with a zigzag of stitches: wool. */
export const knit = (hex: string, ribs = 40, stitches = 30): Material => ({
  ...base,
  pattern: (u, v) => {
    const across = fraction(u * ribs);
    const along = fraction(v * stitches + Math.abs(across - 0.5) * 1.2);
    const gap = step(0.3, 0.5, Math.abs(across - 0.5)) + 0.6 * step(0.3, 0.5, Math.abs(along - 0.5));
    return 0.15 + 0.7 * gap + 0.5 * (noise(u * 11, v * 7) - 0.5);
  },
  colour: colour(hex),
  accent: darker(colour(hex), 0.25),
});

/** Growth rings cut lengthwise, with fibres and pores. Grain runs along u. */
export const wood = (light: string, dark: string, gloss = 0.25): Material => ({
  ...base,
  pattern: (u, v) => {
    const bend = noise(u * 0.35, v * 0.8) * 5 + noise(u * 1.3, v * 2) * 0.6;
    const ring = fraction(v * 7 + bend);
    const fibre = noise(u * 1.2, v * 22);
    const pores = step(0.66, 0.8, noise(u * 3, v * 61));
    return 0.1 + 0.45 * ring ** 2.2 + 0.45 * fibre + 0.25 * pores - 0.1;
  },
  colour: colour(light),
  accent: colour(dark),
  gloss,
  roughness: 0.8,
});

/** Planks of {@link wood}, each with a grain of its own. */
export const planks = (light: string, dark: string, count = 7): Material => {
  const plank = wood(light, dark, 0);
  return {
    ...plank,
    pattern: (u, v) => {
      const index = Math.floor(v * count);
      const edge = Math.abs(fraction(v * count) - 0.5);
      const tone = noise(index * 0.37, 0.5) * 0.35;
      return edge > 0.49 ? 1.4 : tone + plank.pattern(u + index * 0.61, v + index * 0.13) * 0.8;
    },
  };
};

/** White stone with thin dark veins and soft clouds. */
export const marble = (light = '#eeece8', dark = '#77767a'): Material => ({
  ...base,
  pattern: (u, v) => {
    const warp = noise(u * 0.6, v * 0.6) * 2.6 + noise(u * 2.1, v * 2.1) * 0.5;
    const vein = 1 - Math.abs(Math.sin((u * 1.3 + v * 0.9 + warp) * 3));
    const thin = 1 - Math.abs(Math.sin((u * 2 - v * 2.6 + warp * 1.7) * 4));
    return 0.75 * vein ** 9 + 0.35 * thin ** 12 + 0.2 * noise(u * 1.5, v * 1.5) + 0.1 * noise(u * 9, v * 9) - 0.08;
  },
  colour: colour(light),
  accent: colour(dark),
  gloss: 0.6,
  roughness: 0.25,
});

/** Fired clay under glaze; `speckle` is the share of iron spots. */
export const glaze = (hex: string, speckle = 0, gloss = 0.9): Material => ({
  ...base,
  pattern: (u, v) => {
    const clouds = 0.12 * noise(u * 2, v * 2);
    if (speckle === 0) return clouds;
    // Two grains turned against each other: spots only where both peak, so that no repetition shows.
    const spots = noise(u * 13 + v * 5.7, v * 13 - u * 5.7) * noise(u * 8.3 - v * 9.1, v * 8.3 + u * 9.1);
    return clouds + 0.9 * step(0.52 - speckle * 0.25, 0.58 - speckle * 0.25, spots);
  },
  colour: colour(hex),
  accent: speckle === 0 ? darker(colour(hex), 0.55) : colour('#4a3728'),
  gloss,
  roughness: 0.12,
});

/** Bare clay or concrete: fine grain and stains, no shine. */
export const clay = (hex: string): Material => ({
  ...base,
  pattern: (u, v) => 0.1 + 0.55 * noise(u * 3, v * 3) + 0.5 * (noise(u * 17, v * 17) - 0.4),
  colour: colour(hex),
  accent: darker(colour(hex), 0.55),
});

/** Grained hide. */
export const leather = (hex: string, gloss = 0.35): Material => ({
  ...base,
  pattern: (u, v) => {
    const cells = Math.abs(noise(u * 10, v * 10) - 0.5) + Math.abs(noise(u * 23 + 0.3, v * 23) - 0.5);
    return step(0.25, 0.02, cells) * 0.8 + 0.3 * noise(u * 3, v * 3);
  },
  colour: colour(hex),
  accent: darker(colour(hex), 0.4),
  gloss,
  roughness: 0.7,
});

/** Steel, brass, copper: brushed along u. */
export const metal = (hex: string, roughness = 0.35): Material => ({
  ...base,
  pattern: (u, v) => 0.9 * (noise(u * 0.5, v * 40) - 0.25),
  colour: colour(hex),
  accent: darker(colour(hex), 0.6),
  gloss: 1.6,
  roughness,
});

/** Smooth plastic, rubber, wax, paper: nearly one colour. */
export const plain = (hex: string, gloss = 0.3, roughness = 0.4, glow = 0): Material => ({
  ...base,
  pattern: (u, v) => 0.35 * noise(u * 7, v * 7),
  colour: colour(hex),
  accent: darker(colour(hex), 0.8),
  gloss,
  roughness,
  glow,
});

/** A green blade: midrib at u = 0.5, side veins, blotches. */
export const leafSkin = (hex: string, vein: string): Material => ({
  ...base,
  pattern: (u, v) => {
    const side = Math.abs(u - 0.5);
    const rib = step(0.03, 0.008, side);
    const veins = step(0.12, 0.02, Math.abs(fraction(v * 9 - side * 3) - 0.5)) * 0.5;
    return rib * 0.8 + veins * 0.6 + 0.5 * (noise(u * 2, v * 3) - 0.35);
  },
  colour: colour(hex),
  accent: colour(vein),
  gloss: 0.45,
  roughness: 0.6,
});

/** Withies over and under round a basket. */
export const wicker = (hex: string): Material => ({
  ...base,
  pattern: (u, v) => {
    const row = Math.floor(v * 16);
    const arch = Math.abs(Math.sin(u * 26 * Math.PI + (row % 2) * (Math.PI / 2)));
    const round = Math.sin(fraction(v * 16) * Math.PI);
    return 1 - round ** 0.6 * (0.35 + 0.65 * arch) + 0.5 * (noise(u * 9, v * 5) - 0.5);
  },
  colour: colour(hex),
  accent: darker(colour(hex), 0.15),
  gloss: 0.1,
});
