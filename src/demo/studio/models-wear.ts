import { type Material, metal, plain } from './materials.ts';
import { type Part, place, surface, type Vec3 } from './mesh.ts';
import { ball, lathe, roundedBox, tube } from './shapes.ts';

/** Soft folds of hanging cloth. */
const folds = (u: number, v: number): number =>
  0.028 * Math.sin(u * 9 + v * 4) * (1 - v) +
  0.018 * Math.sin(u * 17 - v * 7 + 1) * (1 - v * 0.6) +
  0.012 * Math.sin(v * 13 + u * 3);

/** A T-shirt as on an invisible mannequin: body, back of the collar, sleeves. */
export const shirt = (material: Material): Part[] => {
  const body = (front: 1 | -1): Part =>
    surface({
      columns: 52,
      rows: 52,
      sheet: true,
      material,
      at: (u, v) => {
        const side = (u - 0.5) * 2;
        const half = 0.5 - 0.05 * Math.sin(v * Math.PI) + 0.04 * v ** 6;
        const neck = Math.max(0, 1 - (side / 0.36) ** 2);
        const top = 1.42 - 0.17 * Math.abs(side) ** 1.3 - (front === 1 ? 0.17 : 0.05) * neck ** 0.6;
        const depth = 0.2 * Math.sqrt(Math.max(0, 1 - side * side)) * (1 - 0.5 * v ** 5);
        return [side * half, 0.08 + v * (top - 0.08), front * depth + folds(side, v)];
      },
    });
  const sleeve = (side: 1 | -1): Part =>
    surface({
      columns: 40,
      rows: 24,
      sheet: true,
      material,
      uv: (u, v) => [u * 0.5, v * 0.35],
      at: (u, v) => {
        const angle = u * 2 * Math.PI;
        const width = 0.2 - 0.03 * v + 0.008 * Math.sin(angle * 3 + v * 5);
        return [
          side * (0.37 + v * 0.33 + Math.cos(angle) * width * 0.55),
          1.13 - v * 0.3 + Math.cos(angle) * width * 0.72,
          Math.sin(angle) * width * 0.75,
        ];
      },
    });
  const collar = tube(
    Array.from({ length: 17 }, (_, i): Vec3 => {
      const side = ((i - 8) / 8) * 0.36;
      const neck = Math.max(0, 1 - (side / 0.36) ** 2);
      return [
        side * 0.52,
        1.42 - 0.17 * Math.abs(side) ** 1.3 - 0.17 * neck ** 0.6 + 0.005,
        0.1 * Math.sqrt(1 - side * side) + 0.01,
      ];
    }),
    0.02,
    material,
    [0, 1, 0.3],
  );
  return [body(-1), sleeve(-1), sleeve(1), body(1), collar];
};

export const beanie = (wool: Material, pompom: Material): Part[] => [
  lathe('0.5,0.02 0.55,0 0.57,0.03 0.575,0.15 0.57,0.26 0.55,0.28 0.53,0.29', wool, {
    swell: (angle) => 1 + 0.012 * Math.cos(angle * 40),
    columns: 200,
  }),
  lathe('0.53,0.26 0.53,0.4 0.48,0.65 0.34,0.85 0.15,0.95 0,0.97', wool, {
    swell: (angle, v) => 1 + 0.02 * Math.cos(angle * 3 + v * 4),
  }),
  place(ball(0.19, { ...pompom, gloss: 0 }), { move: [0.02, 1.08, 0] }),
];

export const towels = (materials: readonly Material[]): Part[] =>
  materials.flatMap((material, index) => [
    place(roundedBox([1.3 - index * 0.04, 0.13, 0.85], 0.06, material), {
      yaw: 0.04 * Math.sin(index * 2.2),
      move: [0, index * 0.255, 0],
    }),
    place(roundedBox([1.29 - index * 0.04, 0.13, 0.84], 0.06, material), {
      yaw: 0.03 * Math.cos(index * 1.7),
      move: [0.015, index * 0.255 + 0.125, 0],
    }),
  ]);

