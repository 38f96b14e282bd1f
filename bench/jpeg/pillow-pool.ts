import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Run } from './crew.ts';

/** The bare libjpeg-turbo pool: a process of Python for each core, their photos in memory. */
export const openPillowPool = async (folder: string, processes: number) => {
  const script = fileURLToPath(new URL('./pillow_pool.py', import.meta.url));
  const python = spawn('python3', [script, folder, String(processes)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: python.stdout });
  await once(lines, 'line');
  return {
    run: async (): Promise<Run> => {
      python.stdin.write('\n');
      const [line] = (await once(lines, 'line')) as [string];
      const { seconds, sizes }: { seconds: number; sizes: number[] } = JSON.parse(line);
      return { seconds, results: sizes.map((bytes) => ({ bytes, end: null })) };
    },
    close: (): void => {
      python.stdin.end();
    },
  };
};
