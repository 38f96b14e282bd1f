/**
 * A comment (COM segment, T.81 B.2.4.5) by which a file tells that it was made here, so that nobody halves it again: each
 * pass would take from the picture what the one before has left.
 */
export const OWN_MARK = [0xff, 0xfe, 0, 7, ...Buffer.from('Halve', 'latin1')] as const;

/** It follows SOI and the JFIF segment. */
const PLACE = 20;

/** Whether `writeJpeg` made this file and nobody has changed its head since. */
export const hasOwnMark = (file: Uint8Array): boolean => OWN_MARK.every((byte, i) => file[PLACE + i] === byte);
