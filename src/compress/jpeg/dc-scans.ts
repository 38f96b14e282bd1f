/** DC scans of progressive files (T.81 G.1.2.1, G.1.2.1.1). */
import type { BlockStore } from './block-store.ts';
import type { Frame } from './frame.ts';
import { symbolTable } from './huffman-table.ts';
import { McuParts } from './mcu-parts.ts';
import type { Memory } from './memory.ts';
import { scanFault } from './scan-faults.ts';
import { type McuDecoder, mcuLayout, requireEnd, requireSpec, type Scan } from './scans.ts';

/** The first scan of DC has differences without their lowest bits; a later one, one more bit of each. */
export class DcScan implements McuDecoder {
  readonly #scan: Scan;
  readonly #bits: DataView;
  readonly #store: BlockStore;
  readonly #memory: Memory;
  readonly #parts: McuParts;
  /** The place in bits, one that is not used, and the predictions of four components. */
  readonly #state: Int32Array;
  #to = 0;

  constructor(frame: Frame, scan: Scan, bits: DataView, store: BlockStore, memory: Memory) {
    this.#scan = scan;
    this.#bits = bits;
    this.#store = store;
    this.#memory = memory;
    const { kernel } = memory;
    const tables = (scan.before === 0 ? scan.dc : []).map((spec, at) => {
      const table = symbolTable(requireSpec(spec), memory, `dc table ${at}`);
      kernel.fillDifferences(table, kernel.LOOK.value);
      return table;
    });
    this.#parts = new McuParts(mcuLayout(frame, scan.components), memory, tables);
    this.#state = memory.int32('scan state', 6);
  }

  begin(from: number, to: number): void {
    this.#state.fill(0)[0] = from * 8;
    this.#to = to;
  }

  end(): void {
    requireEnd(this.#state[0] ?? 0, this.#to);
  }

  decode(row: number, column: number, count: number): void {
    const { kernel } = this.#memory;
    const decode = this.#scan.before === 0 ? kernel.decodeDcFirst : kernel.decodeDcRefine;
    const fault = decode(
      count,
      this.#state.byteOffset,
      this.#parts.seek(row, column),
      this.#parts.count,
      this.#bits.byteOffset,
      this.#to * 8,
      this.#store.dc.byteOffset,
      this.#scan.low,
    );
    if (fault < 0) throw scanFault(fault);
  }
}
