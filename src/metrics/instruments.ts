import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/**
 * Buckets in seconds. A small JPEG takes about ten milliseconds and a large AVIF half a minute; the quickest answers
 * come in one millisecond.
 */
const ENCODE_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const DOWNLOAD_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const ANSWER_BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

/** Everything Halve measures of itself. Each name stands in docs/metrics.md. */
export const createInstruments = (registry: Registry) => {
  const registers = [registry];
  const gauge = <T extends string = never>(name: string, help: string, labelNames: readonly T[] = []) =>
    new Gauge<T>({ name, help, labelNames, registers });
  const counter = <T extends string = never>(name: string, help: string, labelNames: readonly T[] = []) =>
    new Counter<T>({ name, help, labelNames, registers });
  const histogram = <T extends string = never>(
    name: string,
    help: string,
    buckets: number[],
    labelNames: readonly T[] = [],
  ) => new Histogram<T>({ name, help, buckets, labelNames, registers });

  return {
    requests: gauge('halve_requests', 'Requests there are, by status.', ['status']),
    queueEntries: gauge('halve_queue_entries', 'Queue entries that wait, due or not, by kind of work.', ['kind']),
    queueAge: gauge('halve_queue_age_seconds', 'How long the oldest due queue entry has waited, by kind of work.', [
      'kind',
    ]),
    workPaused: gauge('halve_work_paused', '1 while work rests because the storage takes nothing.'),
    images: counter('halve_images_total', 'Images that got their end, by outcome and, if they failed, by code.', [
      'outcome',
      'code',
    ]),
    inputBytes: counter('halve_image_input_bytes_total', 'Bytes of the sources of finished images.'),
    outputBytes: counter('halve_image_output_bytes_total', 'Bytes of finished images.'),
    encode: histogram(
      'halve_image_encode_seconds',
      'Decoding and compressing one image, all tries at its quality together, by output format.',
      ENCODE_BUCKETS,
      ['format'],
    ),
    download: histogram(
      'halve_image_download_seconds',
      'Downloading one image, from the moment its server may be called to its last byte.',
      DOWNLOAD_BUCKETS,
    ),
    deliveryAttempts: counter('halve_delivery_attempts_total', 'Attempts at webhooks and e-mails, by how they ended.', [
      'kind',
      'outcome',
    ]),
    presses: gauge('halve_presses', 'Processes that download and compress, alive now.'),
    pressEnds: counter('halve_press_ends_total', 'Presses that ended: died, or retired to start afresh.', ['reason']),
    eventStreams: gauge('halve_event_streams', 'Event streams that are open.'),
    answers: histogram(
      'halve_http_request_duration_seconds',
      'HTTP calls, from their headers to the last byte of the answer, by route.',
      ANSWER_BUCKETS,
      ['method', 'route', 'status'],
    ),
  };
};

export type Instruments = ReturnType<typeof createInstruments>;
