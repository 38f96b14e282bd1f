import { demoRows } from './demo-links.ts';

/** First serial number: four digits, as in a shop. */
const FIRST_SERIAL = 1001;

/**
 * The CSV of the demo's shop, as a spreadsheet saves it: UTF-8, CRLF, quotes only where needed (RFC 4180), and one
 * column that Halve does not know and must carry through.
 * @param originUrl where the pictures are served; no slash at the end
 */
export const demoCsv = (originUrl: string): string => {
  const records = demoRows().map(({ name, price, addresses }, index) => [
    String(FIRST_SERIAL + index),
    name,
    addresses.map((address) => (address.startsWith('/') ? `${originUrl}${address}` : address)).join(', '),
    price,
  ]);
  return [['Serial Number', 'Product Name', 'Input Image Urls', 'Price'], ...records]
    .map((cells) => `${cells.map(quoted).join(',')}\r\n`)
    .join('');
};

const quoted = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
