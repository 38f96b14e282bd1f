/** Python's Pillow, with everything it can warn of made an error. */
import { spawnSync } from 'node:child_process';
import { missing, type Opened, opened, type Proof } from './decoder.ts';

/** Reads files from standard input, each behind its length in four bytes; prints a line for each. */
const PROGRAM = `
import io, struct, sys, warnings
from PIL import Image, ImageFile
warnings.simplefilter('error')
Image.MAX_IMAGE_PIXELS = None
ImageFile.LOAD_TRUNCATED_IMAGES = False
while head := sys.stdin.buffer.read(4):
    data = sys.stdin.buffer.read(struct.unpack('>I', head)[0])
    try:
        with Image.open(io.BytesIO(data)) as image:
            image.load()
            print(*image.size)
    except Exception as error:
        print(repr(error).replace('\\n', ' '))
`;

export const pillow = async (): Promise<Opened> => {
  const { error, status, stdout } = spawnSync('python3', ['-c', 'import PIL; print(PIL.__version__)']);
  if (error !== undefined) return missing('Pillow', 'python3 is not installed');
  if (status !== 0) return missing('Pillow', 'python3 has no Pillow (pip install Pillow)');
  return opened({
    name: `Pillow (${stdout.toString().trim()})`,
    ask: async (proofs) => ask(proofs),
    close: async () => {},
  });
};

const ask = (proofs: readonly Proof[]): string[] => {
  const input = Buffer.concat(
    proofs.flatMap(({ bytes }) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    }),
  );
  const { stdout, stderr } = spawnSync('python3', ['-c', PROGRAM], { input, maxBuffer: 2 ** 24 });
  if (stderr.length > 0) console.log(`Pillow: ${stderr.toString().trim()}`);
  return stdout.toString().trim().split('\n');
};
