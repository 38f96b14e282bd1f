/** Public addresses of objects in S3. Pure: nothing is asked of the server. */
import { isIP } from 'node:net';
import type { S3Location } from './storage-url.ts';

/**
 * Does the bucket stand in the path (`endpoint/bucket/key`) and not in the host name (`bucket.endpoint/key`)? Besides
 * those who ask for it, for buckets with dots, which no wildcard certificate covers, and for endpoints that are IP
 * addresses, which have no subdomains.
 */
export const usesPathStyle = ({ bucket, endpoint, pathStyle }: S3Location): boolean =>
  pathStyle || bucket.includes('.') || (endpoint !== null && isIP(hostOf(endpoint)) !== 0);

/**
 * Where an object can be read by everybody, if the bucket's policy lets them: `public_url` stands for the bucket, so
 * prefix and key follow it; without one, the object's own address (AWS: "Virtual hosting of general purpose buckets").
 * Keys and prefixes are made of characters that mean themselves in a URL.
 */
export const objectUrl = (location: S3Location, key: string): string =>
  `${location.publicUrl ?? bucketUrl(location)}/${location.prefix}${key}`;

const bucketUrl = (location: S3Location): string => {
  const { bucket } = location;
  const endpoint = endpointOf(location);
  return usesPathStyle(location) ? `${endpoint}/${bucket}` : endpoint.replace('://', `://${bucket}.`);
};

/** Address of the server, without a slash at the end. AWS's Chinese regions have a domain of their own. */
export const endpointOf = ({ endpoint, region }: S3Location): string =>
  endpoint ?? `https://s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;

/** Without the brackets of IPv6. */
const hostOf = (endpoint: string): string => new URL(endpoint).hostname.replace(/^\[|\]$/g, '');
