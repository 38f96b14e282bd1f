import { constants, createReadStream } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { AppError, systemCode } from '../core/errors.ts';
import { fingerprint, spoolUpload } from '../intake/spool-upload.ts';
import type { Submission } from '../intake/submit-request.ts';
import type { RunPlan } from './parse-run.ts';

/** What the system says of a file that cannot be read, in words. */
const REASONS = {
  ENOENT: 'there is no such file',
  EACCES: 'you may not read it',
  EPERM: 'you may not read it',
  EISDIR: 'it is a folder, not a file',
} as const;

/**
 * Copies the user's file (or stdin) into Halve's own folder: the original is never touched, and may change or vanish
 * while Halve works.
 * @throws AppError `unreadable_input`, `file_too_large`
 */
export const spoolFile = async (
  plan: RunPlan,
  spool: { readonly folder: string; readonly maxBytes: number },
  stdin: NodeJS.ReadableStream,
): Promise<Submission> => {
  const content = plan.file === '-' ? bytesOf(stdin) : createReadStream(plan.file);
  try {
    const { path, bytes, sha256 } = await spoolUpload(content, spool.folder, spool.maxBytes);
    const fileName = plan.file === '-' ? null : basename(plan.file);
    return { path, bytes, fileName, fingerprint: fingerprint(sha256, plan.options), options: plan.options };
  } catch (error) {
    throw unreadable(plan.file, error);
  }
};

/** Looks before anything is created for a file that is not there. @throws AppError `unreadable_input` */
export const checkReadable = async (file: string): Promise<void> => {
  if (file === '-') return;
  try {
    await access(file, constants.R_OK);
    if ((await stat(file)).isDirectory()) throw because(file, REASONS.EISDIR);
  } catch (error) {
    throw unreadable(file, error);
  }
};

const unreadable = (file: string, error: unknown): unknown => {
  const reason = Object.entries(REASONS).find(([code]) => code === systemCode(error))?.[1];
  return reason === undefined ? error : because(file, reason, error);
};

const because = (file: string, reason: string, cause?: unknown): AppError =>
  new AppError('unreadable_input', { detail: `${file} cannot be read: ${reason}.`, cause });

async function* bytesOf(stream: NodeJS.ReadableStream): AsyncGenerator<Uint8Array> {
  for await (const piece of stream) yield typeof piece === 'string' ? Buffer.from(piece) : piece;
}
