/** Shapes shared by the routes' schemas. They check and coerce what comes in and write what goes out. */
import { Type } from '@fastify/type-provider-typebox';

/** A type or null, as one JSON Schema with two `type`s: the serializer handles it without trying alternatives. */
export const NullableString = Type.Unsafe<string | null>({ type: ['string', 'null'] });
export const NullableNumber = Type.Unsafe<number | null>({ type: ['number', 'null'] });

export const RequestIdParams = Type.Object({ request_id: Type.String() });

/** A place in a list: what `next` said, which is the number of the last entry shown. */
const Cursor = Type.Optional(Type.String({ pattern: '^[0-9]{1,12}$' }));
const limit = (fallback: number, maximum: number) => Type.Integer({ minimum: 1, maximum, default: fallback });

export const StatusQuery = Type.Object({
  limit: limit(50, 500),
  cursor: Cursor,
  state: Type.Optional(Type.Union([Type.Literal('failed'), Type.Literal('FAILED')])),
});

export const ListQuery = Type.Object({
  limit: limit(50, 200),
  cursor: Cursor,
  search: Type.Optional(Type.String({ maxLength: 200 })),
  status: Type.Optional(Type.String({ maxLength: 20 })),
});

/** Answer to a call that set work going. */
export const Accepted = Type.Object({
  request_id: Type.String(),
  status: Type.String(),
  total_products: Type.Integer(),
  total_images: Type.Integer(),
  status_url: Type.String(),
});

export const Receipt = Type.Object({
  file_id: Type.String(),
  input_url: Type.String(),
  output_url: NullableString,
  state: Type.String(),
  outcome: NullableString,
  code: NullableString,
  message: NullableString,
  bytes_in: NullableNumber,
  bytes_out: NullableNumber,
  format: NullableString,
  width: NullableNumber,
  height: NullableNumber,
  quality: NullableNumber,
  score: NullableNumber,
  encodes: NullableNumber,
  engine: NullableString,
  attempts: Type.Integer(),
});

const Product = Type.Object({
  serial_number: Type.String(),
  product_name: Type.String(),
  input_image_urls: Type.Array(Type.String()),
  output_image_urls: Type.Array(NullableString),
  images: Type.Array(Receipt),
});

const Progress = Type.Object({
  total: Type.Integer(),
  done: Type.Integer(),
  failed: Type.Integer(),
  percent: Type.Number(),
  images_per_second: NullableNumber,
  eta_seconds: NullableNumber,
});

export const StatusAnswer = Type.Object({
  request_id: Type.String(),
  status: Type.String(),
  progress: Progress,
  bytes_in: Type.Integer(),
  bytes_out: Type.Integer(),
  saved_percent: NullableNumber,
  created_at: Type.String(),
  started_at: NullableString,
  finished_at: NullableString,
  output_csv: NullableString,
  errors_csv: NullableString,
  error: NullableString,
  failures: Type.Array(Type.Object({ code: Type.String(), count: Type.Integer(), message: Type.String() })),
  // Filled when webhooks and e-mail are there.
  deliveries: Type.Array(Type.Object({})),
  products: Type.Array(Product),
  next: NullableString,
});

const ListedRequest = Type.Object({
  request_id: Type.String(),
  status: Type.String(),
  file_name: NullableString,
  total_products: Type.Integer(),
  total_images: Type.Integer(),
  done: Type.Integer(),
  failed: Type.Integer(),
  created_at: Type.String(),
  finished_at: NullableString,
  status_url: Type.String(),
  output_csv: NullableString,
});

export const ListAnswer = Type.Object({ requests: Type.Array(ListedRequest), next: NullableString });
