/** A downloader for tests: may reach what is listed, gives up fast, and is closed when the test ends. */
import assert from 'node:assert/strict';
import { AppError } from '../../src/core/errors.ts';
import { parseAllowList } from '../../src/fetch/allow-list.ts';
import { DEFAULT_DOWNLOAD_LIMITS, Downloader, type DownloadLimits } from '../../src/fetch/download.ts';
import type { Download } from '../../src/fetch/fetch-answer.ts';
import { type HostGate, LocalHostGate } from '../../src/fetch/host-gate.ts';
import type { Resolve } from '../../src/fetch/resolve-host.ts';

export interface TestDownloaderOptions {
  /** As in HALVE_ALLOW_HOSTS. */
  readonly allow: string;
  readonly limits?: Partial<DownloadLimits>;
  readonly resolve?: Resolve;
  readonly gate?: HostGate;
  readonly now?: () => number;
}

export interface TestDownloader {
  get(url: string, signal?: AbortSignal): Promise<Download>;
  /** The failure of a download that must fail. */
  fail(url: string, signal?: AbortSignal): Promise<AppError>;
  close(): Promise<void>;
}

export const TEST_USER_AGENT = 'Halve/test (+https://example.com/halve)';
const NEVER = new AbortController().signal;

export const openDownloader = (
  t: { after(clean: () => Promise<void>): void },
  { allow, limits, resolve, gate = new LocalHostGate(), now }: TestDownloaderOptions,
): TestDownloader => {
  const downloader = new Downloader({
    allow: parseAllowList(allow),
    userAgent: TEST_USER_AGENT,
    limits: { ...DEFAULT_DOWNLOAD_LIMITS, ...limits },
    ...(resolve === undefined ? {} : { resolve }),
    ...(now === undefined ? {} : { now }),
  });
  t.after(() => downloader.close());
  const get = (url: string, signal = NEVER): Promise<Download> => downloader.download(url, { signal, gate });
  return {
    get,
    fail: async (url, signal) => {
      const outcome = await get(url, signal).catch((error: unknown) => error);
      assert.ok(outcome instanceof AppError, `expected an AppError for ${url}, got ${describe(outcome)}`);
      return outcome;
    },
    close: () => downloader.close(),
  };
};

const describe = (outcome: unknown): string => (outcome instanceof Error ? (outcome.stack ?? '') : 'a download');
