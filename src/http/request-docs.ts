import type { Static } from '@fastify/type-provider-typebox';
import type { AnswerDocs, OperationDocs } from './document.ts';
import { EXAMPLE_ID, EXAMPLE_URL } from './example-ids.ts';
import type { Accepted, RequestList } from './schemas.ts';

export const EXAMPLE_ACCEPTED: Static<typeof Accepted> = {
  request_id: EXAMPLE_ID,
  status: 'PENDING',
  total_products: 1,
  total_images: 2,
  status_url: `${EXAMPLE_URL}/status/${EXAMPLE_ID}`,
  hint: null,
};

const accepted = (description: string, status: Static<typeof Accepted>['status']): AnswerDocs => ({
  description,
  headers: { Location: 'always', 'Retry-After': 'always' },
  example: { ...EXAMPLE_ACCEPTED, status },
});

export const PROCESS_REQUEST: OperationDocs = {
  operationId: 'processRequest',
  tag: 'Requests',
  summary: 'Start it, or run its failed images again',
  description:
    'Starts a request that was uploaded with `start=manual`. On a finished one, runs the failed images again; those that succeeded are kept, and the result files are written anew.',
  answers: { 202: accepted('Work begins.', 'PROCESSING') },
  problems: ['request_not_found', 'request_running', 'nothing_to_do', 'database_unavailable'],
};

export const CANCEL_REQUEST: OperationDocs = {
  operationId: 'cancelRequest',
  tag: 'Requests',
  summary: 'Stop it',
  description:
    'Stops a request. Images that are done are kept and stand in its result files; `processRequest` takes it up again.',
  answers: { 202: accepted('It is being stopped.', 'CANCELLED') },
  problems: ['request_not_found', 'request_finished', 'database_unavailable'],
};

export const DELETE_REQUEST: OperationDocs = {
  operationId: 'deleteRequest',
  tag: 'Requests',
  summary: 'Delete it with its files',
  description:
    'Deletes a request with its images and CSV files, whatever its status. Addresses in your output CSV then lead nowhere.',
  answers: { 204: { description: 'It is gone.' } },
  problems: ['request_not_found', 'database_unavailable'],
};

const EXAMPLE_LIST: Static<typeof RequestList> = {
  requests: [
    {
      request_id: EXAMPLE_ID,
      status: 'COMPLETED',
      file_name: 'spring.csv',
      total_products: 1,
      total_images: 2,
      done: 1,
      failed: 1,
      created_at: '2026-01-02T03:04:58.004Z',
      finished_at: '2026-01-02T03:05:01.120Z',
      status_url: `${EXAMPLE_URL}/status/${EXAMPLE_ID}`,
      output_csv: `${EXAMPLE_URL}/csvfile/${EXAMPLE_ID}_output.csv`,
    },
  ],
  next: null,
};

export const LIST_REQUESTS: OperationDocs = {
  operationId: 'listRequests',
  tag: 'Requests',
  summary: 'All requests, newest first',
  description: 'A page of the requests; the whole list by following `next` until it is null.',
  answers: { 200: { description: 'A page.', example: EXAMPLE_LIST } },
  problems: ['invalid_option', 'database_unavailable'],
};
