import assert from 'node:assert/strict';
import { test } from 'node:test';
import { objectUrl } from '../../src/store/object-url.ts';
import { createLinkSigner } from '../../src/store/sign-link.ts';
import { parseStorageUrl } from '../../src/store/storage-url.ts';
import { S3_CREDENTIALS } from '../helpers/s3-server.ts';

const KEY = 'csvfile/r1_output.csv';

Object.assign(process.env, S3_CREDENTIALS, { AWS_ENDPOINT_URL: 'http://elsewhere.example', AWS_REGION: 'eu-south-2' });

/** Storage URL, and where the object can be found. */
const PLACES = [
  ['s3://shop?region=ap-south-1', 'https://shop.s3.ap-south-1.amazonaws.com/'],
  ['s3://shop', 'https://shop.s3.us-east-1.amazonaws.com/'],
  ['s3://shop/halve/out?region=eu-west-1', 'https://shop.s3.eu-west-1.amazonaws.com/halve/out/'],
  ['s3://shop?region=eu-west-1&path_style=1', 'https://s3.eu-west-1.amazonaws.com/shop/'],
  ['s3://img.shop.example?region=eu-west-1', 'https://s3.eu-west-1.amazonaws.com/img.shop.example/'],
  ['s3://shop?region=cn-north-1', 'https://shop.s3.cn-north-1.amazonaws.com.cn/'],
  ['s3://shop/halve?endpoint=https://minio.example:9000&path_style=1', 'https://minio.example:9000/shop/halve/'],
  ['s3://shop?endpoint=https://fra1.spaces.example', 'https://shop.fra1.spaces.example/'],
  ['s3://shop?endpoint=https://gate.example/s3/&path_style=1', 'https://gate.example/s3/shop/'],
  ['s3://shop?endpoint=http://192.0.2.7:9000', 'http://192.0.2.7:9000/shop/'],
  ['s3://shop?endpoint=http://[2001:db8::7]:9000', 'http://[2001:db8::7]:9000/shop/'],
] as const;

for (const [text, base] of PLACES) {
  test(`${text} keeps its objects at ${base}`, async () => {
    const location = parseStorageUrl(text);
    assert.ok(location !== null);
    assert.equal(objectUrl(location, KEY), base + KEY);
    // Where the SDK itself goes, whatever the environment says.
    const signed = new URL(await createLinkSigner(location, 60)(KEY));
    assert.equal(signed.origin + signed.pathname, base + KEY);
    assert.equal(signed.searchParams.get('X-Amz-Expires'), '60');
  });
}

test('public_url stands for the bucket: prefix and key follow it', () => {
  for (const [text, url] of [
    ['s3://shop?public_url=https://cdn.example/', 'https://cdn.example/'],
    ['s3://shop/halve?public_url=https://cdn.example/files', 'https://cdn.example/files/halve/'],
    [
      's3://shop/halve?endpoint=http://minio:9000&path_style=1&public_url=https://cdn.example',
      'https://cdn.example/halve/',
    ],
  ] as const) {
    const location = parseStorageUrl(text);
    assert.ok(location !== null);
    assert.equal(objectUrl(location, KEY), url + KEY);
  }
});
