/** The page over the OpenAPI document: Scalar's, with everything it could ask of anybody else turned off. */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { ApiReferenceConfiguration } from '@scalar/fastify-api-reference';
import { fastify } from 'fastify';

export interface DocsPage {
  readonly html: string;
  readonly script: Buffer;
  readonly scriptGzip: Buffer;
  /** Changes with the script. */
  readonly scriptTag: string;
  readonly contentSecurityPolicy: string;
}

/** Below `/docs`, where the page finds its script. */
export const DOCS_SCRIPT = 'js/scalar.js';

/**
 * Renders the page. The plugin is loaded here and not at start: it holds 4 MB of script and takes a quarter of a second,
 * which only the first visitor need wait for. `base` is the path of the service's public address, without a slash at the end.
 */
export const renderDocsPage = async (base: string): Promise<DocsPage> => {
  const { default: scalar } = await import('@scalar/fastify-api-reference');
  const renderer = fastify();
  await renderer.register(scalar, { routePrefix: '/docs', configuration: configuration(base) });
  const html = (await renderer.inject('/docs/')).body;
  const script = (await renderer.inject(`/docs/${DOCS_SCRIPT}`)).rawPayload;
  await renderer.close();
  return {
    html,
    script,
    scriptGzip: await promisify(gzip)(script),
    scriptTag: `"${createHash('sha256').update(script).digest('base64url').slice(0, 22)}"`,
    contentSecurityPolicy: policyFor(html),
  };
};

const configuration = (base: string): Partial<ApiReferenceConfiguration> => ({
  pageTitle: 'Halve API',
  favicon: `${base}/assets/icon.svg`,
  cdn: `${base}/docs/${DOCS_SCRIPT}`,
  url: `${base}/openapi.json`,
  // Calls tried out go to where the page came from; the public address may be another name of the same service.
  servers: [{ url: base === '' ? '/' : base }],
  _integration: null,
  telemetry: false,
  withDefaultFonts: false,
  agent: { disabled: true },
  mcp: { disabled: true },
  hideClientButton: true,
  showDeveloperTools: 'never',
  externalUrls: { dashboardUrl: '', registryUrl: '', proxyUrl: '', apiBaseUrl: '' },
  defaultHttpClient: { targetKey: 'shell', clientKey: 'curl' },
  documentDownloadType: 'json',
});

/**
 * Whatever the page would like to do, the browser lets it load, ask and send nothing but here. Its own inline script is
 * known by its hash; styles are made at run time and can only be allowed as a whole.
 */
const policyFor = (html: string): string => {
  const inline = [...html.matchAll(/<script(?![^>]* src=)[^>]*>([\s\S]*?)<\/script>/g)].map(([, text = '']) => text);
  const hashes = inline.map((text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`);
  return [
    "default-src 'none'",
    ["script-src 'self'", ...hashes].join(' '),
    "style-src 'unsafe-inline'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
};
