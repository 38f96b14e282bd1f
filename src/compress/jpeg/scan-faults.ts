import { damaged, type JpegFault } from './jpeg-fault.ts';

/** By what the kernel returns, −1 first; see kernel/faults.ts. */
const FAULTS = [
  'its data has a code that is in no table',
  'its data have a code without meaning',
  'a coefficient is out of range',
  'a block has too many coefficients',
  'a brightness is out of range',
  'its picture data end early',
  'a Huffman table has too many codes',
] as const;

/** @param result of the kernel, below 0 */
export const scanFault = (result: number): JpegFault => {
  const what = FAULTS[-1 - result];
  if (what === undefined) throw new RangeError(`no fault ${result}`);
  return damaged(what);
};
