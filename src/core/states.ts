/** The states of requests and images, and the only moves between them. Drawn in docs/states.md. */

export const REQUEST_STATUSES = ['PENDING', 'PROCESSING', 'COMPLETED', 'FAILED', 'CANCELLED'] as const;
export type RequestStatus = (typeof REQUEST_STATUSES)[number];

export const IMAGE_STATES = ['PENDING', 'PROCESSING', 'COMPLETED', 'FAILED'] as const;
export type ImageState = (typeof IMAGE_STATES)[number];

/** How a finished image met its target (design 3). */
export const OUTCOMES = ['met', 'visually_lossless', 'floor', 'kept_original', 'failed'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Moves out of the three ends exist for one reason: a person runs the failed images again. */
const REQUEST_MOVES: Readonly<Record<RequestStatus, readonly RequestStatus[]>> = {
  PENDING: ['PROCESSING', 'CANCELLED'],
  PROCESSING: ['COMPLETED', 'FAILED', 'CANCELLED'],
  COMPLETED: ['PROCESSING'],
  FAILED: ['PROCESSING'],
  CANCELLED: ['PROCESSING'],
};

export const canMove = (from: RequestStatus, to: RequestStatus): boolean => REQUEST_MOVES[from].includes(to);

/** The statuses from which a request may move to `to`; for the `WHERE status IN (…)` of a compare-and-set. */
export const movesInto = (to: RequestStatus): RequestStatus[] => REQUEST_STATUSES.filter((from) => canMove(from, to));

export const isFinished = (status: RequestStatus): boolean =>
  status === 'COMPLETED' || status === 'FAILED' || status === 'CANCELLED';

/** Counts of a request whose every image has been tried. */
export interface FinalCounts {
  readonly done: number;
  readonly failed: number;
  readonly strict: boolean;
}

/** The end status by design 2.2: at least one success, unless `strict` forbids any failure. */
export const finalStatus = ({ done, failed, strict }: FinalCounts): 'COMPLETED' | 'FAILED' =>
  done === 0 || (strict && failed > 0) ? 'FAILED' : 'COMPLETED';
