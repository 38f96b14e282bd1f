import { clay, glaze, leafSkin, leather, type Material, metal, plain, wicker, wood } from './materials.ts';
import { type Part, place } from './mesh.ts';
import { ball, lathe, leaf, roundedBox, tube } from './shapes.ts';

/** A cup with a handle. */
export const mug = (material: Material, inside: Material = material): Part[] => [
  lathe('0,0 0.3,0 0.36,0.01 0.38,0.05 0.385,0.4 0.385,0.8 0.385,0.86 0.375,0.885 0.36,0.88', material),
  lathe('0.362,0.88 0.352,0.86 0.35,0.8 0.35,0.3 0.33,0.06 0,0.05', inside),
  lathe('0,0.74 0.2,0.74 0.351,0.74', plain('#2a1509', 0.9, 0.05)),
  tube('0.36,0.72,0 0.52,0.73,0 0.63,0.6,0 0.62,0.38,0 0.5,0.22,0 0.36,0.2,0', 0.055, material),
];

/** A bottle with a cap: steel, glass-like or ceramic, after its material. */
export const bottle = (material: Material, cap: Material, shoulder = 1.05): Part[] => [
  lathe(
    `0,0 0.26,0 0.3,0.02 0.31,0.06 0.31,${shoulder * 0.6} 0.31,${shoulder} 0.27,${shoulder + 0.15} ` +
      `0.15,${shoulder + 0.27} 0.12,${shoulder + 0.34} 0.12,${shoulder + 0.42}`,
    material,
  ),
  place(lathe('0.13,0 0.15,0.01 0.15,0.03 0.15,0.2 0.15,0.22 0.13,0.24 0,0.24', cap), {
    move: [0, shoulder + 0.36, 0],
  }),
  lathe('0.312,0.3 0.316,0.31 0.316,0.7 0.312,0.71', plain('#f3efe6', 0.15, 0.7)),
];

export const vase = (material: Material, waist = 0.16): Part[] => [
  lathe(
    `0,0 0.2,0 0.24,0.02 0.36,0.25 0.43,0.5 0.38,0.78 ${waist},1.02 ${waist * 0.9},1.2 ` +
      `${waist + 0.07},1.34 ${waist + 0.05},1.35 ${waist - 0.03},1.2 ${waist - 0.02},1`,
    material,
  ),
];

export const bowl = (material: Material, inside: Material): Part[] => [
  lathe('0,0.02 0.2,0 0.24,0.01 0.25,0.05 0.45,0.16 0.6,0.36 0.64,0.5 0.63,0.515 0.61,0.5', material),
  lathe('0.612,0.5 0.57,0.36 0.43,0.2 0.22,0.1 0,0.08', inside),
];

export const plates = (material: Material): Part[] =>
  [0, 1, 2, 3].map((index) =>
    place(lathe('0,0.03 0.3,0 0.34,0.01 0.36,0.03 0.62,0.1 0.7,0.13 0.7,0.15 0.6,0.14 0.42,0.07 0,0.06', material), {
      move: [index === 3 ? 0.02 : 0, index * 0.075, 0],
      yaw: index,
    }),
  );

export const teapot = (material: Material): Part[] => [
  lathe('0,0 0.24,0 0.28,0.02 0.45,0.2 0.5,0.42 0.42,0.64 0.28,0.74 0.26,0.76', material),
  lathe('0.28,0.75 0.27,0.78 0.18,0.83 0.05,0.86 0.035,0.9 0.07,0.95 0.05,1 0,1.01', material),
  tube('0.42,0.3,0 0.62,0.36,0 0.72,0.55,0 0.84,0.74,0', (t) => 0.12 - 0.075 * t, material),
  tube('-0.4,0.6,0 -0.6,0.72,0 -0.76,0.6,0 -0.74,0.38,0 -0.6,0.24,0 -0.44,0.26,0', 0.045, material),
];

export const lamp = (foot: Material, shade: Material): Part[] => [
  lathe('0,0 0.26,0 0.28,0.02 0.27,0.05 0.1,0.1 0.16,0.26 0.2,0.4 0.13,0.56 0.035,0.66 0.03,0.9', foot),
  lathe('0.5,0.74 0.502,0.742 0.42,1.05 0.34,1.34 0.338,1.342 0.33,1.34 0.41,1.05 0.49,0.75', shade),
  lathe('0.505,0.735 0.51,0.745 0.505,0.765 0.495,0.765', foot),
];

export const plant = (pot: Material, green: string, vein: string, leaves = 17): Part[] => [
  lathe('0,0 0.24,0 0.27,0.02 0.36,0.5 0.36,0.52 0.39,0.53 0.39,0.62 0.35,0.625 0.33,0.55', pot),
  lathe('0.35,0.54 0.2,0.57 0,0.58', clay('#3a2a1e')),
  ...Array.from({ length: leaves }, (_, i) =>
    place(
      leaf(
        {
          length: 0.55 + 0.2 * Math.sin(i * 5.3),
          width: 0.13 + 0.03 * Math.cos(i * 3.1),
          rise: 1.05 - 0.03 * i,
          droop: 0.35 + 0.008 * i,
        },
        leafSkin(green, vein),
      ),
      { yaw: i * 2.4, move: [0, 0.56, 0] },
    ),
  ),
];

