import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bucketLinks, servedLinks, storedLinks } from '../../src/work/output-links.ts';
import { locationAt } from '../helpers/s3-server.ts';

const ID = '01234567-89ab-4cde-8f01-23456789abcd';
const IMAGE = { requestId: ID, ordinal: 7, file: '3-1-shoe-output.jpg' };
const served = servedLinks('https://halve.example');
const location = locationAt('https://s3.example', { prefix: 'shop/' });
const sign = async (key: string): Promise<string> => `signed ${key}`;

const linksOf = async (links: typeof served) => [links.image(IMAGE), await links.csv(ID, 'output'), links.status(ID)];
const SERVED = {
  image: served.image(IMAGE),
  csv: `https://halve.example/csvfile/${ID}_output.csv`,
  status: `https://halve.example/status/${ID}`,
};

test('what Halve serves', async () => {
  assert.match(SERVED.image, /^https:\/\/halve\.example\/image\/[0-9a-f-]{36}[^/]*$/);
  assert.deepEqual(await linksOf(served), [SERVED.image, SERVED.csv, SERVED.status]);
});

test('files beside the output CSV', async () => {
  const [image, csv] = await linksOf(storedLinks('out/'));
  assert.deepEqual([image, csv], [`out/images/${ID}/${IMAGE.file}`, `out/csvfile/${ID}_output.csv`]);
});

test('a public bucket gives its own addresses; the status stays with Halve', async () => {
  const base = 'https://s3.example/halve-test/shop';
  assert.deepEqual(await linksOf(bucketLinks(location, { served, sign: null })), [
    `${base}/images/${ID}/${IMAGE.file}`,
    `${base}/csvfile/${ID}_output.csv`,
    SERVED.status,
  ]);
});

test('with signed links images are served, unless public_url says where they can be read', async () => {
  const csv = `signed csvfile/${ID}_output.csv`;
  assert.deepEqual(await linksOf(bucketLinks(location, { served, sign })), [SERVED.image, csv, SERVED.status]);
  const published = { ...location, publicUrl: 'https://cdn.example' };
  const [image] = await linksOf(bucketLinks(published, { served, sign }));
  assert.equal(image, `https://cdn.example/shop/images/${ID}/${IMAGE.file}`);
});

test('a link that cannot be signed is one to Halve', async () => {
  const links = bucketLinks(location, { served, sign: () => Promise.reject(new Error('no credentials')) });
  assert.equal(await links.csv(ID, 'output'), SERVED.csv);
});
