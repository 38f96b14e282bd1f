import { cross, dot, type Part, unit, type Vec3 } from './mesh.ts';
import { emptyVisibility, rasterise, type Visibility } from './rasterise.ts';

/** Light that reaches each corner of a mesh, 0–1 each: from the big lamp (with its soft shadow), and from all around. */
export interface BakedLight {
  readonly key: Float32Array;
  readonly sky: Float32Array;
}

/** Side of a shadow map in pixels; half a centimetre on a product of a metre. */
const MAP_SIDE = 192;
/** The lamp: up, to the left and in front; its radius in radians gives the softness of the shadows. */
const LAMP: Vec3 = unit([-0.75, 1.25, 0.75]);
const LAMP_RADIUS = 0.3;
/** Vogel's angle: points of a spiral at this step cover a disc evenly. */
const GOLDEN_ANGLE = Math.PI * (3 - Math.sqrt(5));

/**
 * The light on every corner, by looking at the product from many directions of lamp and sky: a corner that another
 * surface hides from a direction gets no light from there. Gives soft shadows and dark creases at the cost of some
 * fifty small depth maps.
 */
export const bakeLight = (occluders: readonly Part[], receivers: readonly Part[], samples: number): BakedLight[] => {
  const baked = receivers.map(({ positions }) => ({
    key: new Float32Array(positions.length / 3),
    sky: new Float32Array(positions.length / 3),
  }));
  const bounds = boundingSphere(occluders);
  for (const target of ['key', 'sky'] as const) {
    const directions = target === 'key' ? lampDirections(samples) : skyDirections(samples);
    // Cosine-weighted directions of an open sky sum to half their number; the lamp is normalised the same way.
    const share = target === 'key' ? 1 / samples : 2 / samples;
    for (const direction of directions) {
      const map = depthMap(occluders, bounds, direction);
      for (const [index, part] of receivers.entries()) {
        const light = baked[index];
        if (light !== undefined) addLight(light[target], part, map, share);
      }
    }
  }
  return baked;
};

const lampDirections = (count: number): Vec3[] => {
  const [right, up] = frame(LAMP);
  return Array.from({ length: count }, (_, i) => {
    const radius = LAMP_RADIUS * Math.sqrt((i + 0.5) / count);
    const [a, b] = [radius * Math.cos(i * GOLDEN_ANGLE), radius * Math.sin(i * GOLDEN_ANGLE)];
    return unit([
      LAMP[0] + a * right[0] + b * up[0],
      LAMP[1] + a * right[1] + b * up[1],
      LAMP[2] + a * right[2] + b * up[2],
    ]);
  });
};

const skyDirections = (count: number): Vec3[] =>
  Array.from({ length: count }, (_, i) => {
    const height = (i + 0.5) / count;
    const ring = Math.sqrt(1 - height * height);
    return [ring * Math.cos(i * GOLDEN_ANGLE), height, ring * Math.sin(i * GOLDEN_ANGLE)];
  });

/** Two unit vectors that span the plane across `direction`. */
const frame = (direction: Vec3): readonly [Vec3, Vec3] => {
  const right = unit(cross(Math.abs(direction[1]) > 0.99 ? [1, 0, 0] : [0, 1, 0], direction));
  return [right, cross(direction, right)];
};

interface Sphere {
  readonly centre: Vec3;
  readonly radius: number;
}

const boundingSphere = (parts: readonly Part[]): Sphere => {
  const low = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const high = low.map((value) => -value);
  for (const { positions } of parts) {
    for (const [i, value] of positions.entries()) {
      low[i % 3] = Math.min(low[i % 3] ?? 0, value);
      high[i % 3] = Math.max(high[i % 3] ?? 0, value);
    }
  }
  const middle = (axis: number): number => ((low[axis] ?? 0) + (high[axis] ?? 0)) / 2;
  const size = Math.hypot(...high.map((value, axis) => value - (low[axis] ?? 0)));
  return { centre: [middle(0), middle(1), middle(2)], radius: Math.max(size / 2, 1e-3) };
};

