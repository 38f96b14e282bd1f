/** What keeping a coefficient costs, in bits, when files are not yet written. */
import { END_OF_BLOCK, LARGEST_AC_SIZE, SIXTEEN_ZEROS, type SymbolHistograms } from './block-statistics.ts';

/** Costs are integers: sums of them are the same everywhere. */
export const BIT = 64;

/** Costs of AC symbols for one class of tables, in units of 1/{@link BIT} bit. */
export interface SymbolRates {
  /** By `run << 4 | size`: the code, that of every 16 zeros before it (run 0–62), and the bits of the value. */
  readonly coefficients: Int32Array;
  readonly endOfBlock: number;
}

/** T.81 Annex C: no code is longer. */
const LONGEST_CODE = 16;
/** Added to every count: a symbol that has not occurred yet is dear, not impossible. */
const UNSEEN = 0.3;

/** Costs by the entropy of the symbols of a picture, or of a sample of it: first luma, then chroma. */
export const ratesOf = ({ ac }: SymbolHistograms): readonly [SymbolRates, SymbolRates] => [
  ratesFrom(ac[0]),
  ratesFrom(ac[1]),
];

/** Costs when nothing is known yet: those of a histogram in which every symbol is half as frequent as one a bit shorter. */
export const typicalRates = (): readonly [SymbolRates, SymbolRates] => {
  const histogram = Uint32Array.from({ length: 256 }, (_, symbol) => {
    const [run, size] = [symbol >> 4, symbol & 15];
    return size === 0 ? (run === 0 ? 2 ** 17 : run === 15 ? 2 ** 12 : 0) : 2 ** Math.max(0, 17 - 2 * size - run / 2);
  });
  return [ratesFrom(histogram), ratesFrom(histogram)];
};

const ratesFrom = (histogram: Uint32Array): SymbolRates => {
  let total = 0;
  for (const count of histogram) total += count;
  const costOf = (symbol: number): number => {
    const bits = Math.log2((total + UNSEEN * histogram.length) / ((histogram[symbol] ?? 0) + UNSEEN));
    return Math.round(Math.min(LONGEST_CODE, bits) * BIT);
  };
  const coefficients = new Int32Array(64 << 4);
  const zeros = costOf(SIXTEEN_ZEROS);
  for (let shortRun = 0; shortRun < 16; shortRun += 1) {
    for (let size = 1; size <= LARGEST_AC_SIZE; size += 1) {
      const cost = costOf((shortRun << 4) | size) + size * BIT;
      for (let run = shortRun; run < 63; run += 16) coefficients[(run << 4) | size] = cost + (run >> 4) * zeros;
    }
  }
  return { coefficients, endOfBlock: costOf(END_OF_BLOCK) };
};
