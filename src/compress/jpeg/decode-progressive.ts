/** Progressive scans: T.81 G.1 and G.2, Huffman coding. */
import { AcScan } from './ac-scans.ts';
import { Band } from './band.ts';
import type { BlockStore } from './block-store.ts';
import { DcScan } from './dc-scans.ts';
import type { Frame } from './frame.ts';
import { damaged, unsupported } from './jpeg-fault.ts';
import type { Memory } from './memory.ts';
import { type Scan, walkScan } from './scans.ts';

/**
 * Decodes the scans of a progressive file into `store`. Those of DC go there at once. Those of AC are decoded one
 * component after the other, so that only one needs its coefficients side by side in memory.
 * @throws JpegFault
 */
export const decodeProgressive = (
  frame: Frame,
  scans: readonly Scan[],
  bits: DataView,
  store: BlockStore,
  memory: Memory,
): void => {
  requireProgression(frame, scans);
  for (const scan of scans.filter(({ first }) => first === 0)) {
    walkScan(scan, new DcScan(frame, scan, bits, store, memory));
  }
  const band = new Band(frame, memory);
  for (const [place, component] of frame.components.entries()) {
    const own = scans.filter(({ components }) => components.includes(place));
    // Each scan that was not interleaved left out the padding.
    if (own.every(({ components }) => components.length === 1)) store.pad(component);
    band.clear(component);
    for (const scan of own.filter(({ first }) => first > 0)) {
      walkScan(scan, new AcScan(component, scan, bits, band, memory));
    }
    band.gather(component, store);
  }
  band.release();
};

const MOST_LOW_BIT = 13;
const UNSENT = -1;

/**
 * Checks the parameters of the scans (T.81 G.1.1.1): each coefficient is sent once, then refined bit by bit, DC first.
 * @throws JpegFault `damaged`; `unsupported` when coefficients or their last bits are never sent
 */
const requireProgression = ({ components }: Frame, scans: readonly Scan[]): void => {
  /** Of each coefficient the lowest bit that was sent. */
  const sent = components.map(() => new Int8Array(64).fill(UNSENT));
  for (const scan of scans) {
    const { first, last, before, low } = scan;
    const isBand = first === 0 ? last === 0 : first <= last && last <= 63 && scan.components.length === 1;
    if (!isBand || low > MOST_LOW_BIT || (before !== 0 && before !== low + 1)) {
      throw damaged('a scan has impossible parameters');
    }
    for (const place of scan.components) {
      const bits = sent[place] ?? new Int8Array(64);
      const expected = before === 0 ? UNSENT : before;
      const band = bits.subarray(first, last + 1);
      if ((first > 0 && bits[0] === UNSENT) || band.some((bit) => bit !== expected)) {
        throw damaged('its scans are out of order');
      }
      band.fill(low);
    }
  }
  if (sent.some((bits) => bits[0] === UNSENT)) throw damaged('a component has no scan');
  if (sent.some((bits) => bits.some((bit) => bit !== 0))) throw unsupported('it leaves out coefficients');
};
