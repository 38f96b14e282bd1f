/** The documentation pages that are made from the tables in the code. */
import { SETTINGS } from '../src/config/settings.ts';
import { ERRORS, type ErrorEntry } from '../src/core/errors.ts';

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

const settingsPage = (): string => {
  const rows = Object.values(SETTINGS).map(
    ({ name, fallback, help }) => `| \`${name}\` | ${fallback === '' ? '' : `\`${fallback}\``} | ${help} |`,
  );
  return `# Settings\n\nEnvironment variables; all faults are reported at once at the start, and \`halve doctor\` tries them.\nMade from \`src/config/settings.ts\` by \`npm run docs\`.\n\n| variable | default | meaning |\n|---|---|---|\n${rows.join('\n')}\n`;
};

/** Path of each page and what it must say. */
export const docsPages = (): ReadonlyMap<string, string> =>
  new Map([
    ['docs/errors.md', errorsPage()],
    ['docs/settings.md', settingsPage()],
  ]);
