/**
 * The bytes 0x80–0x9F of Windows-1252, by the index of the WHATWG Encoding Standard (section 9). All other bytes are
 * the code point of the same number. The five bytes without a character (81, 8D, 8F, 90, 9D) stand for the control
 * characters of the same number, which makes the mapping a bijection on bytes.
 * Own table: Node's TextDecoder has read this encoding as Latin-1 in some releases (nodejs/node #56542).
 */
const HIGH_CONTROLS =
  '\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f' +
  '\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178';

const FIRST = 0x80;
const BYTE_OF = new Map(Array.from(HIGH_CONTROLS, (character, index) => [character, FIRST + index]));

/** Byte text (one character a byte) to the text a person reads. */
export const decodeWindows1252 = (bytes: string): string =>
  bytes.replace(/[\u0080-\u009f]/g, (byte) => HIGH_CONTROLS.charAt(byte.charCodeAt(0) - FIRST));

/** Text to byte text; a character the encoding does not have becomes `?`. */
export const encodeWindows1252 = (text: string): string =>
  text.replace(/[\u0080-\u009f\u{100}-\u{10ffff}]/gu, (character) => {
    const byte = BYTE_OF.get(character);
    return byte === undefined ? '?' : String.fromCharCode(byte);
  });