interface DepthMap {
  readonly view: Visibility;
  readonly direction: Vec3;
  /** Pixels to the right and down the map for each unit of space, and where the map's first pixel lies. */
  readonly right: Vec3;
  readonly up: Vec3;
  readonly origin: readonly [x: number, y: number];
  /** Lengths in space that keep a surface from shading itself. */
  readonly bias: number;
}

const depthMap = (parts: readonly Part[], { centre, radius }: Sphere, direction: Vec3): DepthMap => {
  const scale = (MAP_SIDE / 2 - 2) / radius;
  const [right, up] = frame(direction).map(([x, y, z]): Vec3 => [x * scale, y * scale, z * scale]);
  if (right === undefined || up === undefined) throw new Error('a frame has two vectors');
  const map: DepthMap = {
    view: emptyVisibility(MAP_SIDE, MAP_SIDE),
    direction,
    right,
    up,
    origin: [MAP_SIDE / 2 - dot(centre, right), MAP_SIDE / 2 - dot(centre, up)],
    // Two map pixels: less, and surfaces shade themselves in stripes; more, and shadows come off their objects.
    bias: (2 * radius * 2) / MAP_SIDE,
  };
  for (const { positions, triangles } of parts) {
    const count = positions.length / 3;
    const [xs, ys, nearness] = [new Float32Array(count), new Float32Array(count), new Float32Array(count)];
    for (let i = 0; i < count; i++) {
      const x = positions[i * 3] ?? 0;
      const y = positions[i * 3 + 1] ?? 0;
      const z = positions[i * 3 + 2] ?? 0;
      xs[i] = x * right[0] + y * right[1] + z * right[2] + map.origin[0];
      ys[i] = x * up[0] + y * up[1] + z * up[2] + map.origin[1];
      nearness[i] = x * direction[0] + y * direction[1] + z * direction[2];
    }
    rasterise({ xs, ys, nearness, triangles }, map.view, 1);
  }
  return map;
};

/** Written out without vectors: this runs some two million times a picture. */
const addLight = (light: Float32Array, { positions, normals }: Part, map: DepthMap, share: number): void => {
  const { right, up, direction, origin, bias } = map;
  for (let i = 0; i < light.length; i++) {
    const nx = normals[i * 3] ?? 0;
    const ny = normals[i * 3 + 1] ?? 0;
    const nz = normals[i * 3 + 2] ?? 0;
    const facing = nx * direction[0] + ny * direction[1] + nz * direction[2];
    if (facing <= 0) continue;
    const x = (positions[i * 3] ?? 0) + nx * bias;
    const y = (positions[i * 3 + 1] ?? 0) + ny * bias;
    const z = (positions[i * 3 + 2] ?? 0) + nz * bias;
    const open = visibleShare(
      map,
      x * right[0] + y * right[1] + z * right[2] + origin[0],
      x * up[0] + y * up[1] + z * up[2] + origin[1],
      x * direction[0] + y * direction[1] + z * direction[2] + bias * 0.5,
    );
    light[i] = (light[i] ?? 0) + share * facing * open;
  }
};

/** Percentage-closer filtering (Reeves 1987): the four nearest map pixels vote, weighted by distance. */
const visibleShare = ({ view: { nearest, width, height } }: DepthMap, x: number, y: number, depth: number): number => {
  const left = Math.floor(x - 0.5);
  const top = Math.floor(y - 0.5);
  if (left < 0 || top < 0 || left >= width - 1 || top >= height - 1) return 1;
  const fx = x - 0.5 - left;
  const fy = y - 0.5 - top;
  const at = top * width + left;
  const upperLeft = (nearest[at] ?? 0) > depth ? 0 : 1 - fx;
  const upperRight = (nearest[at + 1] ?? 0) > depth ? 0 : fx;
  const lowerLeft = (nearest[at + width] ?? 0) > depth ? 0 : 1 - fx;
  const lowerRight = (nearest[at + width + 1] ?? 0) > depth ? 0 : fx;
  return (upperLeft + upperRight) * (1 - fy) + (lowerLeft + lowerRight) * fy;
};
