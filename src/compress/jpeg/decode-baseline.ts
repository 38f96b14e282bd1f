/** Sequential scans: T.81 F.2, Huffman coding with 8-bit samples, baseline and extended. */
import { type BlockStore, requireDcRange } from './block-store.ts';
import type { Frame } from './frame.ts';
import {
  coefficientTable,
  differenceTable,
  END_OF_BLOCK,
  extend,
  LOOK,
  MAX_AC_SIZE,
  MAX_DC_SIZE,
  noSuchCode,
  symbolAt,
  windowAt,
} from './huffman-table.ts';
import { damaged } from './jpeg-fault.ts';
import { type LookTables, lookTables } from './look-tables.ts';
import { type McuDecoder, type McuLayout, mcuLayout, requireEnd, type Scan, seekMcu, walkScan } from './scans.ts';

/** A look writes three coefficients whether there are so many or not. */
const MOST_ENTRIES_IN_BLOCK = 63 + 3;

/** An index no look leads to: the block is then decoded with care. */
const NEEDS_CARE = 64;

/** Below this many bytes a small table, quickly made, is faster than a large one: 0.64 ms against 0.77 for 39 kB. */
const SMALL_SCAN = 40_000;
const SMALL_LOOK = 9;

/**
 * Decodes the scans of a sequential file into `store`.
 * @throws JpegFault
 */
export const decodeBaseline = (frame: Frame, scans: readonly Scan[], bits: DataView, store: BlockStore): void => {
  const seen = new Set<number>();
  for (const { components, first, last, before, low } of scans) {
    if (first !== 0 || last !== 63 || before !== 0 || low !== 0) throw damaged('a scan has impossible parameters');
    for (const place of components) {
      if (seen.has(place)) throw damaged('a component is sent twice');
      seen.add(place);
    }
  }
  for (const scan of scans) {
    walkScan(scan, new BaselineDecoder(frame, scan, bits, store));
    const [only, ...others] = scan.components;
    const component = others.length === 0 && only !== undefined ? frame.components[only] : undefined;
    if (component !== undefined) store.pad(component);
  }
};

class BaselineDecoder implements McuDecoder {
  readonly #bits: DataView;
  readonly #store: BlockStore;
  readonly #layout: McuLayout;
  readonly #dc: LookTables;
  readonly #ac: LookTables;
  readonly #look: number;
  readonly #predictions = new Int32Array(4);
  /** The block each part of the MCU comes to next. */
  readonly #next: Int32Array;
  /** The part of the MCU that comes next. */
  #part = 0;
  /** The part before has only its DC so far. */
  #isHalfDone = false;
  #bit = 0;
  #to = 0;

