/**
 * A small outside image processor for Halve: takes signed chunks of images, halves them, keeps and serves them itself,
 * and reports signed results. How the two talk: docs/processor.md. How to run it: README.md beside this file.
 */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import sharp from 'sharp';
import { Webhook } from 'standardwebhooks';

const { HALVE_WEBHOOK_SECRET = '', HOST = '127.0.0.1', PORT = '4000', FOLDER = './processed' } = process.env;

/** Several while one is being replaced; the first signs, any may have signed what comes in. */
const webhooks = HALVE_WEBHOOK_SECRET.split(/[\s,]+/)
  .filter((secret) => secret !== '')
  .map((secret) => new Webhook(secret));

const MAX_BODY_BYTES = 1_000_000;
const MAX_SOURCE_BYTES = 50_000_000;
const MAX_PIXELS = 50_000_000;
const FETCH_MS = 30_000;
/** Images worked on at the same time, and images waiting above which no further chunk is taken. */
const AT_ONCE = 4;
const MAX_WAITING = 256;
/** Results in one message; more than one, so that a thousand images do not become a thousand messages. */
const REPORT_AT = 8;
/** Waits between tries to report, about ten minutes in all. */
const REPORT_DELAYS_MS = [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 60_000, 120_000, 300_000];
const FORMATS = ['jpeg', 'png', 'webp', 'avif', 'gif'];
/** Tried from the best on until one fits. */
const QUALITIES = [82, 74, 66, 58, 50, 42, 34, 26];

/** Images to do, each a function that does one. */
const waiting = [];
let busy = 0;

const server = createServer((request, response) => {
  answer(request, response).catch((error) => {
    log(`call failed: ${error.message}`);
    if (!response.headersSent) response.writeHead(500);
    response.end();
  });
});

const answer = async (request, response) => {
  const { pathname } = new URL(request.url, 'http://processor');
  if (request.method === 'POST' && pathname === '/process') return takeChunk(request, response);
  const name = /^\/images\/([a-z0-9-]+\.[a-z]+)$/.exec(pathname)?.[1];
  if (request.method === 'GET' && name !== undefined) return sendImage(name, response);
  response.writeHead(404).end();
};

/** Answers as soon as the chunk is known to be good; the work goes on behind it. */
const takeChunk = async (request, response) => {
  const body = await readBody(request);
  if (body === null) return response.writeHead(413, { connection: 'close' }).end();
  const message = verified(body, request.headers);
  if (message === null) return response.writeHead(401).end('The signature is wrong.');
  if (message.type !== 'images.process') return response.writeHead(400).end('Only images.process is taken.');
  if (waiting.length > MAX_WAITING) return response.writeHead(503, { 'retry-after': '10' }).end('Too busy.');
  response.writeHead(202).end();
  log(`chunk ${message.chunk_id} of request ${message.request_id}: ${message.images.length} images`);
  work(message);
};

const readBody = async (request) => {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};

/** The message, if one of the secrets signed it within the last five minutes; or null. */
const verified = (body, headers) => {
  for (const webhook of webhooks) {
    try {
      return webhook.verify(body, headers);
    } catch {
      // Perhaps with the next one.
    }
  }
  return null;
};

const sendImage = async (name, response) => {
  const bytes = await readFile(join(FOLDER, name)).catch(() => null);
  if (bytes === null) return response.writeHead(404).end();
  response
    .writeHead(200, { 'content-type': `image/${name.split('.').pop()}`, 'content-length': bytes.length })
    .end(bytes);
};

/** Queues the images of a chunk and reports results as they come, some at a time. */
const work = ({ request_id, callback_url, options, images }) => {
  let done = [];
  let open = images.length;
  for (const image of images) {
    waiting.push(async () => {
      const result = await resultOf(image, options);
      done.push(result);
      open -= 1;
      if (done.length < REPORT_AT && open > 0) return;
      const results = done;
      done = [];
      // Not waited for: the next image need not wait for Halve.
      void report(callback_url, { type: 'images.processed', request_id, images: results });
    });
  }
  next();
};

