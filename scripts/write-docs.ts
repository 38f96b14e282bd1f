/** `npm run docs`: writes the pages that are made from the code. A test checks that they are up to date. */
import { writeFileSync } from 'node:fs';
import { docsPages } from './docs-pages.ts';

for (const [path, text] of await docsPages()) writeFileSync(path, text);
