import { VERSION } from '../version.ts';

/** The text of `halve --help`. */
export const USAGE = `Halve ${VERSION}: makes the images of a product catalogue at most half as heavy.

  halve run FILE.csv [options]   compress the images of a CSV here, without a server
  halve serve                    start the service: HTTP API and page
  halve demo                     watch a sample catalogue go through
  halve doctor                   check the settings and this machine

Options of run
  --out DIR            where the images and the output CSV go (default: FILE_halved)
  --target 50%         share of the bytes an image may keep at most (default)
  --quality N          encoder quality 1-100 instead of a target
  --format F           same (default), jpeg, webp, avif, png, auto
  --max-width PX       shrink to fit, never enlarge; also --max-height PX
  --on-invalid skip    leave rows with faults out instead of refusing the file
  --strict             one failed image makes the whole run a failure
  --json               the result as JSON on stdout; plain lines of progress
  --quiet              no progress

The CSV needs the columns Serial Number, Product Name and Input Image Urls; use - to read it from stdin.
Exit codes: 0 done, 1 wrong use, 2 input unreadable, 3 some images failed, 4 nothing succeeded, 130 interrupted
(the same command again goes on where it stopped).
Settings come from the environment; see docs/settings.md.
`;
