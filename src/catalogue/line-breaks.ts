import type { Newline } from './dialect.ts';

const CR = 13;
const LF = 10;

/**
 * Where lines end. Files of old Macs end lines by carriage returns (`oldMac`); in all others a lone carriage return is
 * text, and a line ends at the line feed, with or without a carriage return before it.
 */
export class LineBreaks {
  readonly #oldMac: boolean;

  constructor(newline: Newline) {
    this.#oldMac = newline === '\r';
  }

  /**
   * Index of the first character of the break that ends the line at `from`, or -1 if it is still to come.
   * `final`: the text will not go on, so its end is one, too.
   */
  find(text: string, from: number, final: boolean): number {
    if (!this.#oldMac) {
      const feed = text.indexOf('\n', from);
      if (feed === -1 && !final) return -1;
      const end = feed === -1 ? text.length : feed;
      return end > from && text.charCodeAt(end - 1) === CR ? end - 1 : end;
    }
    let at = from;
    while (at < text.length && text.charCodeAt(at) !== CR && text.charCodeAt(at) !== LF) at++;
    // The line feed that belongs to a carriage return may be in the next piece.
    const open = at === text.length || (at === text.length - 1 && text.charCodeAt(at) === CR);
    return open && !final ? -1 : at;
  }

  /** Where the break that starts at `at` ends; `at` itself if there is none. */
  after(text: string, at: number): number {
    const code = text.charCodeAt(at);
    if (code === CR) return at + (text.charCodeAt(at + 1) === LF ? 2 : 1);
    return code === LF ? at + 1 : at;
  }

  /** Does a line end at `at`, as far as `text` goes? */
  isAt(text: string, at: number): boolean {
    const code = text.charCodeAt(at);
    if (at >= text.length || code === LF) return true;
    if (code !== CR) return false;
    return this.#oldMac || at + 1 === text.length || text.charCodeAt(at + 1) === LF;
  }

  /** The run of empty lines that starts at `from`, as far as it is certain: where it ends and how many they are. */
  emptyLines(text: string, from: number, final: boolean): { readonly end: number; readonly count: number } {
    let at = from;
    for (let count = 0; ; count++) {
      const code = text.charCodeAt(at);
      if (code === LF) at++;
      else if (code !== CR) return { end: at, count };
      else if (text.charCodeAt(at + 1) === LF) at += 2;
      else if (this.#oldMac && (final || at + 1 < text.length)) at++;
      else return { end: at, count };
    }
  }

  /** Number of line breaks that begin in `text` before `to`. */
  count(text: string, from: number, to: number): number {
    let breaks = 0;
    for (let at = this.find(text, from, true); at < to; at = this.find(text, this.after(text, at), true)) breaks++;
    return breaks;
  }
}