export const cactus = (pot: Material, green: string): Part[] => [
  lathe('0,0 0.26,0 0.29,0.02 0.33,0.4 0.33,0.42 0.3,0.42 0.28,0.38', pot),
  lathe('0.3,0.37 0.15,0.39 0,0.4', clay('#8d7b66')),
  lathe(
    '0.16,0.36 0.25,0.5 0.28,0.75 0.26,1 0.18,1.17 0.08,1.24 0,1.25',
    { ...leafSkin(green, '#dfe3b0'), gloss: 0.2 },
    {
      columns: 160,
      swell: (angle, v) => 1 + 0.1 * Math.cos(angle * 11) * Math.sin(Math.PI * Math.min(1, v + 0.1)),
    },
  ),
  place(ball(0.06, plain('#d8518a', 0.2, 0.6)), { move: [0.02, 1.27, 0.02] }),
];

export const candle = (jar: Material, lid: Material): Part[] => [
  lathe('0,0 0.33,0 0.37,0.02 0.38,0.06 0.38,0.7 0.38,0.76 0.37,0.775 0.355,0.76 0.35,0.7 0.35,0.63', jar),
  lathe('0.352,0.63 0.2,0.625 0,0.62', plain('#f6ead2', 0.4, 0.6, 0.25)),
  tube('0,0.6,0 0.005,0.68,0 0.02,0.73,0', 0.012, plain('#1d1a18', 0)),
  place(lathe('0,0 0.37,0 0.39,0.01 0.39,0.09 0.37,0.1 0,0.1', lid), {
    pitch: 1.18,
    move: [0.34, 0.36, 0.52],
    yaw: -0.25,
  }),
];

export const stool = (seat: Material, legs: Material): Part[] => [
  place(
    lathe('0,0 0.4,0 0.44,0.015 0.45,0.05 0.44,0.085 0.4,0.1 0,0.09', {
      ...seat,
      pattern: (u, v) => seat.pattern(v * Math.cos(u * 6.283) * 0.5, v * Math.sin(u * 6.283) * 0.5),
    }),
    { move: [0, 1, 0] },
  ),
  ...[0.6, 2.2, 3.75, 5.3].map((angle) =>
    tube(
      [
        [Math.cos(angle) * 0.48, 0, Math.sin(angle) * 0.48],
        [Math.cos(angle) * 0.39, 0.5, Math.sin(angle) * 0.39],
        [Math.cos(angle) * 0.3, 1.02, Math.sin(angle) * 0.3],
      ],
      (t) => 0.032 + 0.014 * t,
      legs,
    ),
  ),
  tube(
    Array.from(
      { length: 9 },
      (_, i) => [Math.cos((i * Math.PI) / 4) * 0.42, 0.36, Math.sin((i * Math.PI) / 4) * 0.42] as const,
    ),
    0.014,
    metal('#9a9a9c'),
    [0, 1, 0],
  ),
];

export const basket = (): Part[] => [
  lathe('0,0.01 0.38,0 0.43,0.04 0.5,0.3 0.53,0.6 0.52,0.64 0.49,0.62 0.46,0.3 0.4,0.06', wicker('#c99a5b')),
  tube('-0.5,0.6,0 -0.5,0.95,0 -0.25,1.22,0 0.25,1.22,0 0.5,0.95,0 0.5,0.6,0', 0.03, wood('#c99a5b', '#8a5a2c')),
];

export const board = (material: Material): Part[] => [
  place(roundedBox([1.15, 1.5, 0.09], 0.04, material), { roll: 0.08, pitch: -0.26, move: [0, 0.01, 0] }),
];

/** A few books with cloth or leather covers, one lying across. */
export const books = (hexes: readonly [string, string, string]): Part[] =>
  hexes.flatMap((hex, index) => {
    const where = { yaw: [0.08, -0.12, 0.3][index] ?? 0, move: [0, index * 0.19, 0] as const };
    const cover = leather(hex, 0.25);
    return [
      place(roundedBox([1.16 - index * 0.1, 0.02, 0.82], 0.01, cover), where),
      place(
        roundedBox([1.12 - index * 0.1, 0.13, 0.78], 0.01, {
          ...plain('#efe7d6', 0),
          pattern: (_u, v) => Math.abs(Math.sin(v * 260)) * 0.8,
        }),
        { ...where, move: [0.01, index * 0.19 + 0.02, 0] },
      ),
      place(roundedBox([1.16 - index * 0.1, 0.02, 0.82], 0.01, cover), { ...where, move: [0, index * 0.19 + 0.15, 0] }),
    ];
  });

export const teaTin = (material: Material): Part[] => [
  lathe('0,0 0.36,0 0.38,0.015 0.385,0.04 0.385,0.5 0.385,0.86 0.38,0.87', material),
  lathe('0.39,0.8 0.4,0.81 0.4,1 0.39,1.02 0.3,1.03 0,1.03', metal('#d9b36a', 0.3)),
  lathe('0.387,0.24 0.39,0.25 0.39,0.58 0.387,0.59', glaze('#f5efdf', 0, 0.2)),
];
