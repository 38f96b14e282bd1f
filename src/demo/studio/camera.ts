import { cross, dot, type Part, subtract, unit, type Vec3, vectorAt } from './mesh.ts';

/** A pinhole camera; see {@link aimCamera}. */
export interface Camera {
  readonly eye: Vec3;
  /** Where a point falls on the picture, in pixels, and its nearness (one over its distance along the view). */
  readonly project: (point: Vec3) => Vec3;
}

/** How a product is looked at. */
export interface CameraPlan {
  /** Radians above the horizon. */
  readonly elevation: number;
  /** Share of the picture the product fills, 0–1; above 1 is a close-up. */
  readonly fill: number;
  readonly width: number;
  readonly height: number;
}

/** Distance from the product; far enough for the calm perspective of product photographs (a long lens). */
const DISTANCE = 7;

/** A camera that looks at the middle of the product and shows it as large as planned. */
export const aimCamera = (parts: readonly Part[], { elevation, fill, width, height }: CameraPlan): Camera => {
  const away: Vec3 = [0, Math.sin(elevation), Math.cos(elevation)];
  const right: Vec3 = [1, 0, 0];
  const up = cross(away, right);
  const box = extent(parts, right, up, away);
  const middle = (axis: readonly [number, number]): number => (axis[0] + axis[1]) / 2;
  const centre = [right, up, away].reduce<Vec3>(
    (sum, axis, i) => {
      const length = middle(box[i] ?? [0, 0]);
      return [sum[0] + axis[0] * length, sum[1] + axis[1] * length, sum[2] + axis[2] * length];
    },
    [0, 0, 0],
  );
  const eye: Vec3 = [centre[0], centre[1] + away[1] * DISTANCE, centre[2] + away[2] * DISTANCE];
  const span = (axis: readonly [number, number]): number => Math.max(0.1, axis[1] - axis[0]);
  const pixels = fill * Math.min(width / span(box[0]), height / span(box[1]));
  const project = (point: Vec3): Vec3 => {
    const offset = subtract(point, eye);
    const near = 1 / Math.max(0.1, -dot(offset, away));
    const scale = pixels * DISTANCE * near;
    return [width / 2 + dot(offset, right) * scale, height / 2 - dot(offset, up) * scale, near];
  };
  return { eye, project };
};

type Range = readonly [low: number, high: number];

const extent = (parts: readonly Part[], ...axes: readonly [Vec3, Vec3, Vec3]): readonly [Range, Range, Range] => {
  const range = (axis: Vec3): Range => {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const { positions } of parts) {
      for (let i = 0; i < positions.length; i += 3) {
        const at = dot(vectorAt(positions, i), axis);
        low = Math.min(low, at);
        high = Math.max(high, at);
      }
    }
    return [low, high];
  };
  return [range(unit(axes[0])), range(unit(axes[1])), range(unit(axes[2]))];
};
