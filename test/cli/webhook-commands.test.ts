import assert from 'node:assert/strict';
import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { signedHeaders, verifySignature } from '../../src/notify/sign.ts';
import { newWebhookSecret } from '../../src/notify/webhook-secrets.ts';
import { startCuttingProxy } from '../helpers/cutting-proxy.ts';
import { startOrigin } from '../helpers/origin-server.ts';
import { openRemoteShop, type RemoteShop } from '../helpers/remote-shop.ts';
import { runCli, startCli } from '../helpers/run-cli.ts';
import { freshFolder } from '../helpers/temp-folder.ts';
import { startReceiver } from '../helpers/webhook-receiver.ts';

const SECRET = newWebhookSecret();
const MISSING = '01234567-89ab-4cde-8f01-23456789abcd';

test('secret: the one that is set, or the one that is kept, made when there is none', async (t) => {
  const folder = await freshFolder(t);
  const set = await runCli(t, ['webhook', 'secret'], { HALVE_WEBHOOK_SECRET: `${SECRET} ${newWebhookSecret()}` });
  assert.equal(set.code, 0, set.stderr);
  assert.equal(set.stdout.split('\n')[0], SECRET);
  assert.match(set.stderr, /From HALVE_WEBHOOK_SECRET\..*the first is the newest/);
  const kept = await runCli(t, ['webhook', 'secret', '-q'], { HALVE_DATA_DIR: join(folder, 'data') });
  assert.deepEqual([kept.code, kept.stderr], [0, '']);
  assert.equal(kept.stdout, await readFile(join(folder, 'data', 'webhook-secret'), 'utf8'));
  const json = await runCli(t, ['webhook', 'secret', '--json'], { HALVE_DATA_DIR: join(folder, 'data') });
  assert.deepEqual(JSON.parse(json.stdout), {
    secrets: [kept.stdout.trim()],
    source: join(folder, 'data', 'webhook-secret'),
  });
  // Who is in the wrong folder learns that this one is nobody's yet.
  const elsewhere = { HALVE_DATA_DIR: join(folder, 'other') };
  assert.match(
    (await runCli(t, ['webhook', 'secret'], elsewhere)).stderr,
    /^Made just now, for services with this data/,
  );
  assert.match((await runCli(t, ['webhook', 'secret'], elsewhere)).stderr, /^From .*other/);
  const bad = await runCli(t, ['webhook', 'secret'], { HALVE_WEBHOOK_SECRET: 'tooshort' });
  assert.deepEqual([bad.code, bad.stdout], [1, '']);
  assert.match(bad.stderr, /HALVE_WEBHOOK_SECRET: expected whsec_/);
  assert.ok(!bad.stderr.includes('tooshort'));
});

