import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { type SignedHeaders, signedHeaders } from '../../src/notify/sign.ts';
import { newWebhookSecret } from '../../src/notify/webhook-secrets.ts';
import { freshFolder } from '../helpers/temp-folder.ts';
import { cannotRun, VERIFIERS, type Verifier, verifierPath } from '../helpers/verifiers.ts';

interface Case {
  readonly name: string;
  readonly genuine: boolean;
  readonly headers: Partial<SignedHeaders>;
  readonly body: string | Buffer;
  readonly secret: string;
}

const cases = (): readonly Case[] => {
  const [secret, newer] = [newWebhookSecret(), newWebhookSecret()];
  // Spaces, a line break at the end and letters beyond ASCII: parsed and written again it would not be the same.
  const body = '{ "request_id": "r1", "message": "Grüße 🎈" }\n';
  const sign = (secrets: readonly string[], ageS = 0, signed = body): SignedHeaders =>
    signedHeaders({ id: 'msg_1', timestamp: new Date(Date.now() - ageS * 1000), body: signed, secrets });
  const headers = sign([secret]);
  const valid: Case = { name: 'a valid message', genuine: true, headers, body, secret };
  const forged = (name: string, changed: Partial<Case>): Case => ({ ...valid, name, genuine: false, ...changed });
  return [
    valid,
    { ...valid, name: 'an empty body', headers: sign([secret], 0, ''), body: '' },
    { ...valid, name: 'a secret without padding', secret: secret.replace(/=+$/, '') },
    { ...valid, name: 'a rotated secret, known as the old one', headers: sign([newer, secret]) },
    { ...valid, name: 'a rotated secret, known as the new one', headers: sign([secret, newer]) },
    { ...valid, name: 'four minutes old', headers: sign([secret], 240) },
    forged('six minutes old', { headers: sign([secret], 360) }),
    forged('from six minutes ahead', { headers: sign([secret], -360) }),
    forged('a tampered body', { body: body.replace('r1', 'r2') }),
    forged('a body with a byte that is no text', { body: Buffer.concat([Buffer.from(body), Buffer.from([0xff])]) }),
    forged('another id', { headers: { ...headers, 'webhook-id': 'msg_2' } }),
    forged('another time', {
      headers: { ...headers, 'webhook-timestamp': String(Number(headers['webhook-timestamp']) - 1) },
    }),
    forged('a time that is none', { headers: { ...headers, 'webhook-timestamp': '1e9' } }),
    forged('another secret', { secret: newer }),
    forged('an asymmetric signature', {
      headers: { ...headers, 'webhook-signature': headers['webhook-signature'].replace('v1,', 'v1a,') },
    }),
    forged('half a signature', {
      headers: { ...headers, 'webhook-signature': headers['webhook-signature'].slice(0, 20) },
    }),
    forged('no headers', { headers: {} }),
    forged('no secret, and signed with none', { secret: '', headers: emptyKey(headers, body) }),
  ];
};

/** What anybody can sign who hopes that the receiver's secret was never set. */
const emptyKey = (headers: SignedHeaders, body: string): SignedHeaders => {
  const secret = `whsec_${Buffer.alloc(64).toString('base64')}`;
  // HMAC fills a short key up with zeros (RFC 2104), so 64 zeros sign as no key at all does.
  const timestamp = new Date(Number(headers['webhook-timestamp']) * 1000);
  return signedHeaders({ id: 'msg_1', timestamp, body, secrets: [secret] });
};

const execute = promisify(execFile);

/** The command that runs the verifier. */
const prepare = async (verifier: Verifier, folder: string): Promise<readonly string[]> => {
  const path = verifierPath(verifier);
  if (verifier.tool === 'go') {
    const program = join(folder, 'verify');
    const env = { ...process.env, GOTOOLCHAIN: 'local', GOPROXY: 'off', GO111MODULE: 'off' };
    await execute('go', ['build', '-o', program, path], { env });
    return [program];
  }
  if (verifier.tool !== 'python3') return [verifier.tool, path];
  // Where a version manager stands in front of Python, its script takes ten times as long as the verifier.
  const { stdout } = await execute('python3', ['-c', 'import sys; print(sys.executable)']);
  return [stdout.trim(), path];
};

const run = async ([command = '', ...args]: readonly string[], { headers, body, secret }: Case): Promise<boolean> => {
  const env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    WEBHOOK_ID: headers['webhook-id'],
    WEBHOOK_TIMESTAMP: headers['webhook-timestamp'],
    WEBHOOK_SIGNATURE: headers['webhook-signature'],
    WEBHOOK_SECRET: secret,
  };
  const child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'ignore'] });
  const said: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => said.push(chunk));
  child.stdin.on('error', () => undefined);
  child.stdin.end(body);
  const [code] = await once(child, 'close');
  // A program that could not be run at all also ends with another code than 0.
  const genuine = Buffer.concat(said).toString() === 'genuine\n';
  assert.equal(code === 0, genuine);
  return genuine;
};

describe('the verifiers users copy', () => {
  for (const verifier of VERIFIERS) {
    test(verifier.file, { skip: cannotRun(verifier) }, async (t) => {
      const command = await prepare(verifier, await freshFolder(t));
      const messages = cases();
      const verdicts = await Promise.all(messages.map((message) => run(command, message)));
      for (const [n, { genuine, name }] of messages.entries()) assert.equal(verdicts[n], genuine, name);
    });
  }
});
