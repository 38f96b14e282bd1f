import type { TSchema } from '@fastify/type-provider-typebox';
import { AnnouncementBody } from './announcement-docs.ts';
import { Health, Readiness } from './health-schema.ts';
import { InboundAnswer } from './inbound-schema.ts';
import { ErrorCodeName, ErrorExplanation, Fault, Problem } from './problem-schema.ts';
import { Accepted, ListedRequest, RequestList } from './schemas.ts';
import { Delivery, DeliveryAttempt, Failures, Product, Progress, Receipt, StatusAnswer } from './status-schema.ts';

/**
 * The shapes with a name (`$id`): a route that uses one through `refTo` finds it here, and so do the document and the
 * types of clients. Shapes that nothing but one route knows need not be here.
 */
export const COMPONENTS: readonly TSchema[] = [
  Accepted,
  StatusAnswer,
  Progress,
  Failures,
  Product,
  Receipt,
  Delivery,
  DeliveryAttempt,
  AnnouncementBody,
  RequestList,
  ListedRequest,
  InboundAnswer,
  Problem,
  Fault,
  ErrorCodeName,
  ErrorExplanation,
  Health,
  Readiness,
];
