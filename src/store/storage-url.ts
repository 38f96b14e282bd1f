/** HALVE_STORAGE_URL: `s3://bucket/prefix?endpoint=…&region=…&public_url=…&path_style=1` (design 2.7). */

/** An S3 bucket, or a part of one, as plain data: it travels to the presses. */
export interface S3Location {
  readonly bucket: string;
  /** Begins every key; empty or ends in `/`. */
  readonly prefix: string;
  /** Address of a server that speaks S3, without a slash at the end; null for AWS itself. */
  readonly endpoint: string | null;
  readonly region: string;
  /**
   * Where others read the bucket, without a slash at the end: a CDN, a web server; prefix and key follow it. Null: the
   * object's own address.
   */
  readonly publicUrl: string | null;
  /** `endpoint/bucket/key` instead of `bucket.endpoint/key`; MinIO and its like need it. */
  readonly pathStyle: boolean;
  /** A canned ACL such as `public-read`; null sends none, and the bucket's own rules hold. */
  readonly acl: string | null;
  /** Result links are signed for this many seconds instead of being public; null: public links. */
  readonly presignSeconds: number | null;
}

export const STORAGE_URL_FORM =
  's3://bucket/prefix with any of ?endpoint=, region=, public_url=, path_style=1, acl=, presign=SECONDS';

/** Names AWS gives buckets (docs: "General purpose bucket naming rules"); others' servers take no wider ones. */
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const PREFIX = /^(?:[A-Za-z0-9._-]+\/)*$/;
const PARAMETERS = ['endpoint', 'region', 'public_url', 'path_style', 'acl', 'presign'];
/** AWS signs links for a week at most (Signature Version 4). */
const MAX_PRESIGN_SECONDS = 604_800;

/** @returns null when the text is no storage address */
export const parseStorageUrl = (text: string): S3Location | null => {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const prefix = url.pathname.replace(/^\/+|\/+$/g, '') + (/[^/]/.test(url.pathname) ? '/' : '');
  const query = url.searchParams;
  const endpoint = webAddress(query.get('endpoint'));
  const publicUrl = webAddress(query.get('public_url'));
  const presign = query.get('presign');
  const presignSeconds = presign === null ? null : Number(presign);
  const acl = query.get('acl');
  const wellFormed =
    url.protocol === 's3:' &&
    BUCKET.test(url.hostname) &&
    PREFIX.test(prefix) &&
    [...query.keys()].every((name) => PARAMETERS.includes(name)) &&
    (acl === null || /^[a-z-]{1,40}$/.test(acl)) &&
    (presignSeconds === null ||
      (Number.isInteger(presignSeconds) && presignSeconds > 0 && presignSeconds <= MAX_PRESIGN_SECONDS));
  if (!wellFormed || endpoint === undefined || publicUrl === undefined) return null;
  return {
    bucket: url.hostname,
    prefix,
    endpoint,
    region: query.get('region') ?? 'us-east-1',
    publicUrl,
    pathStyle: ['1', 'true', 'yes'].includes(query.get('path_style') ?? ''),
    acl,
    presignSeconds,
  };
};

/** Undefined when it is no http(s) address, null when there is none. */
const webAddress = (text: string | null): string | null | undefined => {
  if (text === null) return null;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url?.protocol === 'http:' || url?.protocol === 'https:' ? url.href.replace(/\/+$/, '') : undefined;
};
