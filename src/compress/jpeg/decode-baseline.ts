/** Sequential scans: T.81 F.2, Huffman coding with 8-bit samples, baseline and extended. */
import type { BlockStore } from './block-store.ts';
import type { Frame } from './frame.ts';
import { lookTables } from './huffman-table.ts';
import { damaged } from './jpeg-fault.ts';
import { McuParts } from './mcu-parts.ts';
import type { Memory } from './memory.ts';
import { scanFault } from './scan-faults.ts';
import { type McuDecoder, mcuLayout, requireEnd, type Scan, walkScan } from './scans.ts';

/** A look writes four coefficients whether there are so many or not. */
const MOST_ENTRIES_IN_BLOCK = 62 + 4;

/** Below this many bytes a small table, quickly made, is faster than a large one: 0.40 ms against 0.50 for 31 kB. */
const SMALL_SCAN = 40_000;
const SMALL_LOOK = 9;

/**
 * Decodes the scans of a sequential file into `store`.
 * @throws JpegFault
 */
export const decodeBaseline = (
  frame: Frame,
  scans: readonly Scan[],
  bits: DataView,
  store: BlockStore,
  memory: Memory,
): void => {
  const seen = new Set<number>();
  for (const { components, first, last, before, low } of scans) {
    if (first !== 0 || last !== 63 || before !== 0 || low !== 0) throw damaged('a scan has impossible parameters');
    for (const place of components) {
      if (seen.has(place)) throw damaged('a component is sent twice');
      seen.add(place);
    }
  }
  for (const scan of scans) {
    walkScan(scan, new BaselineDecoder(frame, scan, bits, store, memory));
    const [only, ...others] = scan.components;
    const component = others.length === 0 && only !== undefined ? frame.components[only] : undefined;
    if (component !== undefined) store.pad(component);
  }
};

class BaselineDecoder implements McuDecoder {
  readonly #bits: DataView;
  readonly #store: BlockStore;
  readonly #memory: Memory;
  readonly #look: number;
  readonly #parts: McuParts;
  /** The place in bits, how many entries there are, and the predictions of four components. */
  readonly #state: Int32Array;
  #to = 0;

  constructor(frame: Frame, scan: Scan, bits: DataView, store: BlockStore, memory: Memory) {
    this.#bits = bits;
    this.#store = store;
    this.#memory = memory;
    const size = (scan.bounds.at(-1) ?? 0) - (scan.bounds[0] ?? 0);
    this.#look = size < SMALL_SCAN ? SMALL_LOOK : memory.kernel.LOOK.value;
    const dc = lookTables('dc', scan.dc, memory, this.#look);
    const ac = lookTables('ac', scan.ac, memory, this.#look);
    this.#parts = new McuParts(mcuLayout(frame, scan.components), memory, dc, ac);
    this.#state = memory.int32('scan state', 6);
  }

  begin(from: number, to: number): void {
    this.#state.set([from * 8, this.#store.list.length, 0, 0, 0, 0]);
    this.#to = to;
  }

  end(): void {
    requireEnd(this.#state[0] ?? 0, this.#to);
  }

  decode(row: number, column: number, count: number): void {
    const { list, dc, starts, counts } = this.#store;
    const parts = this.#parts.seek(row, column);
    const spare = this.#parts.count * MOST_ENTRIES_IN_BLOCK;
    for (let left = count; left > 0; ) {
      const entries = list.reserve(list.length, spare);
      left = this.#memory.kernel.decodeMcus(
        left,
        this.#state.byteOffset,
        parts,
        this.#parts.count,
        this.#look,
        this.#bits.byteOffset,
        this.#to * 8,
        dc.byteOffset,
        starts.byteOffset,
        counts.byteOffset,
        entries.byteOffset,
        entries.length - spare,
      );
      if (left < 0) throw scanFault(left);
      list.length = this.#state[1] ?? 0;
    }
  }
}
