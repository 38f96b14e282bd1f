/** The known word nearest to a mistyped one, or null when none is near enough to be meant. */
export const nearest = (word: string, known: readonly string[]): string | null => {
  const typed = word.toLowerCase();
  const begun = known.filter((one) => typed.length > 1 && one.startsWith(typed));
  if (begun.length === 1) return begun[0] ?? null;
  const limit = Math.max(1, Math.floor(typed.length / 3));
  const ranked = known
    .map((one) => ({ one, far: distance(typed, one) }))
    .filter(({ far }) => far <= limit)
    .toSorted((a, b) => a.far - b.far);
  return ranked[0]?.one ?? null;
};

/**
 * Letters added, left out, exchanged or swapped with their neighbour, at least (optimal string alignment): `stauts` is one
 * step from `status`.
 */
const distance = (a: string, b: string): number => {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      const steps = [at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + change];
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) steps.push(at(beforeLast, j - 2) + 1);
      row.push(Math.min(...steps));
    }
    beforeLast = last;
    last = row;
  }
  return at(last, b.length);
};

const at = (row: readonly number[], index: number): number => row[index] ?? Number.POSITIVE_INFINITY;
