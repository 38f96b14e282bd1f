// Runs the rest of the command line on the project's own Node 24, whatever Node started this:
//   node scripts/on-own-node.mjs --test 'test/**/*.test.ts'
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const name = process.platform === 'win32' ? 'node.exe' : 'node';
const own = fileURLToPath(new URL(`../node_modules/node/bin/${name}`, import.meta.url));
// Compiled code is kept between processes: the tests start hundreds of them.
const NODE_COMPILE_CACHE = fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url));
const child = spawn(own, process.argv.slice(2), { stdio: 'inherit', env: { NODE_COMPILE_CACHE, ...process.env } });
// Ctrl-C reaches the child directly; whoever ends only this process means the child.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
