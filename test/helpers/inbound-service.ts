/** A service that takes signed messages, and the small catalogue their tests talk about. */
import type { TestContext } from 'node:test';
import { SECRET } from './signed-message.ts';
import { startTestServer, type TestServer, type TestServerOptions } from './start-server.ts';

export const HEADER = 'Serial Number,Product Name,Input Image Urls';
/** The input and output address of an image. */
export const IMG = (name: string): string => `https://shop.example/${name}.jpg`;
export const OUT = (name: string): string => `https://cdn.example/${name}-half.jpg`;
/** a, b in one row; a again in the second; c in the third. */
export const ABC = `${HEADER}\n1,One,"${IMG('a')},${IMG('b')}"\n2,Two,${IMG('a')}\n3,Three,${IMG('c')}\n`;

/** A service with the shared secret; with `working` it also ends requests. */
export const startInbound = (t: TestContext, options: TestServerOptions = {}): Promise<TestServer> =>
  startTestServer(t, { ...options, engine: { webhookSecrets: [SECRET], ...options.engine } });

/** What the tests look at of a status. */
export interface Shown {
  readonly status: string;
  readonly progress: { readonly done: number; readonly failed: number };
  readonly bytes_in: number;
  readonly products: { readonly images: Record<string, unknown>[]; readonly output_image_urls: (string | null)[] }[];
  readonly failures: { readonly code: string; readonly count: number }[];
}

export const statusOf = async (url: string, id: string): Promise<Shown> =>
  JSON.parse(await (await fetch(`${url}/status/${id}`)).text());

/** The result for one image, with other facts if there are any. */
export const done = (name: string, facts: Record<string, unknown> = {}) => ({
  input_url: IMG(name),
  output_url: OUT(name),
  ...facts,
});
