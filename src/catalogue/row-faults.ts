import type { RowErrorCode } from '../core/errors.ts';
import type { RowFault } from './catalogue-row.ts';
import type { Dialect } from './dialect.ts';
import type { CatalogueLimits } from './limits.ts';
import type { RawRecord } from './record-scanner.ts';

/** The row that is looked at and the rules it is held against. */
export interface FaultContext {
  readonly row: number;
  readonly record: RawRecord;
  readonly cellCount: number;
  readonly dialect: Dialect;
  readonly limits: CatalogueLimits;
}

const BEGINS_WITH_HTTP = /^https?:\/\//i;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the URL parser would drop them silently: another address
const CONTROL = /[\u0000-\u001f\u007f]/;
const MAX_TEXT_SHOWN = 80;

const shorten = (text: string): string =>
  JSON.stringify(text.length > MAX_TEXT_SHOWN ? `${text.slice(0, MAX_TEXT_SHOWN)}…` : text);

/** What makes the cells of a record unreadable, so that they need not be looked at. */
export const structuralFaults = (context: FaultContext): RowFault[] => {
  const { row, record, cellCount, limits } = context;
  const faults: RowFault[] = [];
  const add = (code: RowErrorCode, detail: string, line = record.line): void => {
    faults.push({ row, line, column: null, code, detail });
  };
  if (record.fault !== null) add(record.fault.code, structuralDetail(record.fault, limits), record.fault.line);
  if (record.text.includes('\0')) add('bad_character', 'The row holds a NUL character, which no text file has.');
  if (cellCount > limits.maxColumns) add('too_many_columns', `The row has more than ${limits.maxColumns} columns.`);
  return faults;
};

const structuralDetail = ({ code, line }: NonNullable<RawRecord['fault']>, limits: CatalogueLimits): string => {
  if (code === 'line_too_long')
    return `Line ${line} is longer than ${limits.maxLineBytes} bytes; nothing after it was read.`;
  if (code === 'unclosed_quote') {
    return `The quote opened on line ${line} is not closed by the end of the file, or within ${limits.maxRecordBytes} bytes; nothing after it was read.`;
  }
  return `The cell that begins with a quote on line ${line} goes on after its closing quote. Double the quotes inside it ("").`;
};

/** The fault of a row whose list cannot be told from the cells behind it. */
export const ambiguousFault = (context: FaultContext): RowFault => {
  const { cellCount, dialect } = context;
  return addressFault(
    context,
    'ambiguous_list',
    `The row has ${cellCount} cells, the header ${dialect.width}: put the list of addresses into quotes.`,
  );
};

/** Everything wrong with the slots of an address cell. */
export const slotFaults = (slots: readonly string[], context: FaultContext): RowFault[] => {
  const { cellCount, dialect, limits } = context;
  const add = (code: RowErrorCode, detail: string): RowFault => addressFault(context, code, detail);
  if (slots.length === 0) {
    const isShort = cellCount <= dialect.columns.inputUrls;
    return [add('missing_url', isShort ? 'The row ends before its image address.' : 'The row has no image address.')];
  }
  if (slots.length > limits.maxUrlsPerRow) {
    return [add('too_many_urls', `The row has ${slots.length} images; at most ${limits.maxUrlsPerRow} are taken.`)];
  }
  const faults: RowFault[] = [];
  for (const [index, slot] of slots.entries()) {
    if (slot === '') continue;
    const name = slots.length === 1 ? 'The image address' : `Image ${index + 1} of ${slots.length}`;
    if (slot.length > limits.maxUrlLength) {
      faults.push(
        add('url_too_long', `${name} has ${slot.length} characters; at most ${limits.maxUrlLength} are taken.`),
      );
    } else if (!isHttpUrl(slot)) {
      faults.push(add('bad_url', `${name} is not an http(s) address: ${shorten(slot)}.${surplusHint(context)}`));
    }
  }
  return faults;
};

/** Can `slot` be fetched, as far as its spelling goes? Whether its host may be is decided when it is fetched. */
const isHttpUrl = (slot: string): boolean => BEGINS_WITH_HTTP.test(slot) && !CONTROL.test(slot) && URL.canParse(slot);

const surplusHint = ({ cellCount, dialect }: FaultContext): string =>
  cellCount > dialect.width
    ? ` The row has ${cellCount} cells, the header ${dialect.width}: a cell that holds the delimiter needs quotes.`
    : '';

const addressFault = ({ row, record, dialect }: FaultContext, code: RowErrorCode, detail: string): RowFault => {
  const { inputUrls } = dialect.columns;
  return { row, line: record.line, column: dialect.header[inputUrls] ?? `column ${inputUrls + 1}`, code, detail };
};
