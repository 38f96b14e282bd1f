/** The problem document (RFC 9457) and what `GET /problems/{code}` says of a code. */
import { Type } from '@fastify/type-provider-typebox';
import { ERRORS } from '../core/errors.ts';
import { count, nullableText, refTo, text } from './schema-parts.ts';

export const ErrorCodeName = Type.String({
  $id: 'ErrorCode',
  enum: Object.keys(ERRORS),
  description: 'What programs look at; never renamed. docs/errors.md explains each.',
});

/** One fault of several: of an option (`option`), of a message (`field`), or of a row of the file (the rest). */
export const Fault = Type.Object(
  {
    detail: text('What is wrong, and where.'),
    option: Type.Optional(text('The option with the fault.')),
    field: Type.Optional(text('The place in the message with the fault.')),
    row: Type.Optional(count('Number of the record in the file, from 1.')),
    line: Type.Optional(count('Line of the file where the record begins, from 1.')),
    column: Type.Optional(nullableText('Name of the column.')),
    code: Type.Optional(text('Kind of the fault; docs/errors.md explains each.')),
  },
  { $id: 'Fault', description: 'One of several faults.' },
);

export const Problem = Type.Object(
  {
    type: text('Where the code is explained.', { format: 'uri-reference' }),
    title: text('What happened, the same for every call with this code.'),
    status: Type.Integer({ minimum: 400, maximum: 599, description: 'The HTTP status.' }),
    detail: text('What happened this time.'),
    instance: text('The path that was called.', { format: 'uri-reference' }),
    code: refTo(ErrorCodeName),
    advice: text('What you can do about it.'),
    errors: Type.Optional(
      Type.Array(refTo(Fault), {
        description: 'Every fault, where there can be several; the first 100 of a file.',
      }),
    ),
    total_errors: Type.Optional(count('How many faults there are, listed or not.')),
    missing: Type.Optional(Type.Array(Type.String(), { description: 'Columns that were not found.' })),
    found: Type.Optional(Type.Array(Type.String(), { description: 'Columns there are.' })),
    checks: Type.Optional(
      Type.Object({}, { additionalProperties: Type.String(), description: 'Each check with `ok`, or why it failed.' }),
    ),
  },
  { $id: 'Problem', description: 'What went wrong, why, and what to do (RFC 9457). `code` is for programs.' },
);

export const ErrorExplanation = Type.Object(
  {
    code: refTo(ErrorCodeName),
    status: Type.Integer({ minimum: 400, maximum: 599, description: 'The HTTP status it comes with.' }),
    title: text('What happened.'),
    advice: text('What you can do about it.'),
    retryable: Type.Boolean({ description: 'Can the same call succeed later?' }),
  },
  { $id: 'ErrorExplanation', description: 'What a code means.' },
);
