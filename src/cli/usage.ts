import { VERSION } from '../version.ts';
import { HERE } from './help/here.ts';
import { SERVER_HELP } from './help/server.ts';
import { WEBHOOK_HELP } from './help/webhooks.ts';

/** The text of `halve COMMAND --help` for each command. */
export const HELP = { ...HERE, ...SERVER_HELP, ...WEBHOOK_HELP } as const;
export type CommandName = keyof typeof HELP;

const WEBHOOK_COMMANDS = `\
  halve webhook secret             print the secret that signs them
  halve webhook test URL           send a test event, tell what it answers
  halve webhook verify             is this message signed by us?
  halve webhook listen             hand webhooks on to a program on this machine
  halve webhook announce REQUEST   have the end of a request told again`;

/** The text of `halve webhook --help`. */
export const WEBHOOK_USAGE = `Webhooks tell other programs when a request is finished (docs/webhooks.md).

${WEBHOOK_COMMANDS}

halve webhook COMMAND --help tells more, with an example.
`;

/** The text of `halve --help`. */
export const USAGE = `Halve ${VERSION}: makes the images of a product catalogue at most half as heavy.

Here, without a server
  halve run FILE.csv               compress the images of a CSV
  halve serve                      start the service: HTTP API and page
  halve demo                       watch a sample catalogue go through
  halve doctor                     check the settings and this machine

With a server (--server URL, HALVE_URL, or http://127.0.0.1:3000)
  halve submit FILE.csv            bring a CSV; --watch follows it to its end
  halve status REQUEST             how far is it, what failed and why?
  halve retry REQUEST              try its failed images again, or start it
  halve cancel REQUEST             stop it, and keep what is done
  halve download REQUEST           fetch its CSV files; with --images those, too

Webhooks
${WEBHOOK_COMMANDS}

halve COMMAND --help tells more, with an example. Begin with: halve demo

The CSV needs the columns Serial Number, Product Name and Input Image Urls.
Settings come from the environment: docs/settings.md
Exit codes: 0 done, 1 wrong use, 2 input unreadable, 3 some images failed,
4 nothing succeeded, 5 server unreachable, 130 interrupted
`;
