/** What the application segments of a JPEG say about how its picture is to be shown. */
import { unsupported } from './jpeg-fault.ts';

/** Collects from the segments APP0–APP15 before the first scan; unknown and malformed ones mean nothing. */
export class AppSegments {
  #jfif = false;
  /** Adobe's colour transform: 0 none, 1 YCbCr, 2 YCCK; null without that segment. */
  #adobe: number | null = null;
  #orientation = 1;
  readonly #icc = new Map<number, Uint8Array>();
  #iccParts = 0;
  #iccIsWhole = true;

  /** @param body the content of the segment behind its length */
  add(marker: number, body: Uint8Array): void {
    if (marker === 0xe0 && body.length >= 14 && startsWith(body, 'JFIF\0')) this.#jfif = true;
    else if (marker === 0xe1 && startsWith(body, 'Exif\0')) this.#orientation = readOrientation(body.subarray(6));
    else if (marker === 0xe2 && body.length > 14 && startsWith(body, 'ICC_PROFILE\0')) this.#addIcc(body);
    else if (marker === 0xee && body.length >= 12 && startsWith(body, 'Adobe')) this.#adobe = body[11] ?? 0;
  }

  /** Exif orientation 1–8; 1 without one. */
  get orientation(): number {
    return this.#orientation;
  }

  /** The ICC profile, its parts joined in their order (ICC.1:2022 B.4); null without one or when parts are missing. */
  icc(): Uint8Array | null {
    if (!this.#iccIsWhole || this.#icc.size === 0 || this.#icc.size !== this.#iccParts) return null;
    const parts = [...this.#icc].sort(([a], [b]) => a - b).map(([, part]) => part);
    const profile = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      profile.set(part, at);
      at += part.length;
    }
    return profile;
  }

  /**
   * Decides what three components are, by the rules of libjpeg (jdapimin.c), which every viewer follows.
   * @throws JpegFault `unsupported` when they are not YCbCr
   */
  requireYcc(ids: readonly number[]): void {
    if (this.#jfif) return;
    if (this.#adobe === 0) throw unsupported('it is stored as RGB');
    if (this.#adobe === 1) return;
    if (this.#adobe !== null) throw unsupported('its colour transform is unknown');
    if (String.fromCharCode(...ids) === 'RGB') throw unsupported('it is stored as RGB');
  }

  #addIcc(body: Uint8Array): void {
    const [part = 0, parts = 0] = body.subarray(12);
    if (this.#iccParts === 0) this.#iccParts = parts;
    if (part === 0 || part > parts || parts !== this.#iccParts || this.#icc.has(part)) this.#iccIsWhole = false;
    else this.#icc.set(part, body.subarray(14));
  }
}

const startsWith = (body: Uint8Array, name: string): boolean => {
  if (body.length < name.length) return false;
  for (let i = 0; i < name.length; i += 1) if (body[i] !== name.charCodeAt(i)) return false;
  return true;
};

const ORIENTATION = 0x0112;
const SHORT = 3;

/** The orientation in the first directory of a TIFF block (CIPA DC-008 4.6.2); 1 when it is not stated or malformed. */
const readOrientation = (tiff: Uint8Array): number => {
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  const little = startsWith(tiff, 'II*\0');
  if (tiff.length < 14 || !(little || startsWith(tiff, 'MM\0*'))) return 1;
  const directory = view.getUint32(4, little);
  if (directory + 2 > tiff.length) return 1;
  const count = view.getUint16(directory, little);
  for (let i = 0, at = directory + 2; i < count && at + 12 <= tiff.length; i += 1, at += 12) {
    if (view.getUint16(at, little) !== ORIENTATION) continue;
    const value = view.getUint16(at + 2, little) === SHORT ? view.getUint16(at + 8, little) : 1;
    return value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
};