const next = () => {
  while (busy < AT_ONCE && waiting.length > 0) {
    busy += 1;
    const job = waiting.shift();
    void job().finally(() => {
      busy -= 1;
      next();
    });
  }
};

/** A failure is a result too. */
const resultOf = async ({ file_id, input_url }, options) => {
  try {
    const source = await download(input_url);
    const { bytes, format, width, height, quality } = await halve(source, options);
    await writeFile(join(FOLDER, `${file_id}.${format}`), bytes);
    const output_url = `${publicUrl()}/images/${file_id}.${format}`;
    const facts = { bytes_in: source.length, bytes_out: bytes.length, format, width, height, quality };
    return { file_id, input_url, output_url, ...facts };
  } catch (error) {
    return { file_id, input_url, error: error.message || 'The image could not be processed.' };
  }
};

const download = async (url) => {
  const response = await fetch(url, { signal: AbortSignal.timeout(FETCH_MS) });
  if (!response.ok) throw new Error(`The server answered ${response.status}.`);
  const chunks = [];
  let size = 0;
  for await (const chunk of response.body) {
    size += chunk.length;
    if (size > MAX_SOURCE_BYTES) throw new Error('The file is too large.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};

/** The best of a few qualities that keeps within the target; the source itself when nothing is smaller. */
const halve = async (source, options) => {
  const input = () => sharp(source, { limitInputPixels: MAX_PIXELS }).autoOrient();
  const seen = await input().metadata();
  const own = seen.format === 'heif' ? 'avif' : seen.format;
  const format = ['same', 'auto'].includes(options.format) ? own : options.format;
  if (!FORMATS.includes(format)) throw new Error('This format is not taken.');
  if ((seen.pages ?? 1) > 1) throw new Error('Animated pictures are not taken.');
  const pixels = await input()
    .resize(options.max_width, options.max_height, { fit: 'inside', withoutEnlargement: true })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const budget = options.quality === null ? source.length * options.target : source.length;
  let best = null;
  for (const quality of options.quality === null ? QUALITIES : [options.quality]) {
    const { width, height, channels } = pixels.info;
    const { data } = await sharp(pixels.data, { raw: { width, height, channels } })
      .toFormat(format, format === 'gif' ? {} : { quality, palette: true })
      .toBuffer({ resolveWithObject: true });
    if (best === null || data.length < best.bytes.length) best = { bytes: data, format, width, height, quality };
    if (best.bytes.length <= budget) return best;
  }
  const { width, height } = seen.autoOrient ?? seen;
  return best.bytes.length < source.length ? best : { bytes: source, format: own, width, height, quality: null };
};

/** Sends results until Halve has taken them: the same id and body each time, so that it takes them once. */
const report = async (callbackUrl, message) => {
  const id = `msg_${randomUUID().replaceAll('-', '')}`;
  const body = JSON.stringify(message);
  for (const wait of [0, ...REPORT_DELAYS_MS]) {
    await delay(wait);
    const status = await post(callbackUrl, id, body);
    if (status >= 200 && status < 300) return;
    log(`results ${id} were answered ${status === 0 ? 'by nobody' : status}`);
    // Halve does not want them: the request was deleted, or the two do not share a secret.
    if (status >= 400 && status < 500 && status !== 408 && status !== 429) return;
  }
};

/** Answers the status, or 0 without an answer. */
const post = async (url, id, body) => {
  const now = new Date();
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
    'webhook-signature': webhooks[0].sign(id, now, body),
  };
  try {
    const response = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(15_000) });
    await response.body?.cancel();
    return response.status;
  } catch {
    return 0;
  }
};

const publicUrl = () => process.env.PUBLIC_URL ?? `http://${HOST}:${server.address().port}`;

const log = (text) => process.stdout.write(`${text}\n`);

if (webhooks.length === 0) {
  process.stderr.write('HALVE_WEBHOOK_SECRET is needed: the secret Halve uses (halve webhook secret shows it).\n');
  process.exit(1);
}
await mkdir(FOLDER, { recursive: true });
server.listen(Number(PORT), HOST);
await once(server, 'listening');
log(`The processor is ready: http://${HOST}:${server.address().port}/process`);
