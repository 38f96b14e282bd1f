import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formOf } from '../helpers/catalogues.ts';
import { startOrigin } from '../helpers/origin-server.ts';
import { encoded, picture } from '../helpers/pictures.ts';
import { answerOf, assertProblem } from '../helpers/problem.ts';
import { startTestServer, type TestServer } from '../helpers/start-server.ts';

const utf16 = (text: string): Buffer<ArrayBuffer> =>
  Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);

const run = async (server: TestServer, form: FormData): Promise<string> => {
  const response = await fetch(`${server.url}/upload`, { method: 'POST', body: form });
  const { request_id } = (await response.json()) as { request_id: string };
  await server.finished(await server.engine.requests.get(request_id));
  return request_id;
};

test('result files', async (t) => {
  const origin = await startOrigin(t);
  const good = origin.serve('/a.jpg', await encoded(picture({ width: 64, height: 64 }), 'jpeg'), 'image/jpeg');
  const server = await startTestServer(t, { allow: origin.host, working: true });
  const csv = `Serial Number;Product Name;Input Image Urls\r\n1;=1+1;${good}\r\n2;Café;${origin.url}/none.jpg\r\n`;
  const id = await run(server, formOf(csv, {}, {}, 'Frühling "26".csv'));
  const get = (kind: string, query = '', headers: Record<string, string> = {}) =>
    fetch(`${server.url}/csvfile/${id}_${kind}.csv${query}`, { headers });

  await t.test('come in the shape of the input, under its name', async () => {
    const answer = await get('output');
    assert.equal(answer.headers.get('content-type'), 'text/csv; charset=utf-8');
    const disposition = String(answer.headers.get('content-disposition'));
    assert.match(disposition, /^attachment; /);
    assert.match(disposition, /filename\*=UTF-8''Fr%C3%BChling%20%2226%22_output\.csv/);
    assert.equal(
      await answer.text(),
      `Serial Number;Product Name;Input Image Urls;Output Image Urls\r\n1;=1+1;${good};${server.url}/image/${id}-1\r\n2;Café;${origin.url}/none.jpg;\r\n`,
    );
    assert.match(await (await get('errors')).text(), /^Serial Number;.*Halve Error\r\n2;Café;.*404/);
    assert.match(await (await get('report')).text(), /;COMPLETED;/);
  });

  await t.test('guard formula cells when asked', async () => {
    const answer = await get('output', '?excel_safe=1');
    assert.match(await answer.text(), /\r\n1;'=1\+1;/);
    assert.notEqual(answer.headers.get('etag'), (await get('output')).headers.get('etag'));
  });

  await t.test('are answered with 304 when unchanged', async () => {
    const etag = String((await get('output')).headers.get('etag'));
    assert.equal((await get('output', '', { 'if-none-match': etag })).status, 304);
  });

  await t.test('keep the encoding of the input and say so', async () => {
    const wide = await run(server, formOf(utf16(csv)));
    const answer = await fetch(`${server.url}/csvfile/${wide}_output.csv`);
    assert.equal(answer.headers.get('content-type'), 'text/csv; charset=utf-16le');
    const text = new TextDecoder('utf-16le').decode(await answer.arrayBuffer());
    assert.match(text, /^Serial Number;.*\r\n2;Café;/s);
    const narrow = await run(server, formOf(Buffer.from(csv, 'latin1')));
    const old = await fetch(`${server.url}/csvfile/${narrow}_output.csv`);
    assert.equal(old.headers.get('content-type'), 'text/csv; charset=windows-1252');
    assert.ok(Buffer.from(await old.arrayBuffer()).includes(Buffer.from('Café', 'latin1')));
  });

  await t.test('are not there under other names, before the end, or after deletion', async () => {
    const waiting = await server.submit(csv, { start: 'manual' });
    for (const name of [
      `${waiting.id}_output.csv`,
      `${id}_secret.csv`,
      `${id}.csv`,
      `${id}_output.csv.csv`,
      `${id}_output`,
      '..%2fhalve.db',
    ]) {
      assertProblem(await answerOf(await fetch(`${server.url}/csvfile/${name}`)), 'file_not_found');
    }
    await fetch(`${server.url}/requests/${id}`, { method: 'DELETE' });
    assertProblem(await answerOf(await get('output')), 'file_not_found');
  });
});
