import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

/** A file of the page, whole in memory: there are a few and they are small. */
export interface WebFile {
  readonly text: string;
  readonly contentType: string;
  readonly tag: string;
}

const FOLDER = new URL('../../web/', import.meta.url);

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

/** Reads a file of `web/` by its name; `fill` completes it, for example with the path the service is reached under. */
export const readWebFile = async (name: string, fill: (text: string) => string): Promise<WebFile> => {
  const text = fill(await readFile(new URL(name, FOLDER), 'utf8'));
  return {
    text,
    contentType: TYPES[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream',
    tag: `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`,
  };
};
