/** What `--help` says of the commands about webhooks. */

const SECRET = `\
The secret is that of the service: HALVE_WEBHOOK_SECRET, or the one kept in the
data folder (HALVE_DATA_DIR).`;

export const WEBHOOK_HELP = {
  'webhook secret': `\
halve webhook secret [--json]

Prints the secret webhooks are signed with (Standard Webhooks); whoever receives
them needs it to check the signature. Several lines: several secrets sign, the
newest first. No server has to run.

${SECRET}

Example
  halve webhook secret
`,
  'webhook test': `\
halve webhook test URL [--json]

Sends one signed event of the type webhook.test to an address, once, and tells
the answer, how long it took, and what would follow. No server has to run.
Exits with 0 when it was taken, with 3 when not.

${SECRET}

Example
  halve webhook test https://shop.example/hooks/halve
`,
  'webhook verify': `\
halve webhook verify [--body FILE] [--id ID --timestamp T --signature S]

Says whether a message is signed with the secret, and if not, what is wrong.
The message is read from stdin or a file: the body alone, with its three headers
as flags; or, without those flags, a whole saved request (headers, an empty
line, the body). Exits with 0 when it is valid, with 3 when not.

  --body FILE          where the message is (default: -, stdin)
  --id ID              header webhook-id
  --timestamp T        header webhook-timestamp
  --signature S        header webhook-signature
  --any-age            take messages older than five minutes
  --json               one JSON object

${SECRET}

Examples
  halve webhook verify --any-age < saved-request.txt
  halve webhook verify --id msg_1 --timestamp 1790000000 \\
    --signature v1,K5oZfz... < body.json
`,
  'webhook listen': `\
halve webhook listen [--forward URL]

Takes every webhook from a server as it is sent, and posts it to an address on
this machine exactly as it would come: for developing a receiver that cannot be
reached from outside. One line each tells the answer. Without --forward they are
only shown. Connects again by itself; Ctrl-C ends it.

  --forward URL        where to post them
  --server URL         the server (default: HALVE_URL, http://127.0.0.1:3000)
  --json               one JSON object a line, with headers and body
  --quiet, -q          only these lines

Example
  halve webhook listen --forward http://localhost:8080/hooks/halve
`,
  'webhook announce': `\
halve webhook announce REQUEST_ID

Has the end of a finished request told again, to its webhook and by e-mail.

  --server URL         the server (default: HALVE_URL, http://127.0.0.1:3000)
  --json               the answer as one JSON object
  --quiet, -q          nothing but the result

${SECRET}

Example
  halve webhook announce 0f8fad5b-d9cb-469f-a165-70867728950e
`,
} as const;
