import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import sharp from 'sharp';

/** libjpeg's own program, where it is installed. */
export const hasDjpeg = spawnSync('djpeg', ['-help']).error === undefined;

/** Asserts that decoders take a JPEG without a warning, and find the size it should have. */
export const assertDecodes = async (
  file: Uint8Array,
  { width, height }: { readonly width: number; readonly height: number },
  name: string,
): Promise<void> => {
  const { info } = await sharp(file, { failOn: 'warning', limitInputPixels: false })
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch((error: unknown) => assert.fail(`${name}: sharp: ${error}`));
  assert.deepEqual([info.width, info.height], [width, height], name);
  if (hasDjpeg) assertDjpeg(file, `${width} ${height}`, name);
};

const assertDjpeg = (file: Uint8Array, size: string, name: string): void => {
  const { status, stdout, stderr } = spawnSync('djpeg', ['-strict'], { input: file, maxBuffer: 2 ** 28 });
  assert.equal(stderr.toString(), '', `${name}: djpeg`);
  assert.equal(status, 0, `${name}: djpeg`);
  // Netpbm: a letter and a number, then the size.
  assert.equal(stdout.toString('latin1', 0, 40).split('\n')[1], size, `${name}: djpeg`);
};
