/** Compiles the hot loops of the JPEG engine (src/compress/jpeg/kernel) from AssemblyScript to WebAssembly. */
import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { main } from 'assemblyscript/asc';
import { FIRST_PAGES, MOST_PAGES } from '../src/compress/jpeg/memory.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OUTPUT = 'kernel.wasm';

const OPTIONS = [
  ...['-O3', '--noAssert', '--enable', 'simd', '--enable', 'threads'],
  // Nothing is allocated there, so no garbage has to be collected.
  ...['--runtime', 'stub'],
  ...['--importMemory', '--sharedMemory', '--initialMemory', `${FIRST_PAGES}`, '--maximumMemory', `${MOST_PAGES}`],
];

/** @throws Error with the compiler's messages */
export const compileKernel = async (): Promise<Uint8Array> => {
  const sources = globSync('src/compress/jpeg/kernel/*.ts', { cwd: ROOT }).toSorted();
  const made = new Map<string, string | Uint8Array>();
  const writeFile = (name: string, contents: string | Uint8Array): void => {
    made.set(name, contents);
  };
  const { error, stderr } = await main([...sources, '--baseDir', ROOT, '--outFile', OUTPUT, ...OPTIONS], { writeFile });
  const wasm = made.get(OUTPUT);
  if (error !== null || !(wasm instanceof Uint8Array)) throw new Error(`the kernel does not compile:\n${stderr}`);
  return wasm;
};