/** A stuffed square leaning back a little, with piping round its edge. */
export const cushion = (material: Material, piping: Material): Part[] => {
  const outline = (a: number): Vec3 => {
    const [c, s] = [Math.cos(a), Math.sin(a)];
    const size = 0.62 / Math.max(Math.abs(c), Math.abs(s)) ** 0.82;
    return [c * size, s * size + 0.66, 0];
  };
  const half = (front: 1 | -1): Part =>
    surface({
      columns: 72,
      rows: 28,
      material,
      sheet: true,
      uv: (_u, _v, [x, y]) => [x, y],
      at: (u, v) => {
        const [x, y] = outline(u * 2 * Math.PI);
        const swell = Math.sqrt(Math.max(0, 1 - v ** 2.4));
        const crease = 0.014 * Math.sin(u * 8 * Math.PI + 1) * v * v;
        return [x * v, (y - 0.66) * v + 0.66, front * (0.24 * swell + crease * swell)];
      },
    });
  const edge = tube(
    Array.from({ length: 49 }, (_, i) => outline((i / 48) * 2 * Math.PI)),
    0.016,
    piping,
  );
  return [half(-1), half(1), edge].map((part) => place(part, { pitch: -0.18, move: [0, 0.01, 0] }));
};

export const tote = (canvas: Material, handles: Material): Part[] => [
  place(roundedBox([1.05, 1.15, 0.3], 0.07, canvas), {}),
  ...([0.13, -0.13] as const).map((z) =>
    tube(
      [
        [-0.24, 0.95, z],
        [-0.25, 1.2, z],
        [-0.19, 1.5, z * 0.8],
        [0, 1.62, z * 0.7],
        [0.19, 1.5, z * 0.8],
        [0.25, 1.2, z],
        [0.24, 0.95, z],
      ],
      0.032,
      handles,
    ),
  ),
  place(roundedBox([0.34, 0.2, 0.02], 0.008, handles), { move: [0, 0.55, 0.152] }),
];

export const headphones = (shell: Material, pads: Material): Part[] => {
  const cup = (side: 1 | -1): Part[] => [
    place(lathe('0,0.16 0.2,0.15 0.26,0.12 0.28,0.05 0.27,0', shell), {
      roll: -side * 1.45,
      move: [side * 0.52, 0.36, 0],
    }),
    place(lathe('0.14,-0.12 0.22,-0.13 0.28,-0.08 0.28,-0.02 0.27,0.02', pads), {
      roll: -side * 1.45,
      move: [side * 0.52, 0.36, 0],
    }),
    tube(
      [
        [side * 0.58, 0.36, 0.02],
        [side * 0.63, 0.6, 0],
        [side * 0.6, 0.8, 0],
      ],
      0.025,
      metal('#b9bbc0'),
    ),
  ];
  const band = Array.from({ length: 13 }, (_, i): Vec3 => {
    const angle = ((i - 6) / 6) * 1.5;
    return [Math.sin(angle) * 0.6, 0.72 + Math.cos(angle) * 0.58, 0];
  });
  return [...cup(1), ...cup(-1), tube(band, 0.055, pads, [0, 0, 1])].map((part) =>
    place(part, { pitch: -0.2, move: [0, -0.05, 0] }),
  );
};

/** Turned wooden rings on a peg, or a ball for the garden: toys. */
export const stackingRings = (materials: readonly Material[]): Part[] => [
  lathe('0,0 0.42,0 0.45,0.02 0.45,0.08 0.42,0.1 0,0.1', materials[0] ?? plain('#c8a070')),
  ...materials.map((material, index) => {
    const ring = 0.36 - index * 0.045;
    return place(
      lathe(
        [
          [0.06, 0],
          [ring - 0.08, 0],
          [ring, 0.05],
          [ring + 0.02, 0.1],
          [ring, 0.15],
          [ring - 0.08, 0.2],
          [0.06, 0.2],
        ],
        material,
      ),
      { move: [0, 0.1 + index * 0.19, 0] },
    );
  }),
  place(ball(0.11, materials[1] ?? plain('#c8a070')), { move: [0, 0.2 + materials.length * 0.19, 0] }),
];
