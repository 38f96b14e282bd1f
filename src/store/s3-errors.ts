import { AppError, systemCode } from '../core/errors.ts';
import type { StorageFailureGroup } from './blob-store.ts';
import type { S3Location } from './storage-url.ts';

/** The permission an operation needs, as it stands in bucket policies after `s3:`. */
export type S3Action = 'PutObject' | 'GetObject' | 'DeleteObject' | 'ListBucket' | 'AbortMultipartUpload';

/** What went wrong, in a sentence; undefined when another object may well succeed. */
interface Verdict {
  readonly group: StorageFailureGroup | undefined;
  readonly detail: string;
}

/** What the parts of an SDK error are called in errors of S3 and of the SDK's own. */
interface ServiceFailure {
  readonly name: string;
  readonly status: number;
  readonly message: string;
  /** Where the bucket really is, when the answer tells. */
  readonly region: string | null;
}

const refused = (detail: string): Verdict => ({ group: 'refused', detail });
const unavailable = (detail: string): Verdict => ({ group: 'unavailable', detail });

/** By error code (AWS: "S3 error responses"; MinIO and Ceph add some of their own). */
const BY_NAME: Readonly<Record<string, Verdict>> = {
  NoSuchBucket: refused('The bucket does not exist. Create it, or correct HALVE_STORAGE_URL.'),
  InvalidBucketName: refused('The storage takes no bucket of this name. Correct HALVE_STORAGE_URL.'),
  InvalidAccessKeyId: refused('The storage does not know the access key (AWS_ACCESS_KEY_ID).'),
  SignatureDoesNotMatch: refused('The secret key (AWS_SECRET_ACCESS_KEY) does not fit the access key.'),
  ExpiredToken: refused('The credentials of the storage have expired.'),
  InvalidToken: refused('The session token of the storage (AWS_SESSION_TOKEN) is not valid.'),
  CredentialsProviderError: refused(
    'No credentials for the storage were found. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile.',
  ),
  RequestTimeTooSkewed: refused(
    "The clock of this machine and the storage's differ too much. Set this machine's clock.",
  ),
  AccessControlListNotSupported: refused('The bucket takes no ACLs. Remove acl= from HALVE_STORAGE_URL.'),
  SlowDown: unavailable('The storage asks to be called less often.'),
  TimeoutError: unavailable('The storage did not answer in time.'),
  RequestTimeout: unavailable('The storage did not get the data in time.'),
  OperationAborted: unavailable('The storage is busy with another change of the same place.'),
  // By a lifecycle rule, for example; the whole file is sent again.
  NoSuchUpload: unavailable('The storage has dropped an upload that was not finished.'),
  KeyTooLongError: { group: undefined, detail: 'The name of the file is too long for the storage.' },
  PreconditionFailed: { group: undefined, detail: 'The file was replaced while it was read.' },
  EntityTooLarge: { group: undefined, detail: 'The file is too large for the storage.' },
};

/** Codes of Node for a server that cannot be spoken to; those about certificates are {@link CERTIFICATE}'s. */
const BY_SYSTEM_CODE: Readonly<Record<string, Verdict>> = {
  ECONNREFUSED: unavailable('The storage cannot be reached: nothing listens at its address.'),
  ECONNRESET: unavailable('The storage broke the connection.'),
  EPIPE: unavailable('The storage broke the connection.'),
  ECONNABORTED: unavailable('The storage broke the connection.'),
  EHOSTUNREACH: unavailable('The storage cannot be reached: there is no way to its address.'),
  ENETUNREACH: unavailable('The storage cannot be reached: there is no way to its address.'),
  ENOTFOUND: unavailable('The storage cannot be reached: its server name does not exist.'),
  EAI_AGAIN: unavailable('The storage cannot be reached: its server name cannot be looked up now.'),
  ETIMEDOUT: unavailable('The storage did not answer in time.'),
  EADDRNOTAVAIL: unavailable('The storage cannot be reached: this machine has no free port for a connection.'),
  EMFILE: unavailable('Too many files and connections are open at once.'),
  EPROTO: refused('The storage does not speak TLS at its address. Correct endpoint= in HALVE_STORAGE_URL.'),
};

const FULL = /StorageFull|StorageExceeded|QuotaExceeded|InsufficientStorage/;
const CERTIFICATE = /^(?:ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH)/;
const WRONG_REGION = ['PermanentRedirect', 'AuthorizationHeaderMalformed', 'IllegalLocationConstraintException'];

/**
 * Turns what the SDK throws into `storage_failed`, grouped as the port says. What comes neither from the server nor from
 * the network passes unchanged.
 */
