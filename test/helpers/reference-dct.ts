/** The discrete cosine transform as ITU-T T.81 A.3.3 defines it, for any size, with plain loops. */

/** Square of `size` × `size`, rows top to bottom. */
export type Square = readonly (readonly number[])[];

const square = (size: number, of: (row: number, column: number) => number): number[][] =>
  Array.from({ length: size }, (_, row) => Array.from({ length: size }, (_v, column) => of(row, column)));

const cosine = (size: number, frequency: number, x: number): number =>
  Math.sqrt((frequency === 0 ? 1 : 2) / size) * Math.cos(((2 * x + 1) * frequency * Math.PI) / (2 * size));

const sum = (size: number, of: (i: number, j: number) => number): number => {
  let total = 0;
  for (let i = 0; i < size; i += 1) for (let j = 0; j < size; j += 1) total += of(i, j);
  return total;
};

export const forwardDct = (samples: Square): number[][] => {
  const size = samples.length;
  return square(size, (v, u) => sum(size, (y, x) => (samples[y]?.[x] ?? 0) * cosine(size, v, y) * cosine(size, u, x)));
};

export const inverseDct = (coefficients: Square): number[][] => {
  const size = coefficients.length;
  return square(size, (y, x) =>
    sum(size, (v, u) => (coefficients[v]?.[u] ?? 0) * cosine(size, v, y) * cosine(size, u, x)),
  );
};

/** Row and column of each index in zigzag order (T.81 figure A.6), walked along the diagonals. */
export const ZIGZAG: readonly (readonly [row: number, column: number])[] = Array.from({ length: 15 }, (_, diagonal) => {
  const cells = Array.from({ length: 8 }, (_v, row) => [row, diagonal - row] as const);
  const inside = cells.filter(([, column]) => column >= 0 && column < 8);
  return diagonal % 2 === 0 ? inside.reverse() : inside;
}).flat();
