import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type AddressKind, canonicalAddress, judgeAddress, parseNetwork } from '../../src/fetch/address-guard.ts';

/** First and last address of every range, and the neighbours outside that are public. */
const RANGES: readonly [kind: AddressKind, ...addresses: string[]][] = [
  ['special', '0.0.0.0', '0.1.2.3', '0.255.255.255'],
  ['public', '1.0.0.0', '9.255.255.255', '11.0.0.0'],
  ['special', '10.0.0.0', '10.255.255.255'],
  ['special', '100.64.0.0', '100.127.255.255'],
  ['public', '100.63.255.255', '100.128.0.0'],
  ['special', '127.0.0.0', '127.0.0.1', '127.255.255.255'],
  ['public', '126.255.255.255', '128.0.0.0'],
  ['never', '169.254.0.0', '169.254.169.254', '169.254.170.2', '169.254.170.23', '169.254.42.42', '169.254.255.255'],
  ['public', '169.253.255.255', '169.255.0.0'],
  ['never', '168.63.129.16', '100.100.100.200', '192.0.0.192'],
  ['public', '168.63.129.15', '168.63.129.17'],
  ['special', '172.16.0.0', '172.31.255.255'],
  ['public', '172.15.255.255', '172.32.0.0'],
  ['special', '192.0.0.0', '192.0.0.255', '192.0.2.0', '192.0.2.255'],
  ['special', '192.31.196.0', '192.52.193.255', '192.88.99.0', '192.175.48.255'],
  ['special', '192.168.0.0', '192.168.255.255'],
  ['public', '192.167.255.255', '192.169.0.0', '192.0.1.0', '192.31.195.255', '192.88.98.255'],
  ['special', '198.18.0.0', '198.19.255.255', '198.51.100.0', '203.0.113.255'],
  ['public', '198.17.255.255', '198.20.0.0', '198.51.101.0', '203.0.112.255', '223.255.255.255'],
  ['special', '224.0.0.0', '239.255.255.255', '240.0.0.0', '255.255.255.255'],
  ['special', '::', '::1', '::2', '::ffff:8.8.8.8', '::ffff:127.0.0.1', '::8.8.8.8', '::ffff:0:10.0.0.1'],
  ['special', '64:ff9b::10.0.0.1', '64:ff9b::7f00:1', '64:ff9b:1::1', '64:ff9b:1:808:8:800::'],
  ['public', '64:ff9b::8.8.8.8'],
  ['special', '100::1', '100:0:0:1::1', '2001::1', '2001:0:7f00:1::', '2001:2::1', '2001:10::1', '2001:20::1'],
  ['special', '2001:1ff:ffff::', '2001:db8::1', '2002:7f00:1::', '2002:808:808::1', '2620:4f:8000::1', '3fff::1'],
  ['public', '2001:200::1', '2000::1', '2003::1', '2606:4700::1111', '2620:4f:8001::1', '3ffe::1', '2a00:1450::1'],
  ['special', '5f00::1', '4000::1', 'e000::1', 'fc00::1', 'fd12:3456:789a::1', 'fec0::1', 'ff02::1', 'ff0e::1'],
  ['special', '2600:1f00::5efe:7f00:1', '2600:1f00::200:5efe:808:808'],
  ['never', 'fe80::1', 'febf:ffff::1', 'fe80::a9fe:a9fe', 'fd00:ec2::254', 'fd00:ec2::23', 'fd20:ce::254'],
  ['never', '::ffff:169.254.169.254', '::169.254.169.254', '::ffff:0:169.254.169.254', '64:ff9b::a9fe:a9fe'],
  ['never', '2002:a9fe:a9fe::1', '2001:0:a9fe:a9fe::', '2001:0:808:808::5601:5601', '2600::5efe:a9fe:a9fe'],
  ['never', '64:ff9b:1::a9fe:a9fe', '64:ff9b:1:a9fe:a9:fe00::', '64:ff9b:1:a9:fe:a9fe::'],
  ['never', '', 'localhost', '127.1', '0x7f000001', '2130706433', '1.2.3', '[::1]', '::1::', '1.2.3.4:80'],
];

const byte = fc.nat({ max: 255 });
const ipv4 = fc.tuple(byte, byte, byte, byte).map((bytes) => bytes.join('.'));
const group = fc.nat({ max: 0xffff }).map((value) => value.toString(16));
const hexPair = (a: number, b: number): string => ((a << 8) | b).toString(16);

