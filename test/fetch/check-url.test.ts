import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { AppError } from '../../src/core/errors.ts';
import { parseAllowList } from '../../src/fetch/allow-list.ts';
import { type CheckedUrl, checkUrl } from '../../src/fetch/check-url.ts';

const nothing = parseAllowList('');

const refusal = (url: string, allow = nothing, base?: CheckedUrl): AppError => {
  try {
    const { href } = checkUrl(url, allow, base);
    assert.fail(`${JSON.stringify(url)} passed as ${href}`);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
};

/** One of each kind and trick; the machine-readable list of the project's research is run below where it is present. */
const REFUSED: Readonly<Record<'invalid_url' | 'address_not_allowed', readonly string[]>> = {
  address_not_allowed: [
    'http://127.0.0.1/',
    'http://127.1/',
    'http://2130706433/',
    'http://0x7f.0x0.0x0.0x1/',
    'http://0177.0.0.1/',
    'http://127.0.0.1./',
    'http://%31%32%37.0.0.1/',
    'http://①②⑦.⓪.⓪.①/',
    'http://127。0。0。1/',
    'HTTP://127.0.0.1/',
    '  http://127.0.0.1/  ',
    'http://0/',
    'http://0xa9fea9fe/latest/meta-data/',
    'http://[::1]/',
    'http://[::ffff:7f00:1]/',
    'http://[::7f00:1]/',
    'http://[64:ff9b::a9fe:a9fe]/',
    'http://[2002:7f00:1::]/',
    'http://[fd00:ec2::254]/',
    'http://012.1.2.3/',
    'http://100.64.0.1/',
    'http://localhost/',
    'http://LOCALHOST./',
    'http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/',
    'http://a.localhost/',
    'http://metadata.google.internal/',
    'http://db.internal/',
    'http://printer.local/',
    'http://kubernetes.default.svc/',
    'http://intranet/',
    'http://example.com:22/',
    'http://example.com:8080/',
    'http://example.com:0/',
    'http://8.8.8.8:6379/',
  ],
  invalid_url: [
    '',
    'picture.jpg',
    'example.com/a.jpg',
    'file:///etc/passwd',
    'ftp://example.com/x.jpg',
    'data:image/png;base64,AAAA',
    'javascript:alert(1)',
    'blob:http://example.com/x',
    '//example.com/x.jpg',
    '\\\\example.com\\x.png',
    'http:example.com/',
    'http:/example.com/',
    'http:\\\\example.com\\',
    'http://example.com\\@127.0.0.1/',
    'ht\ntp://example.com/',
    'http://example.com\t/',
    'http://example.com/a\u0000b',
    'http://example.com/a\u0085b',
    'http://127.0.0.1%00.example.com/',
    'http://[::1/',
    'http://[example.com]/',
    'http://[fe80::1%25eth0]/',
    'http://user:pw@example.com/',
    'http://@example.com/',
    'http://1.1.1.1:80@127.0.0.1/',
    'http://exa mple.com/',
    'http://example.com:99999/',
    'http://a..b/',
    `http://example.com/${'a'.repeat(8_192)}`,
    'http://exa$mple.com/',
  ],
};

/** What must still pass, with what it becomes. */
const PASSING: readonly [written: string, href: string][] = [
  ['https://8.8.8.8/', 'https://8.8.8.8/'],
  ['https://[2606:4700::1111]/', 'https://[2606:4700::1111]/'],
  ['http://172.15.0.1/', 'http://172.15.0.1/'],
  ['http://172.32.0.1/', 'http://172.32.0.1/'],
  ['http://100.63.255.255/', 'http://100.63.255.255/'],
  ['http://100.128.0.1/', 'http://100.128.0.1/'],
  ['http://11.0.0.1/', 'http://11.0.0.1/'],
  ['http://192.167.1.1/', 'http://192.167.1.1/'],
  ['http://198.17.1.1/', 'http://198.17.1.1/'],
  ['http://223.255.255.254/', 'http://223.255.255.254/'],
  ['https://xn--mnchen-3ya.de/', 'https://xn--mnchen-3ya.de/'],
  ['https://münchen.de/bild.jpg', 'https://xn--mnchen-3ya.de/bild.jpg'],
  ['https://cdn.example.com:443/a.jpg', 'https://cdn.example.com/a.jpg'],
  ['https://cdn.example.com/a%20b.jpg', 'https://cdn.example.com/a%20b.jpg'],
  ['https://cdn.example.com/my photo ü.jpg', 'https://cdn.example.com/my%20photo%20%C3%BC.jpg'],
  [
    'https://cdn.example.com/w_200,h_200/a.jpg?x=http://127.0.0.1/',
    'https://cdn.example.com/w_200,h_200/a.jpg?x=http://127.0.0.1/',
  ],
  ['http://my_shop.example.com:443/@user/a.jpg', 'http://my_shop.example.com:443/@user/a.jpg'],
  ['http://example.com./a.jpg', 'http://example.com/a.jpg'],
  [' https://cdn.example.com/a.jpg ', 'https://cdn.example.com/a.jpg'],
];

describe('checkUrl', () => {
  for (const [code, urls] of Object.entries(REFUSED)) {
    test(`refuses as ${code}`, () => {
      for (const url of urls) assert.equal(refusal(url).code, code, JSON.stringify(url));
    });
  }

  test('lets ordinary addresses pass', () => {
    for (const [written, href] of PASSING) assert.equal(checkUrl(written, nothing).href, href);
  });

  test('names the host as it was written, and for a refused one nothing else', () => {
    assert.equal(checkUrl('https://CDN.München.de:443/a', nothing).written, 'CDN.München.de');
    assert.equal(
      refusal('http://2130706433:8080/secret').detail,
      'Halve may not connect to 2130706433 on port 8080; only to the ports 80 and 443 of public addresses.',
    );
  });

  test('a listed name or port passes, its neighbours do not', () => {
    const allow = parseAllowList('img.internal:8080, localhost, 127.0.0.1:3000, metadata.example');
    assert.equal(checkUrl('http://img.internal:8080/a', allow).port, 8080);
    assert.equal(checkUrl('http://localhost/a', allow).host, 'localhost');
    assert.equal(checkUrl('http://127.1:3000/a', allow).host, '127.0.0.1');
    for (const url of [
      'http://img.internal/',
      'http://a.localhost/',
      'http://127.0.0.1/',
      'http://db.internal:8080/',
    ]) {
      assert.equal(refusal(url, allow).code, 'address_not_allowed', url);
    }
    // Some address on this port is open, so only the address behind the name can tell; the connector looks.
    assert.equal(checkUrl('http://example.com:3000/', allow).port, 3000);
  });

  test('a redirect may be relative, and is held to the same rules', () => {
    const base = checkUrl('https://shop.example.com/a/b.jpg?x=1', nothing);
    assert.equal(checkUrl('../c.jpg', nothing, base).href, 'https://shop.example.com/c.jpg');
    assert.equal(checkUrl('//cdn.example.com/d', nothing, base).href, 'https://cdn.example.com/d');
    assert.equal(checkUrl('//cdn.example.com/d', nothing, base).written, 'cdn.example.com');
    for (const location of [
      '//127.0.0.1/',
      '//a@example.com/',
      '/\\127.0.0.1',
      'ftp://x.example/',
      'http:/127.0.0.1/',
    ]) {
      refusal(location, nothing, base);
    }
  });

  test('no spelling of a loopback address passes', () => {
    const octet = (value: number) =>
      fc.constantFrom(String(value), `0x${value.toString(16)}`, `0${value.toString(8)}`, `00${value.toString(8)}`);
    const whole = (value: number) => fc.constantFrom(String(value), `0x${value.toString(16)}`, `0${value.toString(8)}`);
    const rest = fc.nat({ max: 0xff_ff_ff });
    const spelled = rest.chain((host) => {
      const [b, c, d] = [host >>> 16, (host >>> 8) & 255, host & 255];
      return fc.oneof(
        whole(0x7f_00_00_00 + host),
        fc.tuple(octet(127), whole(host)).map((parts) => parts.join('.')),
        fc.tuple(octet(127), octet(b), whole(host & 0xff_ff)).map((parts) => parts.join('.')),
        fc.tuple(octet(127), octet(b), octet(c), octet(d)).map((parts) => parts.join('.')),
      );
    });
    fc.assert(fc.property(spelled, (host) => refusal(`http://${host}/`).code === 'address_not_allowed'));
  });

  test('throws nothing but an AppError, and what passes is http(s) without user-info', () => {
    const pieces = fc.constantFrom(
      'http',
      'https',
      ':',
      '/',
      '//',
      '\\',
      '@',
      '[',
      ']',
      '.',
      '%',
      '?',
      '#',
      '127',
      '1',
      ' ',
    );
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.webUrl(),
      fc.array(pieces).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          text,
          text.map((rest) => `http://${rest}`),
        ),
        (url) => {
          try {
            const checked = checkUrl(url, nothing);
            const reparsed = new URL(checked.href);
            assert.ok(['http:', 'https:'].includes(reparsed.protocol));
            assert.equal(reparsed.username + reparsed.password, '');
            assert.deepEqual(checkUrl(checked.href, nothing).href, checked.href);
          } catch (error) {
            assert.ok(error instanceof AppError, `${JSON.stringify(url)}: ${error}`);
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

const corpus = new URL('../../../shared/corpus/ssrf/hosts.tsv', import.meta.url);
const absent = existsSync(corpus) ? false : 'the shared corpus is not beside this repository';

test('every host of the shared list is refused, save the names only DNS can judge', { skip: absent }, () => {
  const rows = readFileSync(corpus, 'utf8').trimEnd().split('\n').slice(1);
  assert.ok(rows.length > 100);
  for (const row of rows) {
    const [quoted = '', group] = row.split('\t');
    const url: unknown = JSON.parse(quoted);
    assert.ok(typeof url === 'string');
    if (group === 'dns') checkUrl(url, nothing);
    else refusal(url);
  }
});
