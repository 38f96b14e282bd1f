/** What a walk through docs/seeds.md needs. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { fetchAsTold } from './fetch-as-told.ts';
import { type MailServer, startMailServer } from './mail-server.ts';
import { startOrigin } from './origin-server.ts';
import { encoded, picture } from './pictures.ts';
import { type Served, serve } from './serve.ts';
import { freshFolder } from './temp-folder.ts';
import { startReceiver, type WebhookReceiver } from './webhook-receiver.ts';

export const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

interface Image {
  readonly file_id: string;
  readonly output_url: string | null;
  readonly outcome: string | null;
  readonly quality: number | null;
  readonly bytes_in: number;
  readonly bytes_out: number;
}

export interface Status {
  readonly request_id: string;
  readonly status: string;
  readonly error: string | null;
  readonly finished_at: string | null;
  readonly output_csv: string | null;
  readonly progress: {
    readonly total: number;
    readonly done: number;
    readonly failed: number;
    readonly percent: number;
  };
  readonly failures: readonly { readonly code: string; readonly count: number }[];
  readonly products: readonly {
    readonly input_image_urls: readonly string[];
    readonly output_image_urls: readonly (string | null)[];
    readonly images: readonly Image[];
  }[];
}

/** Everything a walk needs: a service with its storage, and the world around it. */
export class Walk {
  readonly receiver: WebhookReceiver;
  readonly mails: MailServer;
  readonly service: Served;
  /** Two products with three images; the last one is missing at its shop if `broken`. */
  readonly csv: (broken: boolean) => string;
  readonly steps: string[] = [];

  constructor(parts: Pick<Walk, 'receiver' | 'mails' | 'service' | 'csv'>) {
    this.receiver = parts.receiver;
    this.mails = parts.mails;
    this.service = parts.service;
    this.csv = parts.csv;
  }

  /** Notes that a step of the page was walked. */
  step(number: string): void {
    this.steps.push(number);
  }

  async upload(path: string, csv: string, fields: Record<string, string> = {}): Promise<string> {
    const form = new FormData();
    form.set('file', new File([csv], 'shoes.csv', { type: 'text/csv' }));
    for (const [name, text] of Object.entries(fields)) form.set(name, text);
    const answer = await this.call(path, { method: 'POST', body: form });
    assert.equal(answer.status, 202, await answer.clone().text());
    const { request_id }: { request_id: string } = JSON.parse(await answer.text());
    assert.match(request_id, /^[0-9a-f-]{36}$/);
    return request_id;
  }

  call(path: string, init: RequestInit = {}): Promise<Response> {
    return fetchAsTold(this.service.url, path, init);
  }

  async status(path: string): Promise<Status> {
    const answer = await this.call(path);
    assert.equal(answer.status, 200);
    return JSON.parse(await answer.text());
  }

  async finished(requestId: string): Promise<Status> {
    const events = await this.call(`/status/${requestId}/events`);
    // The stream ends when the request does.
    await events.text();
    return this.status(`/status/${requestId}`);
  }
}

export const openWalk = async (t: TestContext, settings: Record<string, string>): Promise<Walk> => {
  const origin = await startOrigin(t);
  const image = await encoded(picture({ width: 400, height: 300, kind: 'photo' }), 'jpeg', { quality: 95 });
  origin.route('/p/*', (_request, response) => {
    response.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': image.byteLength }).end(image);
  });
  const receiver = await startReceiver(t);
  const mails = await startMailServer(t);
  const service = await serve(t, {
    HALVE_DATA_DIR: await freshFolder(t),
    HALVE_WEBHOOK_SECRET: SECRET,
    HALVE_SMTP_URL: mails.url,
    HALVE_MAIL_FROM: 'Halve <halve@shop.example>',
    ...settings,
    HALVE_ALLOW_HOSTS: [origin.host, receiver.host, settings.HALVE_ALLOW_HOSTS].filter(Boolean).join(','),
  });
  const csv = (broken: boolean): string =>
    'Serial Number,Product Name,Input Image Urls\n' +
    `1,Shoe,"${origin.url}/p/shoe.jpg,${origin.url}/p/shoe-side.jpg"\n` +
    `2,Boot,${origin.url}${broken ? '/gone.jpg' : '/p/boot.jpg'}\n`;
  return new Walk({ receiver, mails, service, csv });
};
