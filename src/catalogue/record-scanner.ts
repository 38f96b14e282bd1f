import { afterQuoted, openingQuote } from './cells.ts';
import type { Delimiter, Newline } from './dialect.ts';
import type { CatalogueLimits } from './limits.ts';
import { LineBreaks } from './line-breaks.ts';

/** Something wrong with how a record is written, rather than with what it says. */
export interface StructuralFault {
  readonly code: 'unclosed_quote' | 'line_too_long' | 'bad_quote';
  /** Physical line, from 1: where the quote was opened, or the line that is too long. */
  readonly line: number;
  /** Nothing behind this place can be told apart any more: the reading ends. */
  readonly fatal: boolean;
}

/** One record as it stands in the file: `text + lineEnd`, joined over all records, is the file. */
export interface RawRecord {
  /** Without line end; empty when the fault is fatal. */
  readonly text: string;
  /** `\n`, `\r\n`, `\r`, or nothing at the end of a file; several of them for a run of empty lines. */
  readonly lineEnd: string;
  /** Physical line, from 1, where the record starts. */
  readonly line: number;
  /** 1, or the number of lines in a run of empty lines (a file of ten million of them is read in a moment). */
  readonly count: number;
  readonly fault: StructuralFault | null;
}

/** What the scanner has to know of a file. */
export interface ScanRules {
  readonly delimiter: Delimiter;
  readonly newline: Newline;
  readonly limits: Pick<CatalogueLimits, 'maxLineBytes' | 'maxRecordBytes'>;
  /** Bytes a character of the raw text takes. */
  readonly unit: 1 | 2;
}

/**
 * Cuts raw text, given piece by piece, into records by RFC 4180, tolerantly: each record keeps its own line end, a quote
 * inside an unquoted cell is text, and text behind a closing quote is a fault of that record only. How the text was cut
 * into pieces never changes the records, except that a run of empty lines may come in parts. Holds one unfinished
 * record, at most `maxRecordBytes` and the last piece.
 */
export class RecordScanner {
  /** A fatal fault was met; text given from now on is ignored. */
  ended = false;
  #text = '';
  #line = 1;
  readonly #delimiter: number;
  readonly #breaks: LineBreaks;
  readonly #maxLine: number;
  readonly #maxRecord: number;
  /** Facts of the record scanned last: the quote still open at its end, the first quote closed too early, or -1. */
  #openQuote = -1;
  #badQuote = -1;

  constructor({ delimiter, newline, limits, unit }: ScanRules) {
    this.#delimiter = delimiter.charCodeAt(0);
    this.#breaks = new LineBreaks(newline);
    this.#maxLine = Math.floor(limits.maxLineBytes / unit);
    this.#maxRecord = Math.max(this.#maxLine, Math.floor(limits.maxRecordBytes / unit));
  }

  /** The records that `piece` completes. */
  push(piece: string): RawRecord[] {
    this.#text = this.#text === '' ? piece : this.#text + piece;
    return this.#scan(false);
  }

  /** The last record, if the text did not end with a line end. */
  end(): RawRecord[] {
    return this.#scan(true);
  }

  #scan(final: boolean): RawRecord[] {
    const records: RawRecord[] = [];
    const text = this.#text;
    let at = 0;
    let quote = -1;
    while (at < text.length && !this.ended) {
      const first = text.charCodeAt(at);
      if (first === 10 || first === 13) {
        const empty = this.#breaks.emptyLines(text, at, final);
        if (empty.count > 0) {
          records.push({
            text: '',
            lineEnd: text.slice(at, empty.end),
            line: this.#line,
            count: empty.count,
            fault: null,
          });
          this.#line += empty.count;
          at = empty.end;
          continue;
        }
      }
      if (quote < at) quote = indexOrEnd(text, '"', at);
      let end = this.#breaks.find(text, at, final);
      const quoted = quote < (end === -1 ? text.length : end);
      if (quoted) end = this.#endOfQuoted(text, at, final);
      const fatal = this.#fatalFault(text, at, end, final);
      if (fatal !== null) {
        records.push({ text: '', lineEnd: '', line: this.#line, count: 1, fault: fatal });
        this.ended = true;
        at = text.length;
        break;
      }
      if (end === -1) break;
      const next = this.#breaks.after(text, end);
      records.push(this.#record(text.slice(at, end), text.slice(end, next), quoted));
      at = next;
    }
    this.#text = text.slice(at);
    return records;
  }

  /** Where a record that holds quotes ends; line breaks inside quoted cells do not end it. -1 if that is to come. */
  #endOfQuoted(text: string, start: number, final: boolean): number {
    this.#openQuote = -1;
    this.#badQuote = -1;
    const delimiter = this.#delimiter;
    let at = start;
    let end = NOT_LOOKED_FOR;
    for (;;) {
      const open = openingQuote(text, at);
      if (open !== -1) {
        const closed = afterQuoted(text, open);
        if (closed === -1) {
          this.#openQuote = open;
          return -1;
        }
        at = closed;
        while (text.charCodeAt(at) === 32) at++;
        const isEnd = text.charCodeAt(at) === delimiter || this.#breaks.isAt(text, at);
        if (this.#badQuote === -1 && !isEnd) this.#badQuote = open - start;
      }
      // Looked for once a line, not once a cell: a line of 100,000 quoted cells would take minutes.
      if (end !== -1 && end < at) end = this.#breaks.find(text, at, final);
      const stop = end === -1 ? text.length : end;
      while (at < stop && text.charCodeAt(at) !== delimiter) at++;
      if (at >= stop) return end;
      at++;
    }
  }

  /** The first limit that the record from `start` breaks, or its quote that is still open at the end of the file. */
  #fatalFault(text: string, start: number, end: number, final: boolean): StructuralFault | null {
    const stop = end === -1 ? text.length : end;
    if (stop - start > this.#maxLine) {
      let line = this.#line;
      for (let from = start; from < stop && from - start + this.#maxLine <= this.#maxRecord; line++) {
        const lineStop = Math.min(stop, this.#breaks.find(text, from, true));
        if (lineStop - from > this.#maxLine) return { code: 'line_too_long', line, fatal: true };
        from = this.#breaks.after(text, lineStop);
        if (from === lineStop) break;
      }
      if (stop - start > this.#maxRecord) {
        // Which quote is open at the limit, whether or not it is closed somewhere behind it?
        this.#endOfQuoted(text.slice(start, start + this.#maxRecord), 0, false);
        return this.#unclosedQuote(text, start, start + Math.max(0, this.#openQuote));
      }
    }
    return final && end === -1 ? this.#unclosedQuote(text, start, this.#openQuote) : null;
  }

  #unclosedQuote(text: string, start: number, quote: number): StructuralFault {
    return { code: 'unclosed_quote', line: this.#line + this.#breaks.count(text, start, quote), fatal: true };
  }

  #record(text: string, lineEnd: string, quoted: boolean): RawRecord {
    const line = this.#line;
    this.#line += 1 + (quoted ? this.#breaks.count(text, 0, text.length) : 0);
    const fault: StructuralFault | null =
      quoted && this.#badQuote !== -1
        ? { code: 'bad_quote', line: line + this.#breaks.count(text, 0, this.#badQuote), fatal: false }
        : null;
    return { text, lineEnd, line, count: 1, fault };
  }
}

const NOT_LOOKED_FOR = -2;

const indexOrEnd = (text: string, search: string, from: number): number => {
  const index = text.indexOf(search, from);
  return index === -1 ? text.length : index;
};
