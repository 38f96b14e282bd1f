/** Small catalogues for tests of the doors. */

export const HEADER = 'Serial Number,Product Name,Input Image Urls';

/** A catalogue with one row for each list of addresses. */
export const catalogue = (...rows: readonly (readonly string[])[]): string =>
  `${HEADER}\n${rows.map((urls, index) => `${index + 1},Product ${index + 1},"${urls.join(',')}"`).join('\n')}\n`;

/** A catalogue nobody ever fetches from. */
export const SMALL = catalogue(
  ['https://img.example/1.jpg', 'https://img.example/2.jpg'],
  ['https://img.example/3.jpg'],
);

/** A form with the file and the fields around it: those before it, then the file, then those behind it. */
export const formOf = (
  csv: string | Uint8Array<ArrayBuffer>,
  before: Readonly<Record<string, string>> = {},
  after: Readonly<Record<string, string>> = {},
  fileName = 'shoes.csv',
): FormData => {
  const form = new FormData();
  for (const [name, text] of Object.entries(before)) form.append(name, text);
  form.append('file', new File([csv], fileName, { type: 'text/csv' }));
  for (const [name, text] of Object.entries(after)) form.append(name, text);
  return form;
};
