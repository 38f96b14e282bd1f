import type { IncomingHttpHeaders } from 'node:http';

/** Does a person's browser ask for a page to look at (and not a script or a program for data)? */
export const wantsPage = ({ accept }: IncomingHttpHeaders): boolean =>
  accept !== undefined && /(?:^|,)\s*text\/html\b/i.test(accept);
