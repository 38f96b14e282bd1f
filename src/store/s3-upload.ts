/** Writing an object of unknown length with the memory of one part (AWS: "Uploading objects using multipart upload"). */
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { type S3Access, sendingTimeMs } from './s3-client.ts';
import { onS3 } from './s3-errors.ts';

/** All parts but the last must have one size, of 5 MiB at least; S3 takes 10,000 of them, so 80 GB fit. */
const PART_BYTES = 8 * 1024 * 1024;
/** Putting 10,000 parts together takes the server longer than an ordinary call. */
const COMPLETE_TIMEOUT_MS = 120_000;

/** Where an object goes and what is kept with it. */
export type ObjectTarget = Omit<PutObjectCommandInput, 'Body'>;

/** Writes a whole object in one request. */
export const putObject = async (access: S3Access, target: ObjectTarget, bytes: Uint8Array): Promise<void> => {
  const { client, location, limits } = access;
  const requestTimeout = sendingTimeMs(bytes.length, limits);
  const command = new PutObjectCommand({ ...target, Body: bytes });
  await onS3('PutObject', location, () => client.send(command, { requestTimeout }));
};

/**
 * Writes an object in parts, one after the other; in one request when it is small. Nobody sees it before its end.
 * @returns bytes written
 * @throws what `content` throws; the parts sent until then are removed
 */
export const uploadStream = async (
  access: S3Access,
  target: ObjectTarget,
  content: AsyncIterable<Uint8Array>,
): Promise<number> => {
  let written = 0;
  let upload: MultipartUpload | null = null;
  try {
    for await (const { bytes, isLast } of inParts(content)) {
      if (upload === null && isLast) await putObject(access, target, bytes);
      else {
        upload ??= await MultipartUpload.begin(access, target);
        await upload.add(bytes);
      }
      written += bytes.length;
    }
    await upload?.complete();
    return written;
  } catch (thrown) {
    await upload?.abort();
    throw thrown;
  }
};

/** Content cut into parts; the bytes hold until the next part is asked for. The last one, and only it, may be short. */
async function* inParts(
  content: AsyncIterable<Uint8Array>,
): AsyncGenerator<{ readonly bytes: Uint8Array; readonly isLast: boolean }> {
  const part = Buffer.allocUnsafeSlow(PART_BYTES);
  let filled = 0;
  for await (const chunk of content) {
    for (let taken = 0; taken < chunk.length; ) {
      // Only now is it known that a full part is not the last.
      if (filled === PART_BYTES) {
        yield { bytes: part, isLast: false };
        filled = 0;
      }
      const piece = chunk.subarray(taken, taken + PART_BYTES - filled);
      part.set(piece, filled);
      filled += piece.length;
      taken += piece.length;
    }
  }
  yield { bytes: part.subarray(0, filled), isLast: true };
}

class MultipartUpload {
  readonly #access: S3Access;
  /** What each call says of the object. */
  readonly #object: { readonly Bucket: string | undefined; readonly Key: string | undefined; UploadId: string };
  readonly #parts: { ETag: string | undefined; PartNumber: number }[] = [];

  private constructor(access: S3Access, { Bucket, Key }: ObjectTarget, uploadId: string) {
    this.#access = access;
    this.#object = { Bucket, Key, UploadId: uploadId };
  }

  static async begin(access: S3Access, target: ObjectTarget): Promise<MultipartUpload> {
    const { UploadId } = await onS3('PutObject', access.location, () =>
      access.client.send(new CreateMultipartUploadCommand(target)),
    );
    return new MultipartUpload(access, target, UploadId ?? '');
  }

  async add(bytes: Uint8Array): Promise<void> {
    const PartNumber = this.#parts.length + 1;
    const command = new UploadPartCommand({ ...this.#object, PartNumber, Body: bytes });
    const { client, location, limits } = this.#access;
    const requestTimeout = sendingTimeMs(bytes.length, limits);
    const { ETag } = await onS3('PutObject', location, () => client.send(command, { requestTimeout }));
    this.#parts.push({ ETag, PartNumber });
  }

  async complete(): Promise<void> {
    const command = new CompleteMultipartUploadCommand({ ...this.#object, MultipartUpload: { Parts: this.#parts } });
    await onS3('PutObject', this.#access.location, () =>
      this.#access.client.send(command, { requestTimeout: COMPLETE_TIMEOUT_MS }),
    );
  }

  /** Never throws: what made it necessary is the error to tell. Parts that stay are a lifecycle rule's (docs/storage.md). */
  async abort(): Promise<void> {
    await this.#access.client.send(new AbortMultipartUploadCommand(this.#object)).catch(() => undefined);
  }
}
