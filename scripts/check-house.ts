/** Checks what the linter cannot: file lengths, and which room may import which (src/README.md). */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';

const MAX_LINES = 250;
/** Longer on purpose. */
const LONG_FILES: ReadonlySet<string> = new Set([
  // One table, one entry an error; in two files one would have to look in both.
  'src/core/errors.ts',
  // Made by scripts/openapi-types.ts; nobody edits it.
  'src/client/api-types.ts',
]);
const SOURCES = ['src/**/*.ts', 'test/**/*.ts', 'bench/**/*.ts', 'scripts/**/*.ts', 'web/**/*.{js,css}'];

/** Each room and the rooms it may import; `core` and `catalogue` are open to all. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  catalogue: [],
  config: ['fetch', 'notify', 'store'],
  db: [],
  queue: ['db'],
  intake: ['db'],
  fetch: [],
  compress: [],
  store: [],
  results: [],
  notify: ['fetch'],
  metrics: [],
  client: [],
  work: ['db', 'queue', 'intake', 'fetch', 'compress', 'store', 'results', 'notify', 'metrics'],
  http: ['config', 'db', 'intake', 'store', 'results', 'notify', 'metrics', 'work', ''],
  cli: ['client', 'config', 'db', 'intake', 'fetch', 'compress', 'store', 'notify', 'metrics', 'work', 'http', ''],
  demo: ['config', 'cli', 'http', 'work', ''],
};

/** Foreign packages that only one place may know. */
const FENCES: readonly { readonly package: string; readonly allowed: readonly string[] }[] = [
  { package: 'sharp', allowed: ['src/compress/sharp.ts', 'src/demo/', 'test/', 'bench/'] },
  { package: 'undici', allowed: ['src/fetch/', 'test/', 'bench/'] },
  { package: 'kysely', allowed: ['src/db/', 'src/queue/', 'test/'] },
  { package: 'node:sqlite', allowed: ['src/db/', 'test/'] },
  { package: 'fastify', allowed: ['src/http/', 'test/'] },
  { package: '@aws-sdk', allowed: ['src/store/', 'test/'] },
  { package: 'nodemailer', allowed: ['src/notify/', 'test/'] },
  { package: 'standardwebhooks', allowed: ['src/notify/', 'test/', 'examples/'] },
  { package: 'prom-client', allowed: ['src/metrics/', 'test/'] },
  { package: 'openapi-fetch', allowed: ['src/client/'] },
  { package: '@scalar', allowed: ['src/http/docs-page.ts', 'test/'] },
  { package: 'assemblyscript', allowed: ['scripts/'] },
  { package: 'pino', allowed: ['src/core/log.ts', 'test/', 'bench/'] },
];

const faults: string[] = [];
const files = SOURCES.flatMap((pattern) => globSync(pattern)).map((file) => file.split(sep).join('/'));
// A check that looks at nothing would pass for ever.
if (files.length < 50) faults.push(`only ${files.length} source files were found; is the folder right?`);

const roomOf = (file: string): string | null => {
  const parts = file.split('/');
  if (parts[0] !== 'src') return null;
  return parts.length > 2 ? (parts[1] ?? '') : '';
};

const checkImport = (file: string, target: string): void => {
  for (const fence of FENCES) {
    const fenced = target === fence.package || target.startsWith(`${fence.package}/`);
    if (fenced && !fence.allowed.some((place) => file.startsWith(place)))
      faults.push(`${file}: may not import ${target}`);
  }
  const room = roomOf(file);
  if (room === null || room === '' || !target.startsWith('.')) return;
  const other = roomOf(
    normalize(join(dirname(file), target))
      .split(sep)
      .join('/'),
  );
  if (other === null) faults.push(`${file}: src may not import ${target}`);
  else if (other !== room && other !== 'core' && other !== 'catalogue' && !(MAY_IMPORT[room] ?? []).includes(other)) {
    faults.push(`${file}: ${room}/ may not import ${other === '' ? 'src' : other}/`);
  }
};

for (const file of files) {
  const text = readFileSync(file, 'utf8');
  const lines = text.split('\n').length - 1;
  if (lines > MAX_LINES && !LONG_FILES.has(file)) faults.push(`${file}: ${lines} lines, ${MAX_LINES} at most`);
  if (/process\.env/.test(text) && file.startsWith('src/') && file !== 'src/config/environment.ts') {
    faults.push(`${file}: only src/config/environment.ts reads the environment`);
  }
  for (const match of text.matchAll(/(?:^|\n)(?:import|export)[^;]*?from '([^']+)'/g))
    checkImport(file, match[1] ?? '');
}

for (const fault of faults) process.stderr.write(`${fault}\n`);
process.stdout.write(`${files.length} files checked, ${faults.length} faults\n`);
process.exitCode = faults.length === 0 ? 0 : 1;
