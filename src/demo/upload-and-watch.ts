import { type TSchema, Type } from 'typebox';
import { Value } from 'typebox/value';
import { ProgressBar } from '../cli/progress-bar.ts';
import type { Terminal } from '../cli/terminal.ts';

/** What the demo reads of a status; see the status route for all there is. */
const DemoStatus = Type.Object({
  request_id: Type.String(),
  status: Type.String(),
  progress: Type.Object({
    total: Type.Number(),
    done: Type.Number(),
    failed: Type.Number(),
    images_per_second: Type.Union([Type.Number(), Type.Null()]),
    eta_seconds: Type.Union([Type.Number(), Type.Null()]),
  }),
  bytes_in: Type.Number(),
  bytes_out: Type.Number(),
  started_at: Type.Union([Type.String(), Type.Null()]),
  finished_at: Type.Union([Type.String(), Type.Null()]),
  products: Type.Array(
    Type.Object({
      product_name: Type.String(),
      images: Type.Array(
        Type.Object({
          state: Type.String(),
          input_url: Type.String(),
          code: Type.Union([Type.String(), Type.Null()]),
          message: Type.Union([Type.String(), Type.Null()]),
          outcome: Type.Union([Type.String(), Type.Null()]),
          format: Type.Union([Type.String(), Type.Null()]),
          bytes_in: Type.Union([Type.Number(), Type.Null()]),
          bytes_out: Type.Union([Type.Number(), Type.Null()]),
        }),
      ),
    }),
  ),
});
export type DemoStatus = Type.Static<typeof DemoStatus>;

const Accepted = Type.Object({ request_id: Type.String(), total_products: Type.Number(), total_images: Type.Number() });

/** How often the status is asked for. */
const POLL_MS = 250;

/** Uploads a CSV as any program would, asks for the status until the request is finished, and shows the progress. */
export const uploadAndWatch = async (serviceUrl: string, csv: string, terminal: Terminal): Promise<DemoStatus> => {
  const form = new FormData();
  form.set('file', new File([csv], 'catalogue.csv', { type: 'text/csv' }));
  const accepted = await ask(Accepted, `${serviceUrl}/upload`, { method: 'POST', body: form });
  const { request_id, total_products, total_images } = accepted;
  terminal.stderr.write(`  accepted: request ${request_id}, ${total_products} products, ${total_images} images\n\n`);
  const bar = new ProgressBar(terminal.stderr, terminal.environment);
  for (;;) {
    const status = await ask(DemoStatus, `${serviceUrl}/status/${request_id}?limit=500`);
    const { total, done, failed, images_per_second, eta_seconds } = status.progress;
    bar.update({
      total,
      done,
      failed,
      bytesIn: status.bytes_in,
      bytesOut: status.bytes_out,
      imagesPerSecond: images_per_second,
      etaSeconds: eta_seconds,
    });
    if (status.finished_at !== null) {
      bar.end();
      return status;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
};

const ask = async <S extends TSchema>(schema: S, url: string, init?: RequestInit): Promise<Type.Static<S>> => {
  const answer = await fetch(url, init);
  const body = await answer.text();
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${body}`);
  return Value.Parse(schema, JSON.parse(body));
};
