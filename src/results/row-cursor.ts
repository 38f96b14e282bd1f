/** Items of a stream in the order of their rows, asked for while walking over a file in the same order. */
export class RowCursor<T extends { readonly row: number }> {
  readonly #items: AsyncIterator<T>;
  #next: IteratorResult<T> | undefined;

  constructor(items: AsyncIterable<T>) {
    this.#items = items[Symbol.asyncIterator]();
  }

  /** The item of `row`, if there is one; items of rows before it are passed over. */
  async take(row: number): Promise<T | undefined> {
    this.#next ??= await this.#items.next();
    while (this.#next.done !== true && this.#next.value.row < row) this.#next = await this.#items.next();
    return this.#next.done !== true && this.#next.value.row === row ? this.#next.value : undefined;
  }

  /** Lets the stream free what it holds; to be called however the walk ended. */
  async close(): Promise<void> {
    await this.#items.return?.();
  }
}