/** The ways to write an IPv4 address into an IPv6 one, each as the RFC lays the bits out. */
const EMBEDDINGS: Readonly<Record<string, (a: number, b: number, c: number, d: number) => string>> = {
  mapped: (a, b, c, d) => `::ffff:${a}.${b}.${c}.${d}`,
  'mapped, in hex': (a, b, c, d) => `0:0:0:0:0:ffff:${hexPair(a, b)}:${hexPair(c, d)}`,
  compatible: (a, b, c, d) => `::${hexPair(a, b)}:${hexPair(c, d)}`,
  translated: (a, b, c, d) => `::ffff:0:${hexPair(a, b)}:${hexPair(c, d)}`,
  NAT64: (a, b, c, d) => `64:ff9b::${hexPair(a, b)}:${hexPair(c, d)}`,
  'local NAT64 /48': (a, b, c, d) => `64:ff9b:1:${hexPair(a, b)}:${hexPair(0, c)}:${hexPair(d, 0)}::`,
  'local NAT64 /96': (a, b, c, d) => `64:ff9b:1::${hexPair(a, b)}:${hexPair(c, d)}`,
  '6to4': (a, b, c, d) => `2002:${hexPair(a, b)}:${hexPair(c, d)}::1`,
  'Teredo server': (a, b, c, d) => `2001:0:${hexPair(a, b)}:${hexPair(c, d)}::1`,
  'Teredo client': (a, b, c, d) => `2001:0:808:808::${hexPair(255 - a, 255 - b)}:${hexPair(255 - c, 255 - d)}`,
  ISATAP: (a, b, c, d) => `2600:1f00:1:2:0:5efe:${hexPair(a, b)}:${hexPair(c, d)}`,
  'ISATAP, universal': (a, b, c, d) => `2600:1f00:1:2:200:5efe:${hexPair(a, b)}:${hexPair(c, d)}`,
};

describe('judgeAddress', () => {
  for (const [kind, ...addresses] of RANGES) {
    test(`${kind}: ${addresses.slice(0, 4).join(' ')} …`, () => {
      for (const address of addresses) {
        const judgement = judgeAddress(address);
        assert.equal(judgement.kind, kind, `${address} is ${judgement.reason}`);
      }
    });
  }

  for (const [name, embed] of Object.entries(EMBEDDINGS)) {
    test(`an IPv6 address is no better than the IPv4 address it carries: ${name}`, () => {
      const rank = { public: 0, special: 1, never: 2 };
      fc.assert(
        fc.property(fc.tuple(byte, byte, byte, byte), ([a, b, c, d]) => {
          const inside = judgeAddress(`${a}.${b}.${c}.${d}`).kind;
          const outside = judgeAddress(embed(a, b, c, d)).kind;
          assert.ok(rank[outside] >= rank[inside], `${embed(a, b, c, d)} is ${outside}`);
        }),
        // Forbidden ranges are rare among random addresses; these are always tried.
        { examples: [[[127, 0, 0, 1]], [[10, 1, 2, 3]], [[169, 254, 169, 254]], [[100, 100, 100, 200]]] },
      );
    });
  }

  test('all spellings of one IPv6 address are judged alike', () => {
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        const long = groups.map((part) => part.padStart(4, '0')).join(':');
        const short = canonicalAddress(long);
        assert.deepEqual(judgeAddress(long), judgeAddress(short));
        assert.deepEqual(judgeAddress(long.toUpperCase()), judgeAddress(short));
        assert.equal(canonicalAddress(short), short);
      }),
    );
  });

  test('never throws, whatever the text', () => {
    fc.assert(fc.property(fc.string(), (text) => judgeAddress(text).kind !== undefined));
    assert.equal(judgeAddress('fe80::1%eth0').kind, 'never');
    assert.equal(judgeAddress('::1%lo').kind, 'special');
  });
});

describe('parseNetwork', () => {
  test('holds exactly its addresses', () => {
    const network = parseNetwork('10.1.0.0/16');
    assert.deepEqual([network?.first, network?.last], ['10.1.0.0', '10.1.255.255']);
    assert.equal(network?.holds('10.1.255.255'), true);
    assert.equal(network?.holds('10.2.0.0'), false);
    assert.equal(network?.holds('::ffff:10.1.0.1'), false);
    assert.equal(parseNetwork('fd12::/16')?.holds('fd12:1::1'), true);
  });

  test('refuses what is not a network', () => {
    for (const text of [
      '10.0.0.1/8',
      '10.0.0.0/33',
      '10.0.0.0/',
      '0.0.0.0/0/',
      '10.0.0.0/8/8',
      '10.0.0.0',
      '10/8',
      '::/129',
      '0x0a.0.0.0/8',
      'a/8',
    ]) {
      assert.equal(parseNetwork(text), undefined, text);
    }
    fc.assert(
      fc.property(ipv4, fc.string(), (address, tail) => parseNetwork(`${address}/${tail}x`) === undefined),
      { numRuns: 500 },
    );
  });
});
