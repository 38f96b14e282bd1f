import type { App, RouteContext } from './app-types.ts';
import { DOCS_SCRIPT, type DocsPage, renderDocsPage } from './docs-page.ts';
import { matchesTag, weakTag } from './entity-tag.ts';

/** `GET /docs`: the API for people, to read and to try out. Open without a key; calls tried out need one where all do. */
export const docsRoutes = (app: App, { links }: RouteContext): void => {
  let rendered: Promise<DocsPage> | null = null;
  const page = (): Promise<DocsPage> => {
    rendered ??= renderDocsPage(links.base);
    return rendered;
  };
  const open = { method: ['GET', 'HEAD'], config: { open: true } };

  app.route({
    ...open,
    url: '/docs',
    handler: async ({ headers }, reply) => {
      const { html, contentSecurityPolicy } = await page();
      const tag = weakTag(html);
      reply.headers({ etag: tag, 'cache-control': 'no-cache', 'content-security-policy': contentSecurityPolicy });
      if (matchesTag(headers['if-none-match'], tag)) return reply.code(304).send();
      return reply.type('text/html; charset=utf-8').send(html);
    },
  });

  app.route({
    ...open,
    url: `/docs/${DOCS_SCRIPT}`,
    handler: async ({ headers }, reply) => {
      const { script, scriptGzip, scriptTag } = await page();
      reply.headers({ etag: scriptTag, 'cache-control': 'no-cache', vary: 'accept-encoding' });
      if (matchesTag(headers['if-none-match'], scriptTag)) return reply.code(304).send();
      reply.type('text/javascript; charset=utf-8');
      if (!/\bgzip\b/.test(headers['accept-encoding'] ?? '')) return reply.send(script);
      return reply.header('content-encoding', 'gzip').send(scriptGzip);
    },
  });
};
