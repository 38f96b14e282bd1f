/** DC scans of progressive files (T.81 G.1.2.1, G.1.2.1.1). */
import { type BlockStore, requireDcRange } from './block-store.ts';
import type { Frame } from './frame.ts';
import { bitAt, differenceAt, differenceTable, LOOK, type SymbolTable, symbolTable } from './huffman-table.ts';
import { damaged } from './jpeg-fault.ts';
import { type McuDecoder, type McuLayout, mcuLayout, requireEnd, requireSpec, type Scan, seekMcu } from './scans.ts';

/** The first scan of DC: differences without their lowest bits. */
export class DcFirst implements McuDecoder {
  readonly #bits: DataView;
  readonly #dc: Int16Array;
  readonly #layout: McuLayout;
  readonly #low: number;
  /** Of each component, the table and the looks into it. */
  readonly #tables: readonly { readonly symbols: SymbolTable; readonly differences: Int32Array }[];
  readonly #predictions = new Int32Array(4);
  readonly #next: Int32Array;
  #bit = 0;
  #to = 0;

  constructor(frame: Frame, scan: Scan, bits: DataView, { dc }: BlockStore) {
    this.#bits = bits;
    this.#dc = dc;
    this.#layout = mcuLayout(frame, scan.components);
    this.#low = scan.low;
    this.#tables = scan.dc.map((spec) => {
      const symbols = symbolTable(requireSpec(spec));
      return { symbols, differences: differenceTable(symbols, LOOK) };
    });
    this.#next = new Int32Array(this.#layout.first.length);
  }

  begin(from: number, to: number): void {
    this.#bit = from * 8;
    this.#to = to;
    this.#predictions.fill(0);
  }

  end(): void {
    requireEnd(this.#bit, this.#to);
  }

  decode(row: number, column: number, count: number): void {
    const [bits, dc, low, predictions, limit] = [this.#bits, this.#dc, this.#low, this.#predictions, this.#to * 8];
    const { component, across } = this.#layout;
    const next = seekMcu(this.#layout, row, column, this.#next);
    let [bit, seen] = [this.#bit, 0];
    for (let mcu = 0; mcu < count; mcu += 1) {
      for (let part = 0; part < next.length; part += 1) {
        const block = next[part] ?? 0;
        next[part] = block + (across[part] ?? 0);
        const of = component[part] ?? 0;
        const table = this.#tables[of];
        if (table === undefined) continue;
        const window = bits.getInt32(bit >> 3) << (bit & 7);
        const found = table.differences[window >>> (32 - LOOK)] || differenceAt(table.symbols, bits, bit);
        bit += found & 255;
        const value = (predictions[of] ?? 0) + (found >> 8);
        predictions[of] = value;
        dc[block] = value << low;
        seen |= (value << low) + 1024;
      }
      if (bit > limit) throw damaged('its picture data end early');
    }
    requireDcRange(seen);
    this.#bit = bit;
  }
}

/** A later scan of DC: one more bit of each. */
export class DcRefine implements McuDecoder {
  readonly #bits: DataView;
  readonly #dc: Int16Array;
  readonly #layout: McuLayout;
  readonly #low: number;
  readonly #next: Int32Array;
  #bit = 0;
  #to = 0;

  constructor(frame: Frame, scan: Scan, bits: DataView, { dc }: BlockStore) {
    this.#bits = bits;
    this.#dc = dc;
    this.#layout = mcuLayout(frame, scan.components);
    this.#low = scan.low;
    this.#next = new Int32Array(this.#layout.first.length);
  }

  begin(from: number, to: number): void {
    this.#bit = from * 8;
    this.#to = to;
  }

  end(): void {
    requireEnd(this.#bit, this.#to);
  }

  decode(row: number, column: number, count: number): void {
    const [bits, dc, low] = [this.#bits, this.#dc, this.#low];
    const { across } = this.#layout;
    const next = seekMcu(this.#layout, row, column, this.#next);
    let bit = this.#bit;
    if (bit + count * next.length > this.#to * 8) throw damaged('its picture data end early');
    for (let mcu = 0; mcu < count; mcu += 1) {
      for (let part = 0; part < next.length; part += 1, bit += 1) {
        const block = next[part] ?? 0;
        next[part] = block + (across[part] ?? 0);
        dc[block] = (dc[block] ?? 0) | (bitAt(bits, bit) << low);
      }
    }
    this.#bit = bit;
  }
}
