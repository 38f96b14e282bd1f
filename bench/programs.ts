/** Programs of the machine; benchmarks use those that are installed and leave out the rest. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export const isInstalled = (name: string): boolean =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)));

/** What a program writes to its standard output. Rejects when it fails or is not there. */
export const runProgram = (name: string, args: readonly string[], input: Uint8Array = new Uint8Array()) =>
  new Promise<Buffer>((resolve, reject) => {
    const options = { encoding: 'buffer', maxBuffer: 256 * 1024 * 1024 } as const;
    const child = execFile(name, [...args], options, (error, output) =>
      error === null ? resolve(output) : reject(error),
    );
    // One that does not read its input closes it, which is no fault.
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
  });

/** Whether there is a Python with these packages. */
export const pythonHas = (packages: readonly string[]): Promise<boolean> =>
  runProgram('python3', ['-c', `import ${packages.join(', ')}`]).then(
    () => true,
    () => false,
  );
