import type { Plane } from './coefficients.ts';
import type { EntryList } from './entry-list.ts';
import type { Component, Frame } from './frame.ts';
import type { Memory } from './memory.ts';

/** The blocks of all components, one component after the other; see `Plane`. */
export class BlockStore {
  readonly dc: Int16Array;
  readonly starts: Uint32Array;
  readonly counts: Uint8Array;
  readonly list: EntryList;

  constructor({ blocks }: Frame, list: EntryList, memory: Memory) {
    this.dc = memory.int16('dc', blocks).fill(0);
    this.starts = memory.uint32('starts', blocks).fill(0);
    this.counts = memory.uint8('counts', blocks).fill(0);
    this.list = list;
  }

  /**
   * Gives the padding of a component that was sent alone, so without padding, the DC of the nearest block: that costs
   * the fewest bits in an interleaved scan.
   */
  pad({ firstBlock, blocksWide, blocksHigh, stride, lines }: Component): void {
    const { dc } = this;
    for (let line = 0; line < blocksHigh; line += 1) {
      const start = firstBlock + line * stride;
      dc.fill(dc[start + blocksWide - 1] ?? 0, start + blocksWide, start + stride);
    }
    for (let line = blocksHigh; line < lines; line += 1) {
      const start = firstBlock + line * stride;
      dc.copyWithin(start, start - stride, start);
    }
  }

  plane({ id, h, v, blocksWide, blocksHigh, stride, lines, firstBlock }: Component, steps: Uint16Array): Plane {
    const end = firstBlock + stride * lines;
    return {
      id,
      h,
      v,
      blocksWide,
      blocksHigh,
      stride,
      lines,
      steps,
      dc: this.dc.subarray(firstBlock, end),
      starts: this.starts.subarray(firstBlock, end),
      counts: this.counts.subarray(firstBlock, end),
    };
  }
}
