/** Rules about host names that need no DNS. The addresses they resolve to are judged again when connecting. */

/** RFC 1123 names with the underscore that real hosts use; the last label must not look like a number (an IPv4). */
const HOST_NAME =
  /^(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*(?!(?:\d+|0x[0-9a-f]*)$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;

/** Takes lower-case ASCII without a dot at the end, as `new URL()` and `domainToASCII` give it. */
export const isHostName = (name: string): boolean => HOST_NAME.test(name);

const METADATA_NAMES = new Set([
  'instance-data',
  'instance-data.ec2.internal',
  'metadata',
  'metadata.azure.internal',
  'metadata.goog',
  'metadata.google.internal',
  'metadata.tencentyun.com',
]);

/** Names of the services that hand out a cloud machine's credentials; no setting opens them. */
export const isMetadataName = (name: string): boolean => METADATA_NAMES.has(name);

/**
 * Top-level names that never lead to the public internet: RFC 6761 (`localhost`, `test`), RFC 6762 (`local`
 * and its appendix G), RFC 7686 (`onion`), RFC 8375 (`home.arpa`), ICANN's `internal`, Kubernetes' `svc`.
 */
const LOCAL_SUFFIX =
  /(?:^|\.)(?:localhost|localdomain|local|internal|intranet|private|corp|home|lan|home\.arpa|svc|onion|test)$/;

/** RFC 6761 section 6.4: `invalid` and everything below it never exists, and programs may say so without asking. */
export const isNeverAName = (name: string): boolean => /(?:^|\.)invalid$/.test(name);

/** A name that means something only inside some network; a name without a dot always does. */
export const isLocalName = (name: string): boolean => !name.includes('.') || LOCAL_SUFFIX.test(name);
