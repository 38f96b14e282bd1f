/**
 * Why a JPEG is not read here.
 * - `unsupported`: a legal file, or one that could be, of a kind this room does not handle; a decoder of pixels may.
 * - `damaged`: the file breaks the rules of ITU-T T.81; what is in it cannot be trusted.
 * - `cut-off`: the file ends before its end marker.
 */
export class JpegFault extends Error {
  override readonly name = 'JpegFault';
  readonly kind: 'unsupported' | 'damaged' | 'cut-off';

  constructor(kind: JpegFault['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

export const unsupported = (what: string): JpegFault => new JpegFault('unsupported', what);
export const damaged = (what: string): JpegFault => new JpegFault('damaged', what);
export const cutOff = (what: string): JpegFault => new JpegFault('cut-off', what);
