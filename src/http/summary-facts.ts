import { deliveriesOf } from '../db/deliveries.ts';
import { failureCounts } from '../db/failures.ts';
import type { RequestRow } from '../db/schema.ts';
import type { HttpEngine } from './app-types.ts';
import type { SummaryFacts } from './status-answer.ts';

/** Gathers what is said about a request as a whole. The cost does not grow with the request. */
export const readSummaryFacts = async (
  { database, supervisor }: HttpEngine,
  request: RequestRow,
): Promise<SummaryFacts> => ({
  request,
  failures: request.failed === 0 ? [] : await failureCounts(database.read, request.rid),
  rate: request.status === 'PROCESSING' ? supervisor.rates.rate(request.rid) : null,
  deliveries: request.finished_at === null ? [] : await deliveriesOf(database.read, request.rid),
  paused: supervisor.paused,
});
