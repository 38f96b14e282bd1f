import type { Database } from '../db/open-database.ts';
import { getRequest } from '../db/requests.ts';
import type { Job } from '../queue/queue.ts';

/** The public id of a job's request, for a line in the log; null when it is gone, or the database cannot say. */
export const requestIdOf = async (database: Database, job: Job): Promise<string | null> => {
  if ('requestId' in job.payload) return job.payload.requestId;
  try {
    return (await getRequest(database.read, job.rid))?.id ?? null;
  } catch {
    // It is asked when something failed already, and that is what the line is about.
    return null;
  }
};
