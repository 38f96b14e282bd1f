/** The documentation that is made from the code: of its tables, and of the routes with their schemas. */
import { CLIENT_SETTINGS } from '../src/config/client-settings.ts';
import { SETTINGS, type Setting } from '../src/config/settings.ts';
import { ERRORS, type ErrorEntry } from '../src/core/errors.ts';
import { openapiDocument } from './openapi-document.ts';
import { openapiTypes } from './openapi-types.ts';

const SCOPES: readonly { readonly scope: ErrorEntry['scope']; readonly title: string; readonly intro: string }[] = [
  {
    scope: 'image',
    title: 'One image',
    intro:
      'In receipts, in the errors CSV and in the failures of a status. "Tried again": Halve itself tries up to four times.',
  },
  { scope: 'row', title: 'One row of an uploaded file', intro: 'In the `errors` of an `invalid_rows` problem.' },
  { scope: 'api', title: 'A whole call or command', intro: 'The `code` of a problem document (RFC 9457).' },
];

const errorsPage = (): string => {
  const parts = SCOPES.map(({ scope, title, intro }) => {
    const rows = Object.entries<ErrorEntry>(ERRORS)
      .filter(([, entry]) => entry.scope === scope)
      .map(([code, entry]) => {
        const again = entry.retryable ? 'yes' : 'no';
        return `| \`${code}\` | ${entry.status} | ${again} | ${entry.message} | ${entry.advice} |`;
      });
    const head = '| code | HTTP | tried again | what happened | what to do |\n|---|---|---|---|---|';
    return `## ${title}\n\n${intro}\n\n${head}\n${rows.join('\n')}\n`;
  });
  return `# Errors\n\nMade from \`src/core/errors.ts\` by \`npm run docs\`. Codes are never renamed.\n\n${parts.join('\n')}`;
};

const settingsTable = (settings: readonly Pick<Setting<unknown>, 'name' | 'fallback' | 'help'>[]): string => {
  const rows = settings.map(
    ({ name, fallback, help }) => `| \`${name}\` | ${fallback === '' ? '' : `\`${fallback}\``} | ${help} |`,
  );
  return `| variable | default | meaning |\n|---|---|---|\n${rows.join('\n')}\n`;
};

const settingsPage = (): string =>
  `# Settings\n\nEnvironment variables; all faults are reported at once at the start, and \`halve doctor\` tries them.\nMade from \`src/config/settings.ts\` and \`client-settings.ts\` by \`npm run docs\`.\n\n${settingsTable(Object.values(SETTINGS))}\n## Of the commands that talk to a server\n\n\`halve submit\`, \`status\`, \`retry\`, \`cancel\`, \`download\` and \`webhook listen\` need nothing but these; \`webhook announce\` also the webhook secret.\n\n${settingsTable(Object.values(CLIENT_SETTINGS))}`;

/** Path of each page and what it must say. */
export const docsPages = async (): Promise<ReadonlyMap<string, string>> => {
  const openapi = await openapiDocument();
  return new Map([
    ['docs/errors.md', errorsPage()],
    ['docs/settings.md', settingsPage()],
    ['docs/openapi.json', openapi],
    ['src/client/api-types.ts', openapiTypes(JSON.parse(openapi))],
  ]);
};
