/** Triangles on a pixel grid: screen places, nearness (bigger is nearer, linear on the screen) and corner numbers. */
export interface ScreenMesh {
  readonly xs: Float32Array;
  readonly ys: Float32Array;
  readonly nearness: Float32Array;
  readonly triangles: Uint32Array;
}

/** What is seen at every pixel: how near it is, and which triangle (its number plus `firstId`; 0 where none). */
export interface Visibility {
  readonly width: number;
  readonly height: number;
  readonly nearest: Float32Array;
  readonly ids: Uint32Array;
}

export const emptyVisibility = (width: number, height: number): Visibility => ({
  width,
  height,
  nearest: new Float32Array(width * height).fill(Number.NEGATIVE_INFINITY),
  ids: new Uint32Array(width * height),
});

/**
 * Draws a mesh into the visibility buffer with edge functions (Pineda 1988); triangles outside the grid are cut off.
 * Plain numbers throughout: this loop sees a million triangles a picture.
 */
export const rasterise = (mesh: ScreenMesh, view: Visibility, firstId: number): void => {
  const { xs, ys, nearness, triangles } = mesh;
  for (let t = 0; t < triangles.length; t += 3) {
    const a = triangles[t] ?? 0;
    const b = triangles[t + 1] ?? 0;
    const c = triangles[t + 2] ?? 0;
    const ax = xs[a] ?? 0;
    const ay = ys[a] ?? 0;
    const near = nearness[a] ?? 0;
    drawTriangle(
      view,
      firstId + t / 3,
      ax,
      ay,
      (xs[b] ?? 0) - ax,
      (ys[b] ?? 0) - ay,
      (xs[c] ?? 0) - ax,
      (ys[c] ?? 0) - ay,
      near,
      (nearness[b] ?? 0) - near,
      (nearness[c] ?? 0) - near,
    );
  }
};

/** The corner a, and the corners b and c as seen from it. */
const drawTriangle = (
  { width, height, nearest, ids }: Visibility,
  id: number,
  ax: number,
  ay: number,
  bx: number,
  by: number,
  cx: number,
  cy: number,
  nearA: number,
  nearB: number,
  nearC: number,
): void => {
  const area = bx * cy - by * cx;
  if (area === 0) return;
  const left = Math.max(0, Math.ceil(ax + Math.min(0, bx, cx) - 0.5));
  const right = Math.min(width - 1, Math.floor(ax + Math.max(0, bx, cx) - 0.5));
  const top = Math.max(0, Math.ceil(ay + Math.min(0, by, cy) - 0.5));
  const bottom = Math.min(height - 1, Math.floor(ay + Math.max(0, by, cy) - 0.5));
  // Shares of the corners b and c at a pixel change by these steps from one pixel to the next.
  const stepB = cy / area;
  const stepC = -by / area;
  for (let y = top; y <= bottom; y++) {
    const dx = left + 0.5 - ax;
    const dy = y + 0.5 - ay;
    let shareB = (dx * cy - dy * cx) / area;
    let shareC = (dy * bx - dx * by) / area;
    for (let x = left, at = y * width + left; x <= right; x++, at++) {
      if (shareB >= 0 && shareC >= 0 && shareB + shareC <= 1) {
        const near = nearA + shareB * nearB + shareC * nearC;
        if (near > (nearest[at] ?? 0)) {
          nearest[at] = near;
          ids[at] = id;
        }
      }
      shareB += stepB;
      shareC += stepC;
    }
  }
};
