/** Ids in examples. */
export const EXAMPLE_ID = '0f8fad5b-d9cb-469f-a165-70867728950e';
export const EXAMPLE_FILE_ID = `${EXAMPLE_ID}-1`;
/** Where examples are served from. */
export const EXAMPLE_URL = 'http://127.0.0.1:3000';
