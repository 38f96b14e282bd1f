/** What `--help` says of the commands that talk to a server. */
import { COLUMNS, REQUEST_OPTIONS } from './here.ts';

const SERVER = `\
  --server URL         the server (default: HALVE_URL, http://127.0.0.1:3000)`;
const KEY = 'A server that wants a key gets the one in HALVE_API_KEY.';
const EXAMPLE_ID = '0f8fad5b-d9cb-469f-a165-70867728950e';

export const SERVER_HELP = {
  submit: `\
halve submit FILE.csv [options]

Brings a CSV to a server and prints the id of the request. With --watch it
shows the progress until the request is finished, and then the result.

  --watch, -w          follow it; Ctrl-C stops watching, not the request
${REQUEST_OPTIONS}
  --start manual       do not begin yet; halve retry starts it
  --webhook-url URL    tell this address when it is finished
  --email ADDRESS      tell this person when it is finished
  --idempotency-key K  the same call with the same key is not done twice; a
                       broken connection is tried again with or without one
${SERVER}
  --json               the answer as one JSON object
  --quiet, -q          nothing but the result

${COLUMNS}
${KEY}

Example
  halve submit spring.csv --watch --webhook-url https://shop.example/hooks
`,
  status: `\
halve status REQUEST_ID [--watch]

Shows how far a request is, what failed and why, and what became of its webhook
and e-mail. Exits with 0 while all is well, with 3 or 4 when it is finished and
images failed.

  --watch, -w          follow it until it is finished
${SERVER}
  --json               one JSON object: the status, with failed_products
  --quiet, -q          nothing but the result

${KEY}

Example
  halve status ${EXAMPLE_ID} --watch
`,
  retry: `\
halve retry REQUEST_ID [--watch]

Tries the failed images of a finished request again, takes up a cancelled one,
or starts one that was submitted with --start manual.

  --watch, -w          follow it until it is finished
${SERVER}
  --json               the answer as one JSON object
  --quiet, -q          nothing but the result

${KEY}

Example
  halve retry ${EXAMPLE_ID} --watch
`,
  cancel: `\
halve cancel REQUEST_ID

Stops a request. The images that are done are kept and stand in its result
files; halve retry takes it up again.

${SERVER}
  --json               the answer as one JSON object
  --quiet, -q          nothing but the result

${KEY}

Example
  halve cancel ${EXAMPLE_ID}
`,
  download: `\
halve download REQUEST_ID [--out DIR] [--images]

Fetches the output CSV, the errors CSV (if rows are to be corrected) and the
report of a finished request, named after your file; what is there is replaced.

  --out DIR            the folder (default: this one)
  --images             the compressed images, too, into DIR/images; those that
                       are there already are not fetched again. The addresses
                       in the CSV stay those of the server.
${SERVER}
  --json               one JSON object
  --quiet, -q          nothing but the result

Exits with 3 when an image could not be fetched; the same command again fetches
what is missing.
${KEY}

Example
  halve download ${EXAMPLE_ID} --out spring --images
`,
} as const;
