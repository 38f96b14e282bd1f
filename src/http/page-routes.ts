import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App, RouteContext } from './app-types.ts';
import { matchesTag } from './entity-tag.ts';
import { wantsPage } from './media-types.ts';
import { requestIdOf } from './request-id.ts';
import { RequestIdParams } from './schemas.ts';
import { readWebFile, type WebFile } from './web-files.ts';

/** Everything the page needs comes from here; nothing it shows can run, load or send anything elsewhere. */
const PAGE_HEADERS = {
  'content-security-policy':
    "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'",
  // Asked for again each time, answered with 304: the page is never older than the service.
  'cache-control': 'no-cache',
};

const ASSETS = [
  'app.js',
  'request.js',
  'follow.js',
  'deliveries.js',
  'api.js',
  'style.css',
  'request.css',
  'icon.svg',
] as const;

/**
 * The page: upload at `/`, a request at `/requests/{id}`. Open without a key, because its files hold nothing of anybody;
 * what they show they ask the API for, with the key the visitor enters.
 */
export const pageRoutes = async (app: App, { links }: RouteContext): Promise<void> => {
  // Under a proxy that serves us in a folder, paths begin with it. It went through `new URL`, so it holds no quotes.
  const fill = (text: string): string => text.replaceAll('{{base}}', links.base);
  const open = { config: { open: true } };
  const method = ['GET', 'HEAD'];

  const home = await readWebFile('index.html', fill);
  app.route({ method, url: '/', ...open, handler: async (request, reply) => sendFile(home, request, reply) });

  for (const name of ASSETS) {
    const file = await readWebFile(name, fill);
    app.route({
      method,
      url: `/assets/${name}`,
      ...open,
      handler: async (request, reply) => sendFile(file, request, reply),
    });
  }

  const page = await readWebFile('request.html', fill);
  app.route({
    method,
    url: '/requests/:request_id',
    ...open,
    schema: { params: RequestIdParams },
    handler: async (request, reply) => {
      const id = requestIdOf(request.params.request_id);
      reply.header('vary', 'accept');
      // Programs that ask for a request get it where it is.
      if (!wantsPage(request.headers)) return reply.redirect(`${links.base}/status/${id}`, 303);
      const text = page.text.replaceAll('{{request_id}}', id);
      return sendFile({ ...page, text, tag: page.tag.replace(/"$/, `-${id}"`) }, request, reply);
    },
  });
};

const sendFile = (file: WebFile, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
  reply.headers({ ...PAGE_HEADERS, etag: file.tag });
  if (matchesTag(request.headers['if-none-match'], file.tag)) return reply.code(304).send();
  return reply.type(file.contentType).send(file.text);
};
