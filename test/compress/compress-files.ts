/** Run as a child by hostile-corpus.test.ts: compresses the files it is sent, and says how each went. */
import { readFile } from 'node:fs/promises';
import { compressImage } from '../../src/compress/compress-image.ts';
import { inspectImage } from '../../src/compress/inspect-image.ts';
import { AppError } from '../../src/core/errors.ts';
import { DEFAULT_OPTIONS } from '../../src/core/options.ts';

const compressFile = async (path: string): Promise<string> => {
  try {
    const source = await readFile(path);
    const { bytes } = await compressImage(source, await inspectImage(source), DEFAULT_OPTIONS);
    return bytes.length <= source.length ? 'ok' : 'foreign: larger than the source';
  } catch (error) {
    return error instanceof AppError ? error.code : `foreign: ${error}`;
  }
};

process.on('message', async (path: string) => {
  const start = performance.now();
  const result = await compressFile(path);
  const peakMb = Math.round(process.resourceUsage().maxRSS / 1024);
  process.send?.({ result, ms: Math.round(performance.now() - start), peakMb });
});
