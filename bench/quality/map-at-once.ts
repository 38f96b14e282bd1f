/** Runs tasks a few at a time; the results keep their order. */
export const mapAtOnce = async <T, R>(
  list: readonly T[],
  atOnce: number,
  run: (item: T) => Promise<R>,
): Promise<R[]> => {
  const results: R[] = [];
  const queue = list.entries();
  const worker = async (): Promise<void> => {
    for (const [place, item] of queue) results[place] = await run(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
};
