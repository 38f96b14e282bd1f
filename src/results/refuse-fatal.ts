import type { FaultyRow } from '../catalogue/catalogue-row.ts';
import { AppError } from '../core/errors.ts';

/**
 * Results are written only for files that can be read to their end (`validateCatalogue` says so before anything is
 * stored); without this a file changed since would silently lose its rest.
 */
export const refuseFatal = ({ faults, fatal }: FaultyRow): void => {
  const [fault] = faults;
  if (fatal && fault !== undefined) throw new AppError(fault.code, { detail: fault.detail });
};
