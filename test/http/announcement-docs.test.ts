import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TEST_SECRET } from '../helpers/open-outbox.ts';
import { createContract } from '../helpers/openapi-contract.ts';
import { startOrigin } from '../helpers/origin-server.ts';
import { startTestServer } from '../helpers/start-server.ts';
import { startReceiver } from '../helpers/webhook-receiver.ts';

test('a webhook is as the document tells', async (t) => {
  const origin = await startOrigin(t);
  const receiver = await startReceiver(t);
  const server = await startTestServer(t, {
    allow: `${origin.host},${receiver.host}`,
    working: true,
    engine: { webhookSecrets: [TEST_SECRET] },
  });
  const document = JSON.parse((await server.server.app.inject({ url: '/openapi.json' })).body);
  const { post } = document.webhooks.requestEnded;
  const isTold = createContract(document).schemaAt(
    ...['webhooks', 'requestEnded', 'post', 'requestBody', 'content', 'application/json', 'schema'],
  );
  const csv = `Serial Number,Product Name,Input Image Urls\n1,Shoe,${origin.url}/gone.jpg\n`;
  const query = new URLSearchParams({ webhook_url: receiver.url });
  const headers = { 'content-type': 'text/csv' };
  await fetch(`${server.url}/upload?${query}`, { method: 'POST', headers, body: csv });
  const message = await receiver.next();
  assert.ok(isTold(JSON.parse(message.body)), JSON.stringify(isTold.errors));
  assert.equal(message.method, 'POST');
  assert.equal(message.headers['content-type']?.split(';')[0], 'application/json');
  for (const { name } of post.parameters) assert.ok(message.headers[name], name);
});