  constructor(frame: Frame, scan: Scan, bits: DataView, store: BlockStore) {
    this.#bits = bits;
    this.#store = store;
    this.#layout = mcuLayout(frame, scan.components);
    this.#next = new Int32Array(this.#layout.first.length);
    const size = (scan.bounds.at(-1) ?? 0) - (scan.bounds[0] ?? 0);
    const look = size < SMALL_SCAN ? SMALL_LOOK : LOOK;
    this.#look = look;
    this.#dc = lookTables(scan.dc, (table) => differenceTable(table, look));
    this.#ac = lookTables(scan.ac, (table) => coefficientTable(table, look));
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
    const { list } = this.#store;
    seekMcu(this.#layout, row, column, this.#next);
    this.#part = 0;
    for (let left = count; left > 0; ) {
      list.reserve(list.length, this.#next.length * MOST_ENTRIES_IN_BLOCK);
      left = this.#decodeMcus(left);
      if (this.#isHalfDone) this.#finishBlock();
    }
  }

  /**
   * The loop in which the time goes. It has no calls: with any, even rare, its values live in memory and not in
   * registers, which costs a third of the speed. So it stops for what is rare, and returns how many MCUs are left. A
   * window begins at the place `bit` and has at least 25 bits of data: two looks.
   */
  // biome-ignore lint/complexity/noExcessiveLinesPerFunction: see above
  #decodeMcus(count: number): number {
    const [bits, predictions, next, limit] = [this.#bits, this.#predictions, this.#next, this.#to * 8];
    const { dc, starts, counts, list } = this.#store;
    const { component, across } = this.#layout;
    const { looks: differences, lookAt: dcAt, symbols: dcSymbols, shortAt: dcShortAt, longAt: dcLongAt } = this.#dc;
    const { looks: coefficients, lookAt: acAt, symbols: acSymbols, shortAt: acShortAt, longAt: acLongAt } = this.#ac;
    const shift = 32 - this.#look;
    const { entries } = list;
    const room = entries.length - next.length * MOST_ENTRIES_IN_BLOCK;
    let [bit, length, part, left, seen, isHalfDone] = [this.#bit, list.length, this.#part, count, 0, false];
    mcus: for (; left > 0 && length <= room; left -= 1) {
      for (; part < next.length; part += 1) {
        const block = next[part] ?? 0;
        next[part] = block + (across[part] ?? 0);
        const of = component[part] ?? 0;
        let window = windowAt(bits, bit);
        let found = differences[(dcAt[of] ?? 0) + (window >>> shift)] ?? 0;
        if (found === 0) {
          found = dcSymbols[(dcShortAt[of] ?? 0) + (window >>> (32 - LOOK))] ?? 0;
          if (found === 0) found = dcSymbols[(dcLongAt[of] ?? 0) + (window >>> 16)] ?? 0;
          const size = found & 255;
          if (found === 0 || size > MAX_DC_SIZE) throw noSuchCode();
          bit += found >> 8;
          // In two steps, as a shift by 32 is none.
          const value = (windowAt(bits, bit) >>> 1) >>> (31 - size);
          found = ((value < (1 << size) >> 1 ? value + 1 - (1 << size) : value) << 8) | size;
        }
        bit += found & 255;
        const value = (predictions[of] ?? 0) + (found >> 8);
        predictions[of] = value;
        dc[block] = value;
        seen |= value + 1024;
        const start = length;
        const startBit = bit;
        const lookAt = acAt[of] ?? 0;
        let index = 0;
        while (index < 63) {
          window = windowAt(bits, bit);
          let at = lookAt + ((window >>> shift) << 2);
          found = coefficients[at] ?? 0;
          if (found === 0) {
            found = acSymbols[(acShortAt[of] ?? 0) + (window >>> (32 - LOOK))] ?? 0;
            if (found === 0) found = acSymbols[(acLongAt[of] ?? 0) + (window >>> 16)] ?? 0;
            const size = found & 15;
            if (size === 0 || size > MAX_AC_SIZE) {
              index = NEEDS_CARE;
              break;
            }
            bit += found >> 8;
            index += ((found >> 4) & 15) + 1;
            const value = windowAt(bits, bit) >>> (32 - size);
            entries[length] = ((value < 1 << (size - 1) ? value + 1 - (1 << size) : value) << 6) + index;
            length += 1;
            bit += size;
            continue;
          }
          entries[length] = (coefficients[at + 1] ?? 0) + index;
          entries[length + 1] = (coefficients[at + 2] ?? 0) + index;
          entries[length + 2] = (coefficients[at + 3] ?? 0) + index;
          length += found >> 16;
          index += (found >> 8) & 255;
          bit += found & 255;
          if (index >= 63) break;
          at = lookAt + (((window << (found & 255)) >>> shift) << 2);
          found = coefficients[at] ?? 0;
          entries[length] = (coefficients[at + 1] ?? 0) + index;
          entries[length + 1] = (coefficients[at + 2] ?? 0) + index;
          entries[length + 2] = (coefficients[at + 3] ?? 0) + index;
          length += found >> 16;
          index += (found >> 8) & 255;
          bit += found & 255;
        }
        starts[block] = start;
        counts[block] = length - start;
        if (index !== 63 && (index < END_OF_BLOCK || index > END_OF_BLOCK + 62)) {
          isHalfDone = true;
          bit = startBit;
          length = start;
          part += 1;
          break mcus;
        }
      }
      part = 0;
      if (bit > limit) throw damaged('its picture data end early');
    }
    requireDcRange(seen);
    this.#bit = bit;
    this.#part = part;
    this.#isHalfDone = isHalfDone;
    list.length = length;
    return left;
  }

  /**
   * Decodes the AC of a block symbol by symbol: for what is rare, and because a look can go over the end of a block whose
   * last coefficient is not zero, for then no end is sent.
   */
  #finishBlock(): void {
    const { list, counts } = this.#store;
    const part = this.#part - 1;
    const start = list.length;
    let index = 0;
    while (index < 63) {
      const found = this.#coefficient(this.#layout.component[part] ?? 0, index);
      index += (found >> 8) & 255;
      this.#bit += found & 255;
      list.length += found >> 16;
    }
    if (index > 63 && index < END_OF_BLOCK) throw damaged('a block has too many coefficients');
    counts[(this.#next[part] ?? 0) - (this.#layout.across[part] ?? 0)] = list.length - start;
    this.#isHalfDone = false;
  }

  /** One AC symbol, whatever it is: writes its coefficient, and returns what a look returns. */
  #coefficient(of: number, index: number): number {
    const table = this.#ac.tables[of];
    if (table === undefined) throw new RangeError(`no table ${of}`);
    const { list } = this.#store;
    const entry = symbolAt(table, windowAt(this.#bits, this.#bit));
    const codeLength = entry >> 8;
    const run = (entry >> 4) & 15;
    const size = entry & 15;
    if (size === 0) {
      if (run === 0) return (END_OF_BLOCK << 8) | codeLength;
      if (run === 15) return (16 << 8) | codeLength;
      throw damaged('its data have a code without meaning');
    }
    const place = index + run + 1;
    if (size > MAX_AC_SIZE || place > 63) throw damaged('a coefficient is out of range');
    const value = extend(windowAt(this.#bits, this.#bit + codeLength) >>> (32 - size), size);
    list.entries[list.length] = value * 64 + place;
    return (1 << 16) | ((run + 1) << 8) | (codeLength + size);
  }
}