export const translateS3Error = (thrown: unknown, action: S3Action, location: S3Location): unknown => {
  if (thrown instanceof AppError) return thrown;
  const verdict = judge(thrown, action, location);
  if (verdict === null) return thrown;
  const { group, detail } = verdict;
  return new AppError('storage_failed', { detail, ...(group === undefined ? {} : { group }), cause: thrown });
};

/** Runs one call of the SDK and translates what it throws. */
export const onS3 = async <T>(action: S3Action, location: S3Location, call: () => Promise<T>): Promise<T> => {
  try {
    return await call();
  } catch (thrown) {
    throw translateS3Error(thrown, action, location);
  }
};

/** The HTTP status S3 answered with, or null when there was no answer. */
export const statusOf = (thrown: unknown): number | null => serviceFailure(thrown)?.status ?? null;

const judge = (thrown: unknown, action: S3Action, location: S3Location): Verdict | null => {
  const answer = serviceFailure(thrown);
  if (answer !== null) return judgeAnswer(answer, action);
  const code = systemCode(thrown);
  if (code !== undefined && CERTIFICATE.test(code)) {
    return refused("The storage's certificate is not valid for its address, or not trusted by this machine.");
  }
  if (code?.startsWith('HPE_') === true) return refused('The address of the storage answers, but not in HTTP.');
  const known = (code === undefined ? undefined : BY_SYSTEM_CODE[code]) ?? BY_NAME[nameOf(thrown)];
  // `E…` are the system's codes, `ERR_…` those of wrong calls.
  if (known === undefined) return /^E(?!RR_)/.test(code ?? '') ? unavailable('The storage cannot be reached.') : null;
  const bucketIsHost = code === 'ENOTFOUND' && location.endpoint !== null && !location.pathStyle;
  if (!bucketIsHost) return known;
  return unavailable(`${known.detail} If buckets have no names of their own there, add path_style=1.`);
};

const judgeAnswer = ({ name, status, message, region }: ServiceFailure, action: S3Action): Verdict => {
  if (FULL.test(name) || status === 507) return { group: 'full', detail: 'The storage is full, or its quota used up.' };
  if (WRONG_REGION.includes(name) || status === 301 || status === 307) return refused(wrongRegion(region));
  const known = BY_NAME[name];
  if (known !== undefined) return known;
  if (status === 413) return { group: undefined, detail: 'The file is too large for the storage.' };
  if (status === 429) return unavailable('The storage asks to be called less often.');
  if (status === 408) return unavailable('The storage did not get the data in time.');
  if (status >= 500 && status !== 501) return unavailable(`The storage reports an error of its own (${status}).`);
  if (status === 403 || status === 401)
    return refused(`${denied(action)} See docs/storage.md for the policy it needs.`);
  const reason = [name, message].filter((text) => /^[\x20-\x7e]{1,200}$/.test(text)).join(': ');
  return refused(`The storage does not take ${action} (${status}${reason === '' ? '' : ` ${reason}`}).`);
};

const wrongRegion = (region: string | null): string =>
  region === null
    ? 'The bucket lies in another region, or at another endpoint. Correct region= in HALVE_STORAGE_URL.'
    : `The bucket lies in the region ${region}. Set region=${region} in HALVE_STORAGE_URL.`;

/** Without the right to list, S3 does not say that an object is missing; then it is not for us to say so either. */
const denied = (action: S3Action): string =>
  action === 'GetObject'
    ? 'The bucket refuses s3:GetObject to these credentials, or the object is missing and s3:ListBucket is refused.'
    : `The bucket refuses s3:${action} to these credentials.`;

/** An answer of the server, however little it looks like one of S3; null when there was none. */
const serviceFailure = (thrown: unknown): ServiceFailure | null => {
  const status = numberAt(thrown, '$metadata', 'httpStatusCode') ?? numberAt(thrown, '$response', 'statusCode');
  if (status === undefined) return null;
  const region = textAt(thrown, 'Region') ?? textAt(thrown, '$response', 'headers', 'x-amz-bucket-region');
  // A region goes into a sentence, so nothing but a region gets through.
  const known = region !== undefined && /^[a-z0-9-]{1,32}$/.test(region) ? region : null;
  return { name: nameOf(thrown), status, message: textAt(thrown, 'message') ?? '', region: known };
};

const nameOf = (thrown: unknown): string => textAt(thrown, 'name') ?? '';

const valueAt = (thing: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined), thing);
const textAt = (thing: unknown, ...path: string[]): string | undefined => {
  const value = valueAt(thing, path);
  return typeof value === 'string' ? value : undefined;
};
const numberAt = (thing: unknown, ...path: string[]): number | undefined => {
  const value = valueAt(thing, path);
  return typeof value === 'number' ? value : undefined;
};
