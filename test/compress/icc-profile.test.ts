import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import sharp from 'sharp';
import { readIccProfile } from '../../src/compress/icc-profile.ts';
import { picture, toSharp } from '../helpers/pictures.ts';

const profileNamed = async (name: string): Promise<Buffer> => {
  const image = toSharp(picture({ width: 8, height: 8 }));
  const file = await (name === 'cmyk' ? image.toColourspace('cmyk') : image).withIccProfile(name).jpeg().toBuffer();
  const { icc } = await sharp(file).metadata();
  assert.ok(icc !== undefined);
  return icc;
};

/** A matrix profile with sRGB's primaries and one gamma, as many editors write them (ICC.1:2022 8.3). */
const gammaProfile = (gamma: number, space = 'RGB '): Buffer => {
  const names = space === 'GRAY' ? ['kTRC'] : ['rXYZ', 'gXYZ', 'bXYZ', 'rTRC', 'gTRC', 'bTRC'];
  const primaries = [
    [0.4361, 0.2225, 0.0139],
    [0.3851, 0.7169, 0.0971],
    [0.1431, 0.0606, 0.7141],
  ];
  const icc = Buffer.alloc(132 + names.length * 32);
  icc.writeUInt32BE(icc.length, 0);
  icc.write(space, 16, 'latin1');
  icc.write('acsp', 36, 'latin1');
  icc.writeUInt32BE(names.length, 128);
  names.forEach((name, i) => {
    const [entry, at] = [132 + 12 * i, 132 + 12 * names.length + 20 * i];
    icc.write(name, entry, 'latin1');
    icc.writeUInt32BE(at, entry + 4);
    icc.writeUInt32BE(20, entry + 8);
    if (name.endsWith('XYZ')) {
      icc.write('XYZ ', at, 'latin1');
      for (const [j, value] of (primaries[i] ?? []).entries())
        icc.writeInt32BE(Math.round(value * 65_536), at + 8 + 4 * j);
    } else {
      icc.write('curv', at, 'latin1');
      icc.writeUInt32BE(1, at + 8);
      icc.writeUInt16BE(Math.round(gamma * 256), at + 12);
    }
  });
  return icc;
};

describe('readIccProfile', () => {
  test('tells sRGB from wider and other spaces', async () => {
    assert.deepEqual(readIccProfile(await profileNamed('srgb')), { space: 'RGB', isSrgb: true });
    assert.deepEqual(readIccProfile(await profileNamed('p3')), { space: 'RGB', isSrgb: false });
    assert.deepEqual(readIccProfile(await profileNamed('cmyk')), { space: 'CMYK', isSrgb: false });
  });

  test('goes by the curves, too: 2.2 looks like sRGB, 1.8 and linear do not', () => {
    for (const space of ['RGB ', 'GRAY']) {
      assert.equal(readIccProfile(gammaProfile(2.2, space))?.isSrgb, true);
      assert.equal(readIccProfile(gammaProfile(1.8, space))?.isSrgb, false);
      assert.equal(readIccProfile(gammaProfile(1, space))?.isSrgb, false);
    }
  });

  test('never throws, whatever the block holds', async () => {
    const srgb = await profileNamed('srgb');
    fc.assert(
      fc.property(fc.nat(srgb.length - 1), fc.nat(255), fc.nat(srgb.length), (at, value, length) => {
        const damaged = Buffer.from(srgb.subarray(0, length));
        if (at < damaged.length) damaged[at] = value;
        readIccProfile(damaged);
      }),
      { numRuns: 500 },
    );
    assert.equal(readIccProfile(Buffer.from('not a profile')), null);
    assert.equal(readIccProfile(srgb.subarray(0, -4)), null, 'shorter than it says');
  });
});
