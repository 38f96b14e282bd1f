import { colour, fabric, type Material, marble, plain, planks } from './materials.ts';
import { type Part, surface, type Vec3 } from './mesh.ts';

export const BACKDROPS = ['white', 'grey', 'sand', 'blue', 'oak', 'walnut', 'marble', 'linen'] as const;
/** What a product stands on: a paper sweep of one colour, or a table before a wall. */
export type Backdrop = (typeof BACKDROPS)[number];

/** A little paper grain only: a sweep in a studio is evenly lit paper. */
const paper = (hex: string): Material => ({ ...plain(hex, 0), accent: colour('#9a968e'), pattern: () => 0 });

const MATERIALS: Readonly<Record<Backdrop, Material>> = {
  white: paper('#fbfaf8'),
  grey: paper('#c9cacc'),
  sand: paper('#e0cfb6'),
  blue: paper('#a9c0cc'),
  oak: planks('#d8b485', '#8a5f38'),
  walnut: planks('#7d5537', '#3c2617'),
  marble: marble(),
  linen: fabric('#d9d2c4', 60),
};
const SWEEPS: readonly Backdrop[] = ['white', 'grey', 'sand', 'blue'];

/** Three quarters of the points lie evenly within 1.3 of the middle, where shadows fall; the rest spread out to `reach`. */
const crowded = (share: number, reach: number): number => {
  const side = Math.abs(share * 2 - 1);
  const far = Math.max(0, (side - 0.75) / 0.25);
  return Math.sign(share - 0.5) * (1.3 * Math.min(1, side / 0.75) + (reach - 1.3) * far * far);
};

const built = new Map<Backdrop, readonly Part[]>();

/** The ground, and where it is a table also the wall behind it. Built once: every picture stands on one of a few. */
export const backdropParts = (backdrop: Backdrop): readonly Part[] => {
  const known = built.get(backdrop) ?? build(backdrop);
  built.set(backdrop, known);
  return known;
};

const build = (backdrop: Backdrop): Part[] => {
  const material = MATERIALS[backdrop];
  const uv = (_u: number, _v: number, [x, y, z]: Vec3): readonly [number, number] => [x * 0.45, (y - z) * 0.45];
  if (SWEEPS.includes(backdrop)) {
    return [surface({ columns: 130, rows: 130, material, uv, sheet: true, at: (u, v) => sweep(crowded(u, 7), v) })];
  }
  const table = surface({
    columns: 130,
    rows: 110,
    material,
    uv,
    sheet: true,
    at: (u, v) => [crowded(u, 7), 0, -crowded(v, 3)],
  });
  const wall = surface({
    columns: 4,
    rows: 4,
    sheet: true,
    material: paper('#d6d3cd'),
    at: (u, v) => [(u - 0.5) * 40, (v - 0.3) * 16, -8],
  });
  return [table, wall];
};

/** Flat in front, then bent up into a wall, so that there is no horizon. */
const sweep = (x: number, v: number): Vec3 => {
  const along = v < 0.8 ? -crowded(v / 0.8, 3) : -3;
  if (v < 0.8) return [x, 0, along];
  const bend = (v - 0.8) / 0.2;
  const angle = Math.min(1, bend * 1.6) * (Math.PI / 2);
  return [x, 3 * (1 - Math.cos(angle)) + Math.max(0, bend * 1.6 - 1) * 10, along - 3 * Math.sin(angle)];
};
