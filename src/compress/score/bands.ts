/**
 * Pictures are held and walked in bands of four rows, whose pixels stand column by column: the four of column 0, the
 * four of column 1 … The blur down the columns then reads each value once for four results, and everything that looks
 * at single pixels runs through memory in one line. Rows below the picture fill up its last band.
 */
export const BAND_ROWS = 4;

export const bandsOf = (height: number): number => Math.ceil(height / BAND_ROWS);

/** Sets the rows of a band that are not of the picture to zero, as the blur wants them. */
export const clearRows = (band: Float32Array, from: number, length: number): void => {
  for (let row = from; row < BAND_ROWS; row++) {
    for (let i = row; i < length; i += BAND_ROWS) band[i] = 0;
  }
};
