/** What the calls for operators and tools do. */
import { Type } from '@fastify/type-provider-typebox';
import { ERRORS } from '../core/errors.ts';
import type { OperationDocs } from './document.ts';
import { text } from './schema-parts.ts';

export const GET_HEALTH: OperationDocs = {
  operationId: 'health',
  tag: 'Operations',
  summary: 'Does the process live?',
  description: 'Restart it if not (liveness probe). Looks at nothing else, so that a full disk restarts nobody.',
  answers: { 200: { description: 'It lives.', example: { status: 'ok', version: '0.1.0' } } },
  problems: [],
};

export const GET_READINESS: OperationDocs = {
  operationId: 'readiness',
  tag: 'Operations',
  summary: 'Can it work?',
  description:
    'Tries database, storage and free disk; send it nothing if it cannot work (readiness probe). Answers are up to a second old.',
  answers: {
    200: {
      description: 'It can work.',
      example: { status: 'ok', checks: { database: 'ok', storage: 'ok', disk: 'ok' } },
    },
  },
  problems: ['not_ready'],
};

const METRICS_TEXT = `# HELP halve_requests Requests there are, by status.
# TYPE halve_requests gauge
halve_requests{status="PROCESSING"} 1
halve_requests{status="COMPLETED"} 42
`;

export const GET_METRICS: OperationDocs = {
  operationId: 'metrics',
  tag: 'Operations',
  summary: 'What to watch',
  description:
    'Counters and gauges in the text format of Prometheus: requests by status, images by outcome, the queue, times, bytes, deliveries, the process. docs/metrics.md explains each.',
  answers: {
    200: {
      description: 'Everything that is counted.',
      content: {
        'text/plain': {
          schema: text('Prometheus text exposition format 0.0.4.'),
          examples: { start: { summary: 'How it begins', value: METRICS_TEXT } },
        },
      },
    },
  },
  problems: ['database_unavailable'],
};

const { status, message: title, advice, retryable } = ERRORS.invalid_rows;

export const EXPLAIN_PROBLEM: OperationDocs = {
  operationId: 'explainProblem',
  tag: 'Operations',
  summary: 'What does an error code mean?',
  description: 'The `type` of a problem document points here.',
  answers: {
    200: {
      description: 'What it means and what to do.',
      example: { code: 'invalid_rows', status, title, advice, retryable },
    },
  },
  problems: ['not_found'],
};

const ETAG = { ETag: 'always' } as const;
const JSON_OBJECT = Type.Object({}, { additionalProperties: Type.Unknown(), description: 'An OpenAPI 3.1 document.' });

export const GET_DOCUMENT: OperationDocs = {
  operationId: 'getOpenApiDocument',
  tag: 'Operations',
  summary: 'This document',
  description: 'The OpenAPI 3.1 document of the service. `/docs` shows it as a page.',
  answers: {
    200: {
      description: 'The document.',
      headers: ETAG,
      content: {
        'application/json': {
          schema: JSON_OBJECT,
          examples: { start: { summary: 'How it begins', value: { openapi: '3.1.0', info: { title: 'Halve' } } } },
        },
      },
    },
    304: { description: 'It has not changed since the tag you sent.', headers: ETAG },
  },
  problems: [],
};
