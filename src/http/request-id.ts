import { AppError } from '../core/errors.ts';
import { isRequestId } from '../core/file-id.ts';

/** The id in a path, in the form it is stored. @throws AppError `request_not_found` for anything that is no id. */
export const requestIdOf = (text: string): string => {
  const id = text.toLowerCase();
  if (!isRequestId(id)) throw new AppError('request_not_found');
  return id;
};
