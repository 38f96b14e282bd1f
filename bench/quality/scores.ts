/** How far a picture is from its source, by the metrics there are on this machine. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SCORE_NAME, SCORE_VERSION, Ssimulacra2Reference } from '../../src/compress/score/ssimulacra2.ts';
import { isInstalled, runProgram } from '../programs.ts';
import { hashOf, remember } from './disk-cache.ts';
import { type RgbPicture, readRgb } from './rgb-picture.ts';
import type { Sample } from './sample.ts';

export interface Scores {
  /**
   * Distance, 0 is equal: the 3-norm over the picture and its largest value, by libjxl's `butteraugli_main`; null where
   * that is not installed.
   */
  readonly butteraugli: number | null;
  readonly butteraugliMax: number | null;
  /** 100 is equal, 90 can hardly be told apart, 70 is high quality. */
  readonly ssimulacra2: number;
}

const BUTTERAUGLI = isInstalled('butteraugli_main') ? 'butteraugli_main' : null;

/** What scores are made with; part of the name under which they are remembered. */
export const METRICS = `${SCORE_NAME} ${SCORE_VERSION}${BUTTERAUGLI === null ? '' : ` and ${BUTTERAUGLI}`}`;

/** Scores a candidate file against the sample it was made from. */
export const scoreAgainst = (sample: Sample, candidate: Uint8Array): Promise<Scores> =>
  remember([METRICS, sample.hash, hashOf(candidate)], async () => {
    const [reference, distorted] = [await readRgb(sample.bytes), await readRgb(candidate)];
    const distance = butteraugliOf(reference, distorted);
    const ssimulacra2 = new Ssimulacra2Reference(reference).score(distorted);
    return { ...(await distance), ssimulacra2 };
  });

const butteraugliOf = async (reference: RgbPicture, distorted: RgbPicture) => {
  if (BUTTERAUGLI === null) return { butteraugli: null, butteraugliMax: null };
  const folder = await mkdtemp(join(tmpdir(), 'halve-bench-'));
  try {
    const files = [join(folder, 'reference.ppm'), join(folder, 'distorted.ppm')] as const;
    await writeFile(files[0], toPpm(reference));
    await writeFile(files[1], toPpm(distorted));
    // It prints the largest value, then `3-norm: ` and that.
    const [max, norm] = (await runProgram(BUTTERAUGLI, files)).toString().split('\n');
    return { butteraugli: Number(norm?.replace('3-norm: ', '')), butteraugliMax: Number(max) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const toPpm = ({ data, width, height }: RgbPicture): Buffer =>
  Buffer.concat([Buffer.from(`P6\n${width} ${height}\n255\n`), data]);
