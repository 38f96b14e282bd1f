import { BAND_ROWS, clearRows } from './bands.ts';
import { halveBand, makeReceptors, type Receptors, stimulate } from './receptors.ts';
import type { RgbPixels } from './rgb-pixels.ts';
import { toLightness, toXyb, type XybBand } from './xyb.ts';

/** Room for pictures of one size at all their scales. Only the smaller ones are held as a whole. */
export class XybPyramid {
  readonly #planes: readonly Receptors[];
  readonly #sizes: readonly { readonly width: number; readonly height: number }[];

  constructor(sizes: readonly { readonly width: number; readonly height: number }[]) {
    this.#sizes = sizes;
    this.#planes = sizes.map(({ width, height }, scale) => makeReceptors(width, scale === 0 ? BAND_ROWS : height));
  }

  /**
   * Makes one band; all bands of a scale must be made before those of the next.
   *
   * @param colours whether `x` and `b` are wanted too
   */
  band(pixels: RgbPixels, scale: number, band: number, to: XybBand, colours: boolean): void {
    const from = this.#planes[scale];
    const size = this.#sizes[scale];
    if (from === undefined || size === undefined) return;
    const length = size.width * BAND_ROWS;
    if (scale === 0) stimulate(pixels, band, from);
    const at = scale === 0 ? 0 : band * length;
    const rows = Math.min(BAND_ROWS, size.height - band * BAND_ROWS);
    const half = this.#planes[scale + 1];
    if (half !== undefined) halveBand(from, at, half, band, size.width, rows);
    if (colours) toXyb(from, at, length, to);
    else toLightness(from, at, length, to.y);
    if (rows < BAND_ROWS) for (const plane of [to.x, to.y, to.b]) clearRows(plane, rows, length);
  }
}
