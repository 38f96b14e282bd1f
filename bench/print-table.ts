export const mean = (numbers: readonly number[]): number =>
  numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

export const median = (numbers: readonly number[]): number => {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle) - 1] ?? Number.NaN)) / 2;
};

/** The number below which `share` of them lie. */
export const percentile = (numbers: readonly number[], share: number): number =>
  numbers.toSorted((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor(numbers.length * share))] ?? Number.NaN;

export const percent = (part: number, whole: number): string => `${((part / whole) * 100).toFixed(0)} %`;

/** A table in Markdown; all columns but the first ones are aligned to the right. */
export const formatTable = (head: readonly string[], rows: readonly (readonly string[])[], textColumns = 1): string => {
  const widths = head.map((cell, column) => Math.max(cell.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => (i < textColumns ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(' | ')} |`;
  const rule = widths.map((width, i) => (i < textColumns ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`));
  return [line(head), `|${rule.join('|')}|`, ...rows.map(line)].join('\n');
};

/** Prints a table in Markdown, so that it can go into the documentation as it is. */
export const printTable = (title: string, head: readonly string[], rows: readonly (readonly string[])[]): void => {
  process.stdout.write(`\n${title}\n\n${formatTable(head, rows)}\n`);
};
