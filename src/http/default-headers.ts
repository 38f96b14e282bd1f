/**
 * Headers every answer starts with; routes override what does not fit them. They make an answer inert in a browser (no
 * guessing of types, nothing run, no frame) and keep it out of caches and of the `Referer` of links, since the ids in
 * paths are what gives access.
 */
export const DEFAULT_HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  // Not `no-referrer`: browsers would then send the page's own form with `Origin: null`.
  'referrer-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};