test('test: sends one signed event, and tells the answer and what would follow', async (t) => {
  const receiver = await startReceiver(t);
  const environment = { HALVE_WEBHOOK_SECRET: SECRET };
  const taken = await runCli(t, ['webhook', 'test', receiver.url], environment);
  assert.equal(taken.code, 0, taken.stderr);
  assert.match(taken.stdout, /^Taken: 200 OK \(\d+ ms\)\n$/);
  assert.match(taken.stderr, new RegExp(`unless HALVE_ALLOW_HOSTS has ${receiver.host}`));
  const message = await receiver.next();
  const event = new Webhook(SECRET).verify(message.body, message.headers) as Record<string, unknown>;
  assert.deepEqual([event.type, event.status, event.total_images], ['webhook.test', 'COMPLETED', 400]);

  receiver.answer = () => ({ status: 503, headers: { 'retry-after': '120' }, body: 'down for repair' });
  const busy = await runCli(t, ['webhook', 'test', receiver.url], { ...environment, HALVE_ALLOW_HOSTS: receiver.host });
  assert.equal(busy.code, 3, busy.stderr);
  assert.match(busy.stdout, /^Not taken: 503 Service Unavailable: down for repair \(/);
  assert.match(busy.stdout, /tried again 9 times, .*\(5 s, 5 min, .*24 h\), but not before the 2 min it asks for\.\n$/);
  assert.ok(!busy.stderr.includes('HALVE_ALLOW_HOSTS'), 'a service could call it, too');
  receiver.answer = () => ({ status: 410 });
  const gone = await runCli(t, ['webhook', 'test', receiver.url, '--json'], environment);
  assert.equal(gone.code, 3);
  const { ok, answer_code, next } = JSON.parse(gone.stdout);
  assert.deepEqual([ok, answer_code, next], [false, 410, 'close-target']);
  assert.equal(receiver.messages.length, 3, 'each time once');

  const never = await runCli(t, ['webhook', 'test', 'http://169.254.169.254/latest'], environment);
  assert.equal(never.code, 3);
  assert.match(never.stdout, /address not allowed.*\n.*can never be called/);
  const bare = await runCli(t, ['webhook', 'test', 'localhost:8080/x'], environment);
  assert.equal(bare.code, 1);
  assert.match(bare.stderr, /Did you mean http:\/\/localhost:8080\/x\?/);
});

test('verify: headers as flags or a saved request; exit 0 and 3', async (t) => {
  const folder = await freshFolder(t);
  const environment = { HALVE_WEBHOOK_SECRET: SECRET };
  const body = '{"type":"request.completed"}';
  const headers = signedHeaders({ id: 'msg_1', timestamp: new Date(), body, secrets: [SECRET] });
  const file = join(folder, 'body.json');
  await writeFile(file, body);
  const flags = [
    ...['--id', headers['webhook-id'], '--timestamp', headers['webhook-timestamp']],
    ...['--signature', headers['webhook-signature']],
  ];
  const valid = await runCli(t, ['webhook', 'verify', ...flags, '--body', file], environment);
  assert.deepEqual([valid.code, valid.stdout], [0, 'Valid: The signature fits, and the message is recent.\n']);
  const raw = `POST /hook HTTP/1.1\r\n${Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n${body}`;
  assert.equal((await runCli(t, ['webhook', 'verify'], environment, { stdin: raw })).code, 0);
  const broken = await runCli(t, ['webhook', 'verify', '--json'], environment, { stdin: `${raw}\n` });
  assert.equal(broken.code, 3);
  assert.match(JSON.parse(broken.stdout).hint, /line break at its end/);
  const text = await runCli(t, ['webhook', 'verify'], environment, { stdin: 'hello' });
  assert.deepEqual([text.code, text.stdout], [1, '']);
  assert.match(text.stderr, /no saved HTTP request/);

  // Nothing here to check with: that is said, and no secret is made that could fit nothing.
  const data = join(folder, 'data');
  const none = await runCli(t, ['webhook', 'verify', ...flags, '--body', file], { HALVE_DATA_DIR: data });
  assert.equal(none.code, 1);
  assert.match(none.stderr, /There is no webhook secret here/);
  await assert.rejects(access(data));
  await mkdir(data);
  await writeFile(join(data, 'webhook-secret'), `${SECRET}\n`);
  assert.equal((await runCli(t, ['webhook', 'verify', ...flags, '--body', file], { HALVE_DATA_DIR: data })).code, 0);
});

const withSecret = (t: TestContext): Promise<RemoteShop> => openRemoteShop(t, { engine: { webhookSecrets: [SECRET] } });

const finish = async ({ server, csv }: RemoteShop, options: Record<string, string> = {}) => {
  const request = await server.submit(await readFile(await csv('/p/1.jpg'), 'utf8'), options);
  return server.finished(request);
};

test('listen: hands every webhook on as it would come, tells the answer, and ends on Ctrl-C', async (t) => {
  const shop = await withSecret(t);
  const receiver = await startReceiver(t);
  const run = startCli(t, ['webhook', 'listen', '--forward', receiver.url], shop.environment);
  await run.says(/Listening to /);
  const request = await finish(shop);
  const message = await receiver.next();
  const { id } = verifySignature({ headers: message.headers, body: message.bytes, secrets: [SECRET], now: Date.now() });
  assert.equal(id, message.id);
  assert.deepEqual([message.method, message.headers['content-type']], ['POST', 'application/json']);
  assert.equal(JSON.parse(message.body).request_id, request.id);
  receiver.answer = () => ({ status: 500 });
  await finish(shop);
  await receiver.next();
  await run.prints(/\n.*\n/);
  const line = (answer: string): RegExp =>
    new RegExp(`^\\d\\d:\\d\\d:\\d\\d request\\.completed \\S{36} ${answer} \\(\\d+ ms\\)$`);
  const [first, second] = run.stdout().trimEnd().split('\n');
  assert.match(first ?? '', line('200 OK'));
  assert.match(second ?? '', line('500 Internal Server Error'));
  run.child.kill('SIGINT');
  assert.equal(await run.ended, 0, run.stderr());
});

test('listen: connects again when the connection broke', async (t) => {
  const shop = await withSecret(t);
  const proxy = await startCuttingProxy(t, shop.server.port);
  const run = startCli(t, ['webhook', 'listen', '--json'], { HALVE_URL: proxy.url });
  await run.says(/Listening to /);
  await proxy.cut();
  await run.says(/connecting again/);
  await proxy.mend();
  await run.says(/was missed.*webhook announce/);
  const request = await finish(shop);
  await run.prints(/\n/);
  const { headers, body, ok } = JSON.parse(run.stdout());
  assert.deepEqual([JSON.parse(body).request_id, ok], [request.id, null]);
  verifySignature({ headers, body: Buffer.from(body), secrets: [SECRET], now: Date.now() });
});

test('listen: nobody there is exit 5 at once', async (t) => {
  const closed = await startOrigin();
  await closed.close();
  const { code, stderr } = await runCli(t, ['webhook', 'listen'], { HALVE_URL: closed.url });
  assert.equal(code, 5, stderr);
});

test('announce: has the end told again, and says when there is nobody to tell', async (t) => {
  const shop = await withSecret(t);
  const receiver = await startReceiver(t);
  const environment = { ...shop.environment, HALVE_WEBHOOK_SECRET: SECRET };
  const told = await finish(shop, { webhook_url: receiver.url });
  const sent = await runCli(t, ['webhook', 'announce', told.id], environment);
  assert.deepEqual([sent.code, sent.stdout], [0, '1 message on the way.\n'], sent.stderr);
  const untold = await finish(shop);
  const nobody = await runCli(t, ['webhook', 'announce', untold.id, '--json'], environment);
  assert.deepEqual(JSON.parse(nobody.stdout), { request_id: untold.id, announced: 0 });
  const stranger = { ...environment, HALVE_WEBHOOK_SECRET: newWebhookSecret() };
  const refused = await runCli(t, ['webhook', 'announce', told.id], stranger);
  assert.deepEqual([refused.code, refused.stdout], [1, '']);
  assert.match(refused.stderr, /does not take what was signed with the secret from HALVE_WEBHOOK_SECRET/);
  const missing = await runCli(t, ['webhook', 'announce', MISSING], environment);
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, /There is no such request/);
});
