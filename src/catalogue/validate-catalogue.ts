import { AppError } from '../core/errors.ts';
import type { CatalogueRow, RowFault } from './catalogue-row.ts';
import { detectDialect } from './detect-dialect.ts';
import type { Dialect } from './dialect.ts';
import { type CatalogueLimits, DEFAULT_LIMITS } from './limits.ts';
import { readRows } from './read-rows.ts';

/** What a whole file holds; made in one pass, in the same memory for any size. */
export interface CatalogueSummary {
  readonly dialect: Dialect;
  /** Rows that can be used. */
  readonly totalProducts: number;
  readonly totalImages: number;
  /** The first faults (`maxFaultsListed`), in the order of the file. */
  readonly faults: readonly RowFault[];
  readonly totalFaults: number;
  readonly faultyRows: number;
  /**
   * The reading ended at a fault, so there may be any number of rows behind it that nobody has seen. Such a file must
   * not be taken even by `on_invalid=skip`: more than the faulty row would be skipped.
   */
  readonly unreadable: boolean;
  /** A cell begins like a formula: offer the guarded form of the results. */
  readonly hasFormulaCells: boolean;
}

/**
 * Reads a whole file and tells what is in it and what is wrong with it.
 * @throws AppError what `detectDialect` and `readRows` throw; `no_rows` when there is nothing but a header;
 * `too_many_images`.
 */
export const validateCatalogue = async (
  path: string,
  limits: CatalogueLimits = DEFAULT_LIMITS,
  signal?: AbortSignal,
): Promise<CatalogueSummary> => {
  const dialect = await detectDialect(path, limits, signal);
  const tally = new Tally(limits);
  for await (const rows of readRows(path, dialect, limits, signal)) for (const row of rows) tally.add(row);
  if (tally.totalProducts === 0 && tally.faultyRows === 0) throw new AppError('no_rows');
  const { totalProducts, totalImages, faults, totalFaults, faultyRows, unreadable, hasFormulaCells } = tally;
  return { dialect, totalProducts, totalImages, faults, totalFaults, faultyRows, unreadable, hasFormulaCells };
};

class Tally {
  totalProducts = 0;
  totalImages = 0;
  totalFaults = 0;
  faultyRows = 0;
  unreadable = false;
  hasFormulaCells = false;
  readonly faults: RowFault[] = [];
  readonly #limits: CatalogueLimits;

  constructor(limits: CatalogueLimits) {
    this.#limits = limits;
  }

  add(row: CatalogueRow): void {
    if (row.kind === 'blank') return;
    if (row.hasFormula) this.hasFormulaCells = true;
    if (row.kind === 'product') this.#addImages(row.urls.length);
    else {
      this.faultyRows++;
      this.totalFaults += row.faults.length;
      this.faults.push(...row.faults.slice(0, this.#limits.maxFaultsListed - this.faults.length));
      if (row.fatal) this.unreadable = true;
    }
  }

  #addImages(count: number): void {
    this.totalProducts++;
    this.totalImages += count;
    if (this.totalImages > this.#limits.maxImages) {
      throw new AppError('too_many_images', { detail: `The file has more than ${this.#limits.maxImages} images.` });
    }
  }
}
