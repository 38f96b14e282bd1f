#!/usr/bin/env node
// Starts Halve on Node 24 or newer, whatever Node the machine has: its own from node_modules if this one is older.
// Plain JavaScript, because an old Node must be able to read it.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const NEEDED = 24;

if (Number(process.versions.node.split('.')[0]) >= NEEDED) {
  // Compiled code is kept between starts; the second one takes half the time.
  module.enableCompileCache();
  await import('../src/cli.ts');
} else {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const own = fileURLToPath(new URL(`../node_modules/node/bin/${name}`, import.meta.url));
  if (!existsSync(own)) {
    process.stderr.write(`Halve needs Node ${NEEDED} or newer, and this is ${process.version}. Run: npm install\n`);
    process.exit(1);
  }
  const child = spawn(own, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  // Ctrl-C reaches the child directly; this process only waits for what it says.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => signal === 'SIGTERM' && child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
}
