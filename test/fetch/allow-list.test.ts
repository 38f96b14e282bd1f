import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { AppError } from '../../src/core/errors.ts';
import { judgeAddress } from '../../src/fetch/address-guard.ts';
import { parseAllowList, refuseTarget } from '../../src/fetch/allow-list.ts';

const allowed = (list: string, host: string, port: number, address: string): boolean =>
  refuseTarget({ host, port, address }, parseAllowList(list)) === null;

describe('what an entry opens, and nothing else', () => {
  test('nothing: only public addresses on the web ports', () => {
    assert.equal(allowed('', 'cdn.example.com', 443, '8.8.8.8'), true);
    assert.equal(allowed('', 'cdn.example.com', 8443, '8.8.8.8'), false);
    assert.equal(allowed('', 'cdn.example.com', 443, '10.0.0.1'), false);
  });

  test('an address with port', () => {
    assert.equal(allowed('127.0.0.1:8080', '127.0.0.1', 8080, '127.0.0.1'), true);
    assert.equal(allowed('127.0.0.1:8080', 'localtest.me', 8080, '127.0.0.1'), true);
    assert.equal(allowed('127.0.0.1:8080', '127.0.0.1', 80, '127.0.0.1'), false);
    assert.equal(allowed('127.0.0.1:8080', '127.0.0.2', 8080, '127.0.0.2'), false);
    assert.equal(allowed('127.0.0.1:8080', '::1', 8080, '::1'), false);
    assert.equal(allowed('127.0.0.1:8080', 'cdn.example.com', 8080, '8.8.8.8'), false);
    assert.equal(allowed('127.0.0.1:8080', '::ffff:127.0.0.1', 8080, '::ffff:127.0.0.1'), false);
  });

  test('an address without port', () => {
    for (const port of [80, 443]) assert.equal(allowed('192.168.1.9', '192.168.1.9', port, '192.168.1.9'), true);
    assert.equal(allowed('192.168.1.9', '192.168.1.9', 8080, '192.168.1.9'), false);
  });

  test('IPv6 with and without brackets, in any spelling', () => {
    assert.equal(allowed('[::1]:3000', '::1', 3000, '::1'), true);
    assert.equal(allowed('[::1]:3000', '::1', 443, '::1'), false);
    assert.equal(allowed('[::1]', '::1', 443, '::1'), true);
    assert.equal(allowed('FD12:0:0::1', 'img.example.com', 443, 'fd12::1'), true);
  });

  test('a name, whatever it resolves to, but no other name', () => {
    for (const address of ['10.0.0.1', '127.0.0.1', 'fd12::1', '8.8.8.8']) {
      assert.equal(allowed('img.internal', 'img.internal', 443, address), true, address);
    }
    assert.equal(allowed('img.internal', 'img.internal', 8080, '10.0.0.1'), false);
    assert.equal(allowed('img.internal:8080', 'img.internal', 8080, '10.0.0.1'), true);
    assert.equal(allowed('img.internal:8080', 'img.internal', 443, '10.0.0.1'), false);
    assert.equal(allowed('img.internal', 'a.img.internal', 443, '10.0.0.1'), false);
    assert.equal(allowed('img.internal', 'other.internal', 443, '10.0.0.1'), false);
    assert.equal(allowed('img.internal', '10.0.0.1', 443, '10.0.0.1'), false);
    assert.equal(allowed('LOCALHOST., münchen.de', 'localhost', 80, '127.0.0.1'), true);
    assert.equal(allowed('LOCALHOST., münchen.de', 'xn--mnchen-3ya.de', 80, '10.0.0.1'), true);
  });

  test('a network on the web ports', () => {
    assert.equal(allowed('10.0.0.0/8', 'db.example.com', 443, '10.9.9.9'), true);
    assert.equal(allowed('10.0.0.0/8', 'db.example.com', 5432, '10.9.9.9'), false);
    assert.equal(allowed('10.0.0.0/8', '127.0.0.1', 80, '127.0.0.1'), false);
    assert.equal(allowed('10.0.0.0/8', '11.0.0.1', 80, '192.168.0.1'), false);
  });

  test('metadata and link-local addresses stay refused, whatever is listed', () => {
    const all = '0.0.0.0/0, ::/0, img.internal, 100.64.0.0/10, 192.0.0.0/24, fd00::/8';
    for (const address of ['169.254.169.254', '168.63.129.16', '100.100.100.200', '192.0.0.192', 'fd00:ec2::254']) {
      assert.equal(allowed(all, address, 80, address), false, address);
      assert.equal(allowed(all, 'img.internal', 80, address), false, address);
    }
    assert.equal(allowed(all, 'img.internal', 80, '::ffff:169.254.169.254'), false);
    assert.equal(allowed(all, '10.0.0.1', 80, '10.0.0.1'), true);
  });

  test('a listed address opens itself alone (any two addresses)', () => {
    const byte = fc.nat({ max: 255 });
    const address = fc.tuple(byte, byte, byte, byte).map((bytes) => bytes.join('.'));
    const port = fc.integer({ min: 1, max: 65_535 });
    fc.assert(
      fc.property(address, port, address, port, (listed, listedPort, asked, askedPort) => {
        fc.pre(judgeAddress(listed).kind !== 'never');
        const open = allowed(`${listed}:${listedPort}`, asked, askedPort, asked);
        const withoutList = allowed('', asked, askedPort, asked);
        assert.equal(open, withoutList || (listed === asked && listedPort === askedPort));
      }),
    );
  });
});

describe('parseAllowList', () => {
  test('takes commas, spaces, newlines and nothing at all', () => {
    for (const text of ['', ' , ,', 'a.example,b.example', ' a.example\n b.example:81 ,']) parseAllowList(text);
  });

  test('names every faulty entry at once', () => {
    const faulty = [
      'http://x',
      'x:0',
      'x:65536',
      'x:',
      '*.x.com',
      '10.0.0.1/8',
      '10.0.0.0/8:80',
      '10.0.0.0/40',
      '127.1',
    ];
    faulty.push('2130706433', '0x7f.1', '[example.com]', '[127.0.0.1]:80', 'a@b', '[fe80::1%eth0]', '-x.com', 'a..b');
    faulty.push('169.254.169.254', 'metadata.google.internal', '169.254.0.0/16', 'fe80::/64', '168.63.129.16:80');
    assert.throws(
      () => parseAllowList(`good.example, ${faulty.join(', ')}, 10.0.0.0/8`),
      (error) => {
        assert.ok(error instanceof AppError);
        assert.equal(error.code, 'invalid_settings');
        for (const entry of faulty) assert.ok(error.detail?.includes(`"${entry}":`), entry);
        assert.ok(!error.detail?.includes('good.example'));
        const errors = error.extras?.errors;
        assert.ok(Array.isArray(errors));
        assert.equal(errors.length, faulty.length);
        return true;
      },
    );
  });

  test('throws nothing but an AppError, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        try {
          parseAllowList(text);
        } catch (error) {
          assert.ok(error instanceof AppError, String(error));
        }
      }),
    );
  });
});
