/** The verifiers in `examples/verify`, which users copy from docs/webhooks.md. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

export interface Verifier {
  readonly file: string;
  /** What runs or compiles it. */
  readonly tool: string;
}

export const VERIFIERS: readonly Verifier[] = [
  { file: 'verify.mjs', tool: process.execPath },
  { file: 'verify.py', tool: 'python3' },
  { file: 'verify.php', tool: 'php' },
  { file: 'verify.go', tool: 'go' },
  { file: 'verify.rb', tool: 'ruby' },
];

export const verifierPath = ({ file }: Verifier): string =>
  fileURLToPath(new URL(`../../examples/verify/${file}`, import.meta.url));

/** The part that is meant to be copied, without the program around it. */
export const readVerifier = async (verifier: Verifier): Promise<{ readonly copied: string }> => {
  const text = await readFile(verifierPath(verifier), 'utf8');
  const copied = /^[#/ ]*--- copy from here ---\n+([\s\S]*?)\n+[#/ ]*--- to here ---$/m.exec(text)?.[1];
  assert.ok(copied !== undefined, `${verifier.file} marks what is to be copied`);
  return { copied };
};

/** Why this verifier cannot be run on this machine; false if it can. */
export const cannotRun = ({ tool, file }: Verifier): string | false => {
  const { error } = spawnSync(tool, [file === 'verify.go' ? 'version' : '--version']);
  return error === undefined ? false : `no ${tool} on this machine`;
};
