/** Reading an object of S3. */
import { Readable } from 'node:stream';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { AppError, systemCode } from '../core/errors.ts';
import type { StoredBlob } from './blob-store.ts';
import type { S3Access } from './s3-client.ts';
import { onS3, translateS3Error } from './s3-errors.ts';

/** Times a broken download goes on where it broke, before its reader is told. */
const MAX_RESUMES = 2;

/** One version of an object, opened: its first bytes are on their way. */
export class S3Object implements StoredBlob {
  readonly size: number;
  readonly modifiedAt: Date;
  readonly #access: S3Access;
  readonly #key: string;
  readonly #tag: string | undefined;
  readonly #whole: Readable;

  private constructor(access: S3Access, key: string, opened: OpenedObject) {
    this.#access = access;
    this.#key = key;
    this.#tag = opened.tag;
    this.#whole = opened.body;
    this.size = opened.size;
    this.modifiedAt = opened.modifiedAt;
  }

  /**
   * Opens it in the one request that also brings its bytes: nearly always all of them are wanted, and a reader then
   * gets the version whose size it was told.
   * @returns null when there is none
   */
  static async open(access: S3Access, key: string): Promise<S3Object | null> {
    const opened = await openObject(access, key, {});
    return opened === null ? null : new S3Object(access, key, opened);
  }

  stream(range?: { readonly start: number; readonly end: number }): Readable {
    const { start, end } = range ?? { start: 0, end: this.size - 1 };
    const isWhole = start === 0 && end === this.size - 1;
    if (!isWhole) this.#whole.destroy();
    return new ResumedDownload({
      start,
      end,
      first: isWhole ? this.#whole : null,
      fetch: (from) => this.#fetch(from, end),
      silenceMs: this.#access.limits.silenceMs,
      translate: (error) => translateS3Error(error, 'GetObject', this.#access.location),
    });
  }

  async close(): Promise<void> {
    this.#whole.destroy();
  }

  async #fetch(from: number, end: number): Promise<Readable> {
    const tag = this.#tag === undefined ? {} : { IfMatch: this.#tag };
    const opened = await openObject(this.#access, this.#key, { Range: `bytes=${from}-${end}`, ...tag });
    if (opened === null) throw new AppError('storage_failed', { detail: 'The file was removed while it was read.' });
    if (from === 0 || opened.range?.startsWith(`bytes ${from}-`) === true) return opened.body;
    opened.body.destroy();
    throw new AppError('storage_failed', { detail: 'The storage does not give out parts of files.' });
  }
}

interface OpenedObject {
  readonly size: number;
  readonly modifiedAt: Date;
  readonly tag: string | undefined;
  /** Which bytes came, if not all (RFC 9110, 14.4). */
  readonly range: string | undefined;
  readonly body: Readable;
}

const openObject = async (
  { client, location }: S3Access,
  key: string,
  part: { readonly Range?: string; readonly IfMatch?: string },
): Promise<OpenedObject | null> =>
  onS3('GetObject', location, async () => {
    try {
      const answer = await client.send(new GetObjectCommand({ Bucket: location.bucket, Key: key, ...part }));
      const { Body, ContentLength = 0, LastModified = new Date(0), ETag: tag, ContentRange: range } = answer;
      if (!(Body instanceof Readable)) throw new TypeError('expected a stream of Node');
      return { size: ContentLength, modifiedAt: LastModified, tag, range, body: Body };
    } catch (thrown) {
      if (thrown instanceof Error && (thrown.name === 'NoSuchKey' || thrown.name === 'NotFound')) return null;
      throw thrown;
    }
  });

interface DownloadParts {
  /** First and last byte. */
  readonly start: number;
  readonly end: number;
  /** The bytes from `start` on, if they are on their way already. */
  readonly first: Readable | null;
  readonly fetch: (from: number) => Promise<Readable>;
  /** Without a byte while somebody waits for it; a server that is silent for longer has forgotten us. */
  readonly silenceMs: number;
  readonly translate: (error: unknown) => unknown;
}

/** The bytes `start`–`end`; goes on where it was when the connection breaks or falls silent while somebody reads. */
class ResumedDownload extends Readable {
  readonly #parts: DownloadParts;
  #source: Readable | null = null;
  #position: number;
  #resumes = 0;
  #silence: NodeJS.Timeout | undefined;

  constructor(parts: DownloadParts) {
    super();
    this.#parts = parts;
    this.#position = parts.start;
    // One whose connection broke before it was wanted says nothing more; it is fetched again.
    if (parts.first?.destroyed === false) this.#attach(parts.first);
  }

  override _read(): void {
    if (this.#source === null) void this.#connect();
    else this.#listen(this.#source);
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    clearTimeout(this.#silence);
    this.#source?.destroy();
    callback(error);
  }

  async #connect(): Promise<void> {
    if (this.#position > this.#parts.end) {
      this.push(null);
      return;
    }
    try {
      const source = await this.#parts.fetch(this.#position);
      if (this.destroyed) source.destroy();
      else this.#listen(this.#attach(source));
    } catch (error) {
      // `fetch` has had the SDK's tries already.
      this.#fail(error);
    }
  }

  #attach(source: Readable): Readable {
    this.#source = source.pause();
    source.on('data', (chunk: Buffer) => {
      clearTimeout(this.#silence);
      source.pause();
      // Some servers end a range where they like.
      const wanted = chunk.subarray(0, this.#parts.end + 1 - this.#position);
      this.#position += wanted.length;
      this.push(wanted);
      if (wanted.length < chunk.length) source.destroy();
    });
    for (const end of ['end', 'error', 'close']) {
      source.once(end, (error?: Error) => this.#ended(source, error ?? new Error(end)));
    }
    return source;
  }

  /** Only while somebody waits for bytes does silence count: a slow reader is no fault of the storage. */
  #listen(source: Readable): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => {
      source.destroy();
      this.#ended(source, Object.assign(new Error('silence'), { code: 'ETIMEDOUT' }));
    }, this.#parts.silenceMs);
    source.resume();
  }

  #ended(source: Readable, why: Error): void {
    if (this.destroyed || this.#source !== source) return;
    clearTimeout(this.#silence);
    this.#source = null;
    const isComplete = this.#position > this.#parts.end;
    if (!isComplete && this.#resumes >= MAX_RESUMES) {
      const cut = systemCode(why) === undefined ? Object.assign(why, { code: 'ECONNRESET' }) : why;
      this.#fail(cut);
      return;
    }
    if (!isComplete) this.#resumes += 1;
    void this.#connect();
  }

  #fail(error: unknown): void {
    const told = this.#parts.translate(error);
    this.destroy(told instanceof Error ? told : new Error(String(told)));
  }
}
