import { fabric, type Material, plain } from './materials.ts';
import { type Part, place, surface, type Vec3 } from './mesh.ts';
import { ball, tube } from './shapes.ts';

/** 1 along the foot, falling in a quarter circle to 0 at its ends; `t` runs from heel (0) to toe (1). */
const rounding = (t: number, heel: number, toe: number): number => {
  const short = Math.max(0, 1 - t / heel, 1 - (1 - t) / toe);
  return Math.sqrt(Math.max(0, 1 - short * short));
};
/** Half the width of a foot along it. */
const footWidth = (t: number): number =>
  (0.2 - 0.03 * Math.sin(t * Math.PI * 1.6) + 0.06 * t) * rounding(t, 0.12, 0.22);
/** Height of the upper above the sole: collar, then down the laces to the toe cap. */
const upperHeight = (t: number): number => {
  const down = Math.max(0, (t - 0.34) / 0.66);
  const collar = t < 0.34 ? 0.52 + 0.07 * Math.cos((t / 0.34) * Math.PI * 2) : 0.59;
  return (collar - 0.36 * down * down * (3 - 2 * down)) * rounding(t, 0.03, 0.12);
};

/** The toe points along x; a foot is somewhat longer than a shoe is high. */
const along = (t: number): number => (t - 0.5) * 1.7;
/** The tip of the sole curls up. */
const toeSpring = (t: number): number => Math.max(0, t - 0.85) * 0.3;

/** How far the sole stands out beyond the upper. */
const WELT = 0.03;
const SOLE_HEIGHT = 0.15;

/** The upper between two places along the foot, or a strip on its side; `from` and `to` in half turns over the foot. */
const shell = (grow: number, t: readonly [number, number], turn: readonly [number, number], material: Material): Part =>
  surface({
    columns: Math.ceil(40 * (turn[1] - turn[0])),
    rows: Math.ceil(56 * (t[1] - t[0])),
    material,
    sheet: true,
    uv: (u, v) => [v * 1.2, u * 0.8],
    at: (u, v) => {
      const place = t[0] + v * (t[1] - t[0]);
      const angle = Math.PI * (turn[0] + u * (turn[1] - turn[0]));
      const round = Math.max(0, Math.sin(angle));
      const narrowing = 1 - 0.3 * Math.max(0, upperHeight(place) - 0.35) * round;
      const side = -Math.cos(angle) * (footWidth(place) + grow) * narrowing;
      return [along(place), SOLE_HEIGHT - 0.03 + (upperHeight(place) + grow) * round ** 0.8, side];
    },
  });

/** The wall of the sole all the way round, and its upper face. */
const soles = (material: Material): Part[] => {
  const stretched = (t: number): number => along(t) + (t - 0.5) * 2 * WELT;
  const wall = surface({
    columns: 96,
    rows: 12,
    material,
    sheet: true,
    at: (u, v) => {
      // Evenly in angle rather than in length: the ends are where the outline bends.
      const t = (1 - Math.cos(u * 2 * Math.PI)) / 2;
      const side = u < 0.5 ? 1 : -1;
      const bulge = WELT * Math.min(1, t * 20, (1 - t) * 20) + 0.018 * Math.sin(v * Math.PI);
      return [stretched(t), v * (SOLE_HEIGHT + 0.02) + toeSpring(t), side * (footWidth(t) + bulge)];
    },
  });
  const face = surface({
    columns: 12,
    rows: 40,
    material,
    sheet: true,
    at: (u, v) => [stretched(v), SOLE_HEIGHT + toeSpring(v), (u * 2 - 1) * (footWidth(v) + WELT)],
  });
  return [wall, face];
};

const lace = (index: number): Part => {
  const t = 0.4 + index * 0.075;
  const x = along(t);
  const y = SOLE_HEIGHT - 0.02 + upperHeight(t) * 0.99;
  const half = footWidth(t) * 0.55;
  const path: Vec3[] = [
    [x - 0.01, y - 0.07, -half],
    [x, y + 0.008, -half * 0.4],
    [x, y + 0.008, half * 0.4],
    [x + 0.01, y - 0.07, half],
  ];
  return tube(path, 0.022, fabric('#f4f1ea', 30), [1, 0, 0]);
};

/** A sneaker seen from its side. */
export const sneaker = (upper: Material, sole: Material, stripe: Material): Part[] => {
  const rim = Array.from({ length: 13 }, (_, i): Vec3 => {
    const angle = (i / 12) * 2 * Math.PI;
    const t = 0.2 + 0.155 * Math.cos(angle);
    return [along(t), SOLE_HEIGHT - 0.02 + upperHeight(t) * 0.97, 0.115 * Math.sin(angle)];
  });
  const bands = [0.5, 0.58].flatMap((from) =>
    (
      [
        [0.04, 0.42],
        [0.58, 0.96],
      ] as const
    ).map((turn) => shell(0.006, [from, from + 0.045], turn, stripe)),
  );
  return [
    ...soles(sole),
    shell(0, [0.001, 0.999], [0, 1], upper),
    place(ball(0.2, plain('#141416', 0), 0.1), { move: [along(0.2), 0.62, 0] }),
    tube(rim, 0.035, fabric('#3a3a3e', 40), [0, 1, 0]),
    ...[0, 1, 2, 3, 4].map(lace),
    ...bands,
  ];
};
