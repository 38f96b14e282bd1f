/** libjpeg's own program. */
import { spawnSync } from 'node:child_process';
import { missing, type Opened, opened, type Proof } from './decoder.ts';

export const djpeg = async (): Promise<Opened> => {
  const { error, stderr } = spawnSync('djpeg', ['-version']);
  if (error !== undefined) return missing('djpeg', 'it is not installed (Debian: libjpeg-turbo-progs)');
  const [version = ''] = stderr.toString().split('\n');
  return opened({
    name: `djpeg (${version})`,
    ask: async (proofs) => proofs.map(ask),
    close: async () => {},
  });
};

/** Output is Netpbm: a letter and a number, then the size, then the pixels. */
const ask = ({ bytes, width, height }: Proof): string => {
  const most = 1024 + 3 * width * height;
  const { status, signal, stdout, stderr } = spawnSync('djpeg', ['-strict'], { input: bytes, maxBuffer: most });
  const said = stderr.toString().trim();
  if (status !== 0 || said !== '') return `ended with ${signal ?? status}: ${said}`;
  return stdout.toString('latin1', 0, 40).split('\n')[1] ?? 'no picture';
};
