/** Compiles the kernel of the JPEG engine and puts it where it is loaded from: `npm run kernel`. */
import { writeFileSync } from 'node:fs';
import { compileKernel } from './compile-kernel.ts';

writeFileSync(new URL('../src/compress/jpeg/kernel.wasm', import.meta.url), await compileKernel());
