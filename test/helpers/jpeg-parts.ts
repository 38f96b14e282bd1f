/** The segments of a JPEG file that our writer makes, and its stuffing (ITU-T T.81, B.1.1). */
export interface JpegParts {
  /** 0xC0 baseline, 0xC1 extended, 0xC2 progressive. */
  readonly frameMarker: number;
  readonly scans: number;
  /** Zeros after bytes 0xFF of the entropy-coded data. */
  readonly stuffed: number;
  readonly profile: Uint8Array;
  /** Names of the markers in their order, as in `e0`. */
  readonly markers: readonly string[];
}

export const jpegParts = (file: Uint8Array): JpegParts => {
  const bytes = Buffer.from(file);
  const profile: Buffer[] = [];
  const markers: string[] = [];
  let stuffed = 0;
  let at = 2;
  while (bytes.readUInt16BE(at) !== 0xffd9) {
    markers.push(bytes.toString('hex', at + 1, at + 2));
    const end = at + 2 + bytes.readUInt16BE(at + 2);
    if (markers.at(-1) === 'e2') profile.push(bytes.subarray(at + 4 + 14, end));
    at = end;
    if (markers.at(-1) !== 'da') continue;
    for (; bytes[at] !== 0xff || bytes[at + 1] === 0; at += 1) if (bytes[at] === 0xff) stuffed += 1;
  }
  if (at + 2 !== bytes.length) throw new Error('there is something behind the end');
  const frame = markers.find((marker) => marker === 'c0' || marker === 'c1' || marker === 'c2') ?? '';
  const scans = markers.filter((marker) => marker === 'da').length;
  return { frameMarker: Number.parseInt(frame, 16), scans, stuffed, profile: Buffer.concat(profile), markers };
};
