/**
 * The tables, as Kysely sees them. One set of types serves SQLite and PostgreSQL; so flags are 0/1, times are
 * milliseconds since 1970 and documents are JSON text.
 */
import type { Generated, Insertable, Selectable } from 'kysely';
import type { ImageState, RequestStatus } from '../core/states.ts';

export interface RequestsTable {
  /** Internal number: eight bytes in a million image rows where the public id would take 36. */
  rid: Generated<number>;
  /** Public id, a UUID. */
  id: string;
  status: RequestStatus;
  /** `RequestOptions` as JSON. */
  options: string;
  /** `Dialect` of the uploaded file as JSON; with the kept input file it is all that result files need. */
  dialect: string;
  file_name: string | null;
  /** SHA-256 of the uploaded bytes and of the options; tells a repeated upload. */
  fingerprint: string;
  /** Name of the API key that brought it; empty where none are used. */
  owner: Generated<string>;
  total_products: number;
  total_images: number;
  /** Images with the URL of an earlier one; they are settled together with it. */
  duplicates: number;
  /** Rows left out with `on_invalid=skip`. */
  faulty_rows: number;
  done: Generated<number>;
  failed: Generated<number>;
  bytes_in: Generated<number>;
  bytes_out: Generated<number>;
  /** Images up to this ordinal have been handed to the queue; the next chunk begins behind it. */
  cursor: Generated<number>;
  /** Chunks in the queue or at a press; bounded, so that the queue stays short. */
  open_chunks: Generated<number>;
  /** Queue entries with images that are tried again; bounded too, but they never hold up fresh chunks. */
  open_retries: Generated<number>;
  /** 1 while the finish job is queued or running; makes finishing happen once. */
  finishing: Generated<number>;
  created_at: number;
  started_at: number | null;
  /** Set when the result files stand; a status is terminal for users only then. */
  finished_at: number | null;
  /** One sentence when the request itself failed. */
  error: string | null;
}

export interface ProductsTable {
  rid: number;
  /** Number of the data record in the file, from 1. */
  row: number;
  /** Physical line of the file where the record begins. */
  line: number;
  serial_number: string;
  product_name: string;
  /** Ordinals `first_ordinal … first_ordinal + image_count − 1` are its images, in order. */
  first_ordinal: number;
  image_count: number;
}

export interface ImagesTable {
  rid: number;
  /** Number of the image in the request, from 1, in file order. */
  ordinal: number;
  row: number;
  /** Position in the row's list, from 1. */
  n: number;
  url: string;
  /** Ordinal of the first image with the same URL, or null if this is the first. */
  same_as: number | null;
  state: Generated<ImageState>;
  /** Counts hand-outs to a press. A result must name the current one, or it is late and refused (fencing token). */
  claim: Generated<number>;
  /** Tries that came to an end, good or bad. */
  tries: Generated<number>;
  /** Presses that died while decoding this image. */
  crashes: Generated<number>;
  outcome: string | null;
  code: string | null;
  /** Why it failed; or what a user should know of one that succeeded. */
  message: string | null;
  /** Last part of the storage key: `images/{id}/{file}`. */
  file: string | null;
  sha256: string | null;
  format: string | null;
  width: number | null;
  height: number | null;
  bytes_in: number | null;
  bytes_out: number | null;
  quality: number | null;
  score: number | null;
  encodes: number | null;
  engine: string | null;
  /** Where an outside processor stored it; null when it lies in our own store under `file`. */
  output_url: string | null;
}

/** Failures of a request, counted as they happen, so that the status never scans a million rows. */
export interface FailureCountsTable {
  rid: number;
  code: string;
  /** Splits a code, for example `404` for `http_status`; empty when it needs no splitting. */
  detail: string;
  count: number;
}

/** Entries of the embedded queue (`queue/sqlite-queue.ts`); pg-boss keeps its own tables. */
export interface JobsTable {
  id: Generated<number>;
  kind: string;
  rid: number;
  payload: string;
  state: Generated<'ready' | 'active'>;
  /** Not before this time (ms since 1970). */
  run_at: number;
}

export const DELIVERY_KINDS = ['webhook', 'email'] as const;
export type DeliveryKind = (typeof DELIVERY_KINDS)[number];
export const DELIVERY_STATES = ['PENDING', 'DELIVERED', 'FAILED'] as const;
/** PENDING: an attempt is to come. FAILED: none is, unless somebody asks for one by hand. */
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** The outbox: one row for each webhook or e-mail to send, written in the transaction that ends a request. */
export interface DeliveriesTable {
  /** Public id; also the `webhook-id` and part of the `Message-ID`, the same for every attempt. */
  id: string;
  rid: number;
  kind: DeliveryKind;
  /** URL or e-mail address. */
  target: string;
  /** `Announcement` as JSON, word for word what a webhook sends. */
  payload: string;
  state: Generated<DeliveryState>;
  /** Attempts by schedule that came to an end. */
  tries: Generated<number>;
  /** 1 while a mail server may be taking the message: whoever finds it after a crash must not send it again. */
  handing_over: Generated<number>;
  created_at: number;
  next_try_at: number | null;
}

/** The delivery log. */
export interface DeliveryAttemptsTable {
  delivery_id: string;
  /** From 1. */
  n: number;
  at: number;
  /** 1 when the other side took it. */
  ok: number;
  /** What the other side said, or why it could not be asked; one line. */
  result: string;
  /** HTTP status or SMTP code; null without an answer. */
  answer_code: number | null;
  /** How long it took. */
  ms: number;
  /** 1 for a replay somebody asked for. */
  by_hand: number;
}

/** Receivers that asked not to be called any more (410 Gone). */
export interface ClosedTargetsTable {
  target: string;
  closed_at: number;
  reason: string;
}

/** `Idempotency-Key`s of uploads; kept for a day. */
export interface IdempotencyKeysTable {
  owner: string;
  key: string;
  fingerprint: string;
  request_id: string;
  created_at: number;
}

/** How many requests there are in each status, kept by triggers; a status nobody was ever in has no row. */
export interface RequestCountsTable {
  status: RequestStatus;
  count: number;
}

/** Signed messages that were taken in, so that the same one again changes nothing. */
export interface InboundMessagesTable {
  /** `webhook-id` */
  id: string;
  body_sha256: string;
  /** The JSON that was answered. */
  answer: string;
  received_at: number;
}

export interface Schema {
  requests: RequestsTable;
  products: ProductsTable;
  images: ImagesTable;
  failure_counts: FailureCountsTable;
  jobs: JobsTable;
  deliveries: DeliveriesTable;
  delivery_attempts: DeliveryAttemptsTable;
  closed_targets: ClosedTargetsTable;
  idempotency_keys: IdempotencyKeysTable;
  inbound_messages: InboundMessagesTable;
  request_counts: RequestCountsTable;
}

export type RequestRow = Selectable<RequestsTable>;
export type NewRequest = Insertable<RequestsTable>;
export type ProductRow = Selectable<ProductsTable>;
export type ImageRow = Selectable<ImagesTable>;
export type DeliveryRow = Selectable<DeliveriesTable>;
export type DeliveryAttemptRow = Selectable<DeliveryAttemptsTable>;
