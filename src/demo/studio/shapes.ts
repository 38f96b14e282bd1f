import type { Material } from './materials.ts';
import { cross, type Part, subtract, surface, unit, type Vec3 } from './mesh.ts';

/** A curve by its points, written as in SVG: `0,0 0.3,0 0.36,0.01`; or the points themselves. */
export type Curve = string | readonly (readonly number[])[];

const pointsOf = (curve: Curve): readonly (readonly number[])[] =>
  typeof curve === 'string' ? curve.split(' ').map((point) => point.split(',').map(Number)) : curve;

/** A Catmull–Rom curve through the points, at t in 0–1; two points close together make a crisp edge. */
const through = (points: readonly (readonly number[])[], t: number, axis: number): number => {
  const last = points.length - 1;
  const place = Math.min(last - 1e-9, Math.max(0, t * last));
  const index = Math.floor(place);
  const f = place - index;
  const value = (i: number): number => points[Math.min(last, Math.max(0, i))]?.[axis] ?? 0;
  const [a, b, c, d] = [value(index - 1), value(index), value(index + 1), value(index + 2)];
  return b + 0.5 * f * (c - a + f * (2 * a - 5 * b + 4 * c - d + f * (3 * (b - c) + d - a)));
};

/** What {@link lathe} may do beyond turning: ribs that follow the angle. */
export interface LatheOptions {
  /** Factor on the radius at an angle (radians) and height share, for ribs and folds. */
  readonly swell?: (angle: number, v: number) => number;
  readonly columns?: number;
}

/** A turned body: the profile (radius, height) from the outside bottom up, over the rim and down the inside. */
export const lathe = (profile: Curve, material: Material, options: LatheOptions = {}): Part => {
  const points = pointsOf(profile);
  return surface({
    columns: options.columns ?? 72,
    rows: points.length * 4,
    material,
    at: (u, v) => {
      // Begins at the back, where the ends of the texture meet.
      const angle = u * 2 * Math.PI - Math.PI / 2;
      const radius = Math.max(0, through(points, v, 0)) * (options.swell?.(angle, v) ?? 1);
      return [radius * Math.cos(angle), through(points, v, 1), radius * Math.sin(angle)];
    },
  });
};

/** A bent rod through the points; the radius may change from start to end. `aside` must not run along the rod. */
export const tube = (
  path: Curve,
  radius: number | ((t: number) => number),
  material: Material,
  aside: Vec3 = [0, 0, 1],
): Part => {
  const points = pointsOf(path);
  const centre = (t: number): Vec3 => [through(points, t, 0), through(points, t, 1), through(points, t, 2)];
  return surface({
    columns: 16,
    rows: points.length * 6,
    material,
    at: (u, v) => {
      const middle = centre(v);
      const near = Math.min(0.999, Math.max(0.001, v));
      const along = unit(subtract(centre(near + 0.001), centre(near - 0.001)));
      const normal = unit(cross(aside, along));
      const binormal = cross(along, normal);
      const thickness = typeof radius === 'number' ? radius : radius(v);
      const a = Math.cos(u * 2 * Math.PI) * thickness;
      const b = -Math.sin(u * 2 * Math.PI) * thickness;
      return [
        middle[0] + a * normal[0] + b * binormal[0],
        middle[1] + a * normal[1] + b * binormal[1],
        middle[2] + a * normal[2] + b * binormal[2],
      ];
    },
  });
};

/** A box with rounded edges standing on the ground: a sphere of the edge's radius pulled apart to the box's size. */
export const roundedBox = ([width, height, depth]: Vec3, edge: number, material: Material): Part => {
  const inner: Vec3 = [width / 2 - edge, height / 2 - edge, depth / 2 - edge];
  // Spread the jump between faces over a few rows instead of one, or faces would be single long triangles.
  const pull = (x: number): number => Math.max(-1, Math.min(1, x * 2.2));
  return surface({
    columns: 64,
    rows: 40,
    material,
    at: (u, v) => {
      const angle = u * 2 * Math.PI;
      const rise = (v - 0.5) * Math.PI;
      const x = Math.cos(rise) * Math.cos(angle);
      const y = Math.sin(rise);
      const z = Math.cos(rise) * Math.sin(angle);
      return [pull(x) * inner[0] + edge * x, pull(y) * inner[1] + edge * y + height / 2, pull(z) * inner[2] + edge * z];
    },
    uv: (_u, _v, [x, y, z]) => [x, y + z],
  });
};

/** A ball; `squash` flattens it. */
export const ball = (radius: number, material: Material, squash = 1): Part =>
  surface({
    columns: 48,
    rows: 30,
    material,
    at: (u, v) => {
      const rise = (v - 0.5) * Math.PI;
      const ring = Math.cos(rise) * radius;
      return [ring * Math.cos(u * 2 * Math.PI), Math.sin(rise) * radius * squash, ring * Math.sin(u * 2 * Math.PI)];
    },
  });

/** One leaf growing from the origin: out along x by `length`, rising by `rise`, then bending down by `droop`. */
export const leaf = (size: { length: number; width: number; rise: number; droop: number }, material: Material): Part =>
  surface({
    columns: 10,
    rows: 28,
    material,
    sheet: true,
    at: (u, v) => {
      const side = (u - 0.5) * 2;
      const half = size.width * Math.sin(Math.PI * Math.min(1, v) ** 0.75) ** 0.8;
      const crease = Math.abs(side) * half * 0.35;
      return [v * size.length, size.rise * v - size.droop * v * v * v + crease, side * half];
    },
  });
