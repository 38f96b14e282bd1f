/** What `--help` says of the commands that need no server. */

/** Options of a request that `run` and `submit` share. */
export const REQUEST_OPTIONS = `\
  --target 50%         share of the bytes an image may keep at most (default)
  --quality N          encoder quality 1-100 instead of a target
  --format F           same (default), jpeg, webp, avif, png, auto
  --max-width PX       shrink to fit, never enlarge; also --max-height PX
  --tolerant           take what there is of images whose end is missing
  --on-invalid skip    leave rows with faults out instead of refusing the file
  --strict             one failed image makes the whole request a failure`;

export const COLUMNS = `\
The CSV needs the columns Serial Number, Product Name and Input Image Urls.
With - it is read from stdin.`;

export const HERE = {
  run: `\
halve run FILE.csv [options]

Compresses the images of a CSV here, without a server. The images, the output
CSV and a report go into a folder beside the file; your own file is left alone.

  --out DIR            the folder (default: FILE_halved)
${REQUEST_OPTIONS}
  --json               the result as one JSON object; plain lines of progress
  --quiet, -q          no progress

${COLUMNS}
Ctrl-C stops; the same command again goes on where it stopped.

Example
  halve run spring.csv --max-width 1600 --format webp
`,
  serve: `\
halve serve

Starts the service: the HTTP API and the page, until Ctrl-C. It does the work,
too. What it needs comes from the environment: docs/settings.md has the list,
and halve doctor tries it.

Example
  PORT=8080 HALVE_DATA_DIR=/srv/halve halve serve
`,
  demo: `\
halve demo

Draws the pictures of a small shop, serves them from this machine, has them
compressed by a service of its own, and shows what comes out, in demo-out.

Example
  halve demo
`,
  doctor: `\
halve doctor [--json]

Checks the settings and this machine by doing what the service will do: writes
to the data folder and the storage, compresses a picture, logs in to the mail
server, and calls the outside image processor. Only what is set is checked.

  --json               one JSON object

Example
  HALVE_SMTP_URL=smtp://user:password@mail.example:587 \\
  HALVE_MAIL_FROM=halve@shop.example halve doctor
`,
} as const;
