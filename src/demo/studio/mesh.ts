import type { Material } from './materials.ts';

/** x to the right, y up, z towards the camera; the ground is y = 0. One unit is about the size of a product. */
export type Vec3 = readonly [x: number, y: number, z: number];

/** A piece of a product: a triangle mesh with one material. Three floats a position and normal, two a texture place. */
export interface Part {
  readonly positions: Float32Array;
  readonly normals: Float32Array;
  readonly uvs: Float32Array;
  readonly triangles: Uint32Array;
  readonly material: Material;
  /** A thin sheet seen from both sides (a leaf, a shirt); its normals are turned to the camera. */
  readonly sheet: boolean;
}

export const subtract = (a: Vec3, b: Vec3): Vec3 => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
export const cross = (a: Vec3, b: Vec3): Vec3 => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
export const dot = (a: Vec3, b: Vec3): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
export const unit = (a: Vec3): Vec3 => {
  // Math.hypot guards against overflow, which cannot happen here, at ten times the cost.
  const length = Math.sqrt(a[0] * a[0] + a[1] * a[1] + a[2] * a[2]) || 1;
  return [a[0] / length, a[1] / length, a[2] / length];
};

/** How a surface is laid out: its grid, the function from (u, v) in 0–1 to space, and what it is made of. */
export interface SurfacePlan {
  readonly columns: number;
  readonly rows: number;
  readonly at: (u: number, v: number) => Vec3;
  readonly material: Material;
  readonly sheet?: boolean;
  /** Where in the texture a point lies; by default (u, v) itself. */
  readonly uv?: (u: number, v: number, point: Vec3) => readonly [number, number];
}

/** Step of the finite differences; far below one grid cell, far above the rounding of doubles. */
const EPSILON = 1e-4;

/** The grid mesh of a parametric surface; normals come from the function itself, so that closed shapes have no seam. */
export const surface = ({ columns, rows, at, material, sheet = false, uv }: SurfacePlan): Part => {
  const count = (columns + 1) * (rows + 1);
  const positions = new Float32Array(count * 3);
  const normals = new Float32Array(count * 3);
  const uvs = new Float32Array(count * 2);
  for (let row = 0, index = 0; row <= rows; row++) {
    for (let column = 0; column <= columns; column++, index++) {
      const u = column / columns;
      const v = row / rows;
      const point = at(u, v);
      positions.set(point, index * 3);
      normals.set(normalAt(at, u, v), index * 3);
      uvs.set(uv === undefined ? [u, v] : uv(u, v, point), index * 2);
    }
  }
  return { positions, normals, uvs, triangles: gridTriangles(columns, rows), material, sheet };
};

/** At the ends of v a surface may shrink to a point with no direction; the normal is then taken just inside. */
const normalAt = (at: (u: number, v: number) => Vec3, u: number, v: number): Vec3 => {
  const inside = Math.min(1 - 20 * EPSILON, Math.max(20 * EPSILON, v));
  const along = subtract(at(u, inside + EPSILON), at(u, inside - EPSILON));
  const around = subtract(at(u + EPSILON, inside), at(u - EPSILON, inside));
  return unit(cross(along, around));
};

const gridTriangles = (columns: number, rows: number): Uint32Array => {
  const triangles = new Uint32Array(columns * rows * 6);
  for (let row = 0, next = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, next += 6) {
      const a = row * (columns + 1) + column;
      const below = a + columns + 1;
      triangles.set([a, a + 1, below, a + 1, below + 1, below], next);
    }
  }
  return triangles;
};

/** Turned about the three axes (radians, in the order pitch x, roll z, yaw y), scaled, then moved. */
export interface Placement {
  readonly pitch?: number;
  readonly roll?: number;
  readonly yaw?: number;
  readonly scale?: number;
  readonly move?: Vec3;
}

export const place = (part: Part, { pitch = 0, roll = 0, yaw = 0, scale = 1, move = [0, 0, 0] }: Placement): Part => {
  const turn = ([x, y, z]: Vec3): Vec3 => {
    const [y1, z1] = [y * Math.cos(pitch) - z * Math.sin(pitch), y * Math.sin(pitch) + z * Math.cos(pitch)];
    const [x2, y2] = [x * Math.cos(roll) - y1 * Math.sin(roll), x * Math.sin(roll) + y1 * Math.cos(roll)];
    return [x2 * Math.cos(yaw) + z1 * Math.sin(yaw), y2, z1 * Math.cos(yaw) - x2 * Math.sin(yaw)];
  };
  const positions = mapVectors(part.positions, (point) => {
    const [x, y, z] = turn(point);
    return [x * scale + move[0], y * scale + move[1], z * scale + move[2]];
  });
  return { ...part, positions, normals: mapVectors(part.normals, turn) };
};

const mapVectors = (vectors: Float32Array, change: (vector: Vec3) => Vec3): Float32Array => {
  const changed = new Float32Array(vectors.length);
  for (let i = 0; i < vectors.length; i += 3) changed.set(change(vectorAt(vectors, i)), i);
  return changed;
};

/** The three floats that begin at `offset`. */
export const vectorAt = (vectors: Float32Array, offset: number): Vec3 => [
  vectors[offset] ?? 0,
  vectors[offset + 1] ?? 0,
  vectors[offset + 2] ?? 0,
];
