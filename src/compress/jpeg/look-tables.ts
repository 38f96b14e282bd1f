import { type HuffmanSpec, type SymbolTable, symbolTable } from './huffman-table.ts';
import { requireSpec } from './scans.ts';

/**
 * The tables of one kind, DC or AC, that the components of a scan use: side by side, and those that several use only
 * once, so that they stay in the nearest cache.
 */
export interface LookTables {
  /** Of each component, the table for single symbols. */
  readonly tables: readonly SymbolTable[];
  readonly looks: Int32Array;
  readonly symbols: Uint16Array;
  /** Of each component, where its part begins in `looks`, and in `symbols` for a first and for a second step. */
  readonly lookAt: Int32Array;
  readonly shortAt: Int32Array;
  readonly longAt: Int32Array;
}

/**
 * @param makeLooks makes the part of a table in `looks`
 * @throws JpegFault `damaged` for tables that cannot be; `unsupported` when the file has none
 */
export const lookTables = (
  specs: readonly (HuffmanSpec | null)[],
  makeLooks: (table: SymbolTable) => Int32Array,
): LookTables => {
  const distinct = [...new Set(specs.map(requireSpec))].map((spec) => ({ spec, table: symbolTable(spec) }));
  const parts = distinct.map(({ spec, table }) => ({ spec, table, looks: makeLooks(table) }));
  const looks = new Int32Array(parts.reduce((sum, part) => sum + part.looks.length, 0));
  const symbols = new Uint16Array(parts.reduce((sum, { table }) => sum + table.symbols.length, 0));
  const places = new Map<HuffmanSpec | null, { table: SymbolTable; lookAt: number; symbolsAt: number }>();
  let [lookAt, symbolsAt] = [0, 0];
  for (const part of parts) {
    looks.set(part.looks, lookAt);
    symbols.set(part.table.symbols, symbolsAt);
    places.set(part.spec, { table: part.table, lookAt, symbolsAt });
    lookAt += part.looks.length;
    symbolsAt += part.table.symbols.length;
  }
  const used = specs.flatMap((spec) => places.get(spec) ?? []);
  return {
    tables: used.map(({ table }) => table),
    looks,
    symbols,
    lookAt: Int32Array.from(used, (place) => place.lookAt),
    shortAt: Int32Array.from(used, (place) => place.symbolsAt),
    longAt: Int32Array.from(used, ({ symbolsAt: at, table }) => at + table.long),
  };
};
