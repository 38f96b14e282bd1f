import { Type } from '@fastify/type-provider-typebox';
import { text } from './schema-parts.ts';

export const Health = Type.Object(
  { status: text('`ok`'), version: text('Version of Halve.', { examples: ['0.1.0'] }) },
  { $id: 'Health', description: 'The process lives.' },
);

export const Readiness = Type.Object(
  {
    status: text('`ok`'),
    checks: Type.Object(
      { database: text('`ok`'), storage: text('`ok`'), disk: text('`ok`') },
      { description: 'What was tried.' },
    ),
  },
  { $id: 'Readiness', description: 'The service can work.' },
);
