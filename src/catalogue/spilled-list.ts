const BEGINS_WITH_URL = /^\s*https?:\/\//i;
const NO_SPACE = /^\S*$/;
/** An address that ends like this is whole; a word behind it is a remark rather than its rest. */
const ENDS_LIKE_PICTURE = /\.(?:jpe?g|png|gif|webp|avif|heic|tiff?|bmp|svg)$/i;

/** The cells of a row around its list of addresses, all unquoted. */
interface SpillableRow {
  readonly cells: readonly string[];
  readonly urlColumn: number;
  /** Number of columns of the header. */
  readonly width: number;
}

/**
 * How many cells behind the address cell are the rest of its list, because the list was written without quotes and the
 * delimiter cut it. A row spills only if it has more cells than the header.
 *
 * If the address column is the last one, what is behind it is the list, as far as it looks like one. If other
 * columns follow, the surplus is taken for the list only when every cell of it is an address and no later cell is;
 * otherwise cells would silently land in the wrong columns, and the answer is `ambiguous`.
 */
export const spilledCells = ({ cells, urlColumn, width }: SpillableRow): number | 'ambiguous' => {
  let used = cells.length;
  while (used > width && cells[used - 1]?.trim() === '') used--;
  const surplus = used - width;
  if (surplus <= 0) return 0;
  const tail = cells.slice(urlColumn + 1, urlColumn + 1 + surplus);
  if (urlColumn === width - 1) return listLength([cells[urlColumn] ?? '', ...tail]) - 1;
  const rest = cells.slice(urlColumn + 1 + surplus, used);
  const clear = tail.every((cell) => BEGINS_WITH_URL.test(cell)) && !rest.some((cell) => BEGINS_WITH_URL.test(cell));
  if (clear) return surplus;
  return tail.some((cell) => BEGINS_WITH_URL.test(cell) || (cell.includes('/') && NO_SPACE.test(cell)))
    ? 'ambiguous'
    : 0;
};

/**
 * How many of these cells are one list, the first one counted? Up to the last address all are, whatever stands between.
 * What follows that can be its rest, cut off at a comma (`https://cdn/w_100,h_200/a.jpg`), or a remark
 * (`https://cdn/a.jpg,Red`).
 */
const listLength = (cells: readonly string[]): number => {
  const last = Math.max(
    0,
    cells.findLastIndex((cell) => BEGINS_WITH_URL.test(cell)),
  );
  const rest = cells.slice(last + 1).map((cell) => cell.trim());
  const isWhole = ENDS_LIKE_PICTURE.test(cells[last]?.trim() ?? '');
  const continues = !isWhole || ENDS_LIKE_PICTURE.test(rest.at(-1) ?? '');
  return continues && rest.every((cell) => NO_SPACE.test(cell)) ? cells.length : last + 1;
};
