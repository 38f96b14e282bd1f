import type { FastifyError } from 'fastify';
import { AppError, type ErrorCode } from '../core/errors.ts';
import { databaseError } from '../db/open-database.ts';

/** Fastify's and its plugins' own codes; what is missing here goes by its HTTP status. */
const FOREIGN_CODES: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_MAX_PARAM_LENGTH: 'not_found',
  FST_ERR_NOT_FOUND: 'not_found',
};

/** Turns whatever the framework or a route throws into the words of the error table. */
export const translateError = (thrown: unknown): AppError => {
  if (thrown instanceof AppError) return thrown;
  if (!(thrown instanceof Error)) return new AppError('internal_error', { cause: thrown });
  // SQLite's errors carry its result code; reads are not translated where they happen.
  if ('errcode' in thrown) return databaseError(thrown);
  const { code, statusCode = 500, validation } = thrown as Partial<FastifyError>;
  if (validation !== undefined) return invalidParameters(validation, thrown);
  const known = FOREIGN_CODES[code ?? ''];
  if (known !== undefined) return new AppError(known, { cause: thrown });
  return new AppError(statusCode >= 400 && statusCode < 500 ? 'malformed_request' : 'internal_error', {
    cause: thrown,
  });
};

const invalidParameters = (validation: NonNullable<FastifyError['validation']>, cause: Error): AppError => {
  const errors = validation.map(({ instancePath, message }) => {
    const option = instancePath.slice(1);
    return { option, detail: `${option}: ${message ?? 'has a value that is not taken'}.` };
  });
  return new AppError('invalid_option', {
    detail: errors.map(({ detail }) => detail).join(' '),
    extras: { errors },
    cause,
  });
};
