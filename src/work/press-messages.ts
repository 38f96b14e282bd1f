/**
 * What the service process and a press say to each other. Both ends are the same version of Halve started by the same
 * program, so the messages are typed and not parsed; only plain data travels.
 */
import type { CompressedImage } from '../compress/compressed-image.ts';
import type { ErrorCode } from '../core/errors.ts';
import type { CompressOptions } from '../core/options.ts';
import type { DownloadLimits } from '../fetch/download.ts';
import type { HostVerdict } from '../fetch/host-gate.ts';
import type { StoreConfig } from '../store/open-store.ts';

/** Everything a press must know to do its work; it reads no environment of its own. */
export interface PressSettings {
  readonly store: StoreConfig;
  /** Variables its process gets besides our own few: credentials of the storage, for the SDK to find. */
  readonly environment: Readonly<Record<string, string>>;
  /** The text of HALVE_ALLOW_HOSTS. */
  readonly allowHosts: string;
  readonly userAgent: string;
  readonly downloadLimits: DownloadLimits;
}

/** One image to work on. `claim` comes back with the result and makes a late one recognisable. */
export interface ImageTask {
  readonly ordinal: number;
  readonly row: number;
  readonly n: number;
  readonly url: string;
  readonly claim: number;
}

/** A few images of one request. */
export interface ChunkTask {
  /** The queue's id of the job. */
  readonly chunkId: string;
  readonly requestId: string;
  readonly options: CompressOptions;
  readonly images: readonly ImageTask[];
}

export interface ImageSuccess extends Omit<CompressedImage, 'bytes'> {
  readonly ok: true;
  readonly ordinal: number;
  readonly claim: number;
  /** Last part of the storage key. */
  readonly file: string;
  readonly sha256: string;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** From the moment its server could be called to the last byte. */
  readonly downloadMs: number;
  /** Decoding, and every encode that was tried. */
  readonly compressMs: number;
}

export interface ImageFailure {
  readonly ok: false;
  readonly ordinal: number;
  readonly claim: number;
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
  readonly retryAfterMs: number | null;
  /** See `AppErrorOptions.group`. */
  readonly group: string | null;
  /** False if the image's turn never came because its host rests; see `wasTried` in fetch/host-gate.ts. */
  readonly tried: boolean;
  /** Source bytes, when the download went well. */
  readonly bytesIn: number | null;
}

export type ImageResult = ImageSuccess | ImageFailure;

export type ToPress =
  | { readonly type: 'settings'; readonly settings: PressSettings }
  | { readonly type: 'chunk'; readonly chunk: ChunkTask }
  /** Drop what is not finished of a request; nothing more is reported of it. */
  | { readonly type: 'drop'; readonly chunkId: string }
  | { readonly type: 'host-entered'; readonly ticket: number }
  | { readonly type: 'host-refused'; readonly ticket: number; readonly failure: RefusedHost };

/** Why a host may not be entered now; an `AppError` taken apart for the journey. */
export interface RefusedHost {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly retryable: boolean;
  readonly retryAfterMs: number | null;
  readonly group: string | null;
  readonly tried: boolean;
}

export type FromPress =
  /** The press wants another chunk: its processor has, or will soon have, nothing to do. */
  | { readonly type: 'hungry' }
  /** The bytes of this image go to the decoder now; if the press dies before its result, it is a suspect. */
  | { readonly type: 'decoding'; readonly chunkId: string; readonly ordinal: number }
  | { readonly type: 'result'; readonly chunkId: string; readonly result: ImageResult }
  | { readonly type: 'enter-host'; readonly ticket: number; readonly host: string }
  | { readonly type: 'abandon-host'; readonly ticket: number }
  | { readonly type: 'leave-host'; readonly ticket: number; readonly verdict: HostVerdict }
  /** A sign of life, with the process's memory in bytes. */
  | { readonly type: 'alive'; readonly rss: number };
