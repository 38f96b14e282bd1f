/**
 * Chromium without a window. A page of a server on the loopback interface decodes the files and posts what it found;
 * so nothing but Chromium itself is needed.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Decoder, missing, type Opened, opened, type Proof } from './decoder.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
const LIMIT_MS = 120_000;

/** Each file as an `img` element, as pages show it, and as a bitmap; both wait for the last pixel. */
const PAGE = `<!doctype html><meta charset="utf-8"><title>decoding</title><script type="module">
const answers = [];
for (let i = 0; i < COUNT; i += 1) {
  try {
    const image = new Image();
    image.src = '/' + i;
    await image.decode();
    const bitmap = await createImageBitmap(await (await fetch('/' + i)).blob());
    const size = image.naturalWidth + ' ' + image.naturalHeight;
    answers.push(bitmap.width + ' ' + bitmap.height === size ? size : 'two sizes');
    bitmap.close();
  } catch (error) { answers.push(String(error)); }
}
await fetch('/answers', { method: 'POST', body: JSON.stringify(answers) });
</script>`;

export const chromium = async (): Promise<Opened> => {
  for (const command of NAMES) {
    const { error, stdout } = spawnSync(command, ['--version']);
    if (error === undefined) return opened(new Chromium(command, stdout.toString().trim()));
  }
  return missing('Chromium', `none of ${NAMES.join(', ')} is installed`);
};

class Chromium implements Decoder {
  readonly name: string;
  readonly #command: string;
  readonly #profile = mkdtempSync(join(tmpdir(), 'prove-decoders-'));

  constructor(command: string, version: string) {
    this.name = version;
    this.#command = command;
  }

  async ask(proofs: readonly Proof[]): Promise<string[]> {
    const { promise, resolve, reject } = Promise.withResolvers<string[]>();
    const server = createServer(async (request, response) => {
      if (request.url === '/answers') {
        const body = await Array.fromAsync(request as AsyncIterable<Buffer>);
        response.end();
        resolve(JSON.parse(Buffer.concat(body).toString()) as string[]);
        return;
      }
      const proof = proofs[Number(request.url?.slice(1) || Number.NaN)];
      response.setHeader('content-type', proof === undefined ? 'text/html' : 'image/jpeg');
      response.end(proof?.bytes ?? PAGE.replace('COUNT', String(proofs.length)));
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const { port } = server.address() as AddressInfo;
    const flags = ['--headless', '--no-sandbox', '--disable-gpu', `--user-data-dir=${this.#profile}`];
    // Kept open by its debugging port: without it the page is left as soon as it is loaded.
    const browser = spawn(this.#command, [...flags, '--remote-debugging-port=0', `http://127.0.0.1:${port}/`], {
      stdio: 'ignore',
    });
    const ended = new Promise<void>((done) => browser.once('exit', () => done()));
    browser.once('exit', (code) => reject(new Error(`Chromium ended with ${code}`)));
    browser.once('error', reject);
    const timer = setTimeout(() => reject(new Error('Chromium did not answer')), LIMIT_MS);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      browser.kill();
      await ended;
      server.closeAllConnections();
      server.close();
    }
  }

  async close(): Promise<void> {
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
