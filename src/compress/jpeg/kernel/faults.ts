// What is wrong with the data of a scan: negative, so that it is told from a number of MCUs. See scan-faults.ts.

export const NO_SUCH_CODE: i32 = -1;
export const WITHOUT_MEANING: i32 = -2;
export const COEFFICIENT_OUT_OF_RANGE: i32 = -3;
export const TOO_MANY_COEFFICIENTS: i32 = -4;
export const DC_OUT_OF_RANGE: i32 = -5;
export const ENDS_EARLY: i32 = -6;
export const TOO_MANY_CODES: i32 = -7;
