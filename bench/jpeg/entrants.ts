/** Who takes part on this machine, in the order in which they run. */
import { isInstalled, pythonHas } from '../programs.ts';
import { Crew, type Run } from './crew.ts';
import { runJpegoptim } from './jpegoptim.ts';
import { openPillowPool } from './pillow-pool.ts';

export interface Entrant {
  readonly name: string;
  /** What it is asked for: quality 50, or half the bytes. */
  readonly question: 'quality' | 'budget';
  /** Takes so long that one round must do. */
  readonly isSlow: boolean;
  run(): Promise<Run>;
}

export const OURS = "Halve's JPEG engine";
export const SHARP = 'sharp, its defaults';
export const JPEGOPTIM = 'jpegoptim, xargs';

export interface Field {
  readonly entrants: readonly Entrant[];
  readonly absent: readonly string[];
  close(): void;
}

/** Opens the pools for a folder of photos; `size` processes each. */
export const openField = async (folder: string, options: { photos: number; size: number }): Promise<Field> => {
  const crew = await Crew.open(folder, options);
  const entrants: Entrant[] = [
    { name: OURS, question: 'quality', isSlow: false, run: () => crew.run('halve-quality') },
    { name: SHARP, question: 'quality', isSlow: false, run: () => crew.run('sharp-quality') },
    { name: 'mozjpeg, through sharp', question: 'quality', isSlow: false, run: () => crew.run('mozjpeg-quality') },
    { name: OURS, question: 'budget', isSlow: false, run: () => crew.run('halve-budget') },
    { name: 'sharp, by bisection', question: 'budget', isSlow: false, run: () => crew.run('sharp-budget') },
    { name: 'mozjpeg, by bisection', question: 'budget', isSlow: true, run: () => crew.run('mozjpeg-budget') },
  ];
  const absent: string[] = [];
  const pillow = (await pythonHas(['PIL.Image'])) ? await openPillowPool(folder, options.size) : null;
  if (pillow === null) absent.push('Pillow');
  else entrants.push({ name: 'libjpeg-turbo pool (Pillow)', question: 'quality', isSlow: false, run: pillow.run });
  if (isInstalled('jpegoptim') && isInstalled('xargs')) {
    for (const [question, option] of [
      ['quality', '--max=50'],
      ['budget', '--size=50%'],
    ] as const) {
      const run = () => runJpegoptim(folder, option, options.size);
      entrants.push({ name: `${JPEGOPTIM} \`${option}\``, question, isSlow: false, run });
    }
  } else absent.push('jpegoptim');
  const close = (): void => {
    crew.close();
    pillow?.close();
  };
  return { entrants, absent, close };
};
