import { mkdir, rm, statfs } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { compressImage } from '../compress/compress-image.ts';
import { inspectImage } from '../compress/inspect-image.ts';
import { loadSettings } from '../config/load-settings.ts';
import type { Settings } from '../config/settings.ts';
import { AppError } from '../core/errors.ts';
import { DEFAULT_OPTIONS } from '../core/options.ts';
import { lockFolder } from '../db/folder-lock.ts';
import { openSqliteDatabase } from '../db/open-database.ts';
import { openStore } from '../store/open-store.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

/** Below this a catalogue of a few thousand images may not fit. */
const LOW_DISK_BYTES = 500 * 1024 * 1024;
const MIN_NODE = 24;

interface Check {
  readonly name: string;
  /** Answers what was found; throws when it is not good enough. */
  readonly run: (settings: Settings) => Promise<string>;
}

/** Each check does for real what the service will do. */
const CHECKS: readonly Check[] = [
  {
    name: 'Node',
    run: async () => {
      const major = Number(process.versions.node.split('.')[0]);
      if (major < MIN_NODE) throw new Error(`Node ${MIN_NODE} or newer is needed, this is ${process.version}`);
      return process.version;
    },
  },
  {
    name: 'Data folder',
    run: async ({ dataDir }) => {
      const lock = await lockFolder(resolve(dataDir));
      lock.release();
      return resolve(dataDir);
    },
  },
  {
    name: 'Database',
    run: async ({ dataDir }) => {
      const folder = join(resolve(dataDir), 'doctor');
      try {
        const database = await openSqliteDatabase(folder);
        await database.close();
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
      return 'SQLite, in the data folder';
    },
  },
  {
    name: 'Storage',
    run: async ({ dataDir }) => {
      const folder = resolve(dataDir);
      const roots = { images: join(folder, 'images'), csvfile: join(folder, 'csvfile') };
      await openStore({ kind: 'disk', roots }).check();
      return 'the data folder: a file was written, read and removed';
    },
  },
  {
    name: 'Free space',
    run: async ({ dataDir }) => {
      await mkdir(resolve(dataDir), { recursive: true });
      const disk = await statfs(resolve(dataDir));
      const free = disk.bavail * disk.bsize;
      if (free < LOW_DISK_BYTES) throw new Error(`only ${Math.round(free / 1e6)} MB are free; 500 MB are needed`);
      return `${(free / 1e9).toFixed(1)} GB`;
    },
  },
  {
    name: 'Image codecs',
    run: async () => {
      const facts = await inspectImage(TINY_PNG);
      const made: string[] = [];
      for (const format of ['jpeg', 'png', 'webp', 'avif'] as const) {
        await compressImage(TINY_PNG, facts, { ...DEFAULT_OPTIONS, format, quality: 80 });
        made.push(format);
      }
      return made.join(', ');
    },
  },
  { name: 'Presses', run: async ({ workers }) => `${workers ?? availableParallelism()}` },
];

/** A 2 × 2 picture: the smallest thing a codec can prove itself on. */
const TINY_PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAACXBIWXMAAAPoAAAD6AG1e1JrAAAAE0lEQVQImWP4z8DAAMIM/ysqKgAcxARmq2cMTQAAAABJRU5ErkJggg==',
  'base64',
);

/** `halve doctor`: is everything here that Halve needs? */
export const doctorCommand = async (_args: readonly string[], terminal: Terminal): Promise<ExitCode> => {
  const settings = loadSettings(terminal.environment);
  terminal.stdout.write('ok    Settings: no faults\n');
  let faults = 0;
  for (const check of CHECKS) {
    try {
      terminal.stdout.write(`ok    ${check.name}: ${await check.run(settings)}\n`);
    } catch (error) {
      faults += 1;
      const why = error instanceof AppError || error instanceof Error ? error.message : String(error);
      terminal.stdout.write(`FAULT ${check.name}: ${why}\n`);
    }
  }
  terminal.stdout.write(faults === 0 ? 'Everything is ready. Start with: halve serve\n' : `${faults} faults found.\n`);
  return faults === 0 ? EXIT.done : EXIT.usage;
};
