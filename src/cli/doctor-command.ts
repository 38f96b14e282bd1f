import { mkdir, rm, statfs } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { compressImage } from '../compress/compress-image.ts';
import { inspectImage } from '../compress/inspect-image.ts';
import { loadSettings } from '../config/load-settings.ts';
import type { Settings } from '../config/settings.ts';
import { DEFAULT_OPTIONS } from '../core/options.ts';
import { lockFolder } from '../db/folder-lock.ts';
import { openSqliteDatabase } from '../db/open-database.ts';
import { openStore } from '../store/open-store.ts';
import { type Check, OUTSIDE_CHECKS } from './doctor-outside.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { parseFlags, wrongUse } from './parse-flags.ts';
import { storeOf } from './storage.ts';
import type { Terminal } from './terminal.ts';

/** Below this a catalogue of a few thousand images may not fit. */
const LOW_DISK_BYTES = 500 * 1024 * 1024;
const MIN_NODE = 24;

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
    run: async (settings) => {
      const store = await openStore(storeOf(settings, resolve(settings.dataDir)));
      await store.check();
      const { storageUrl } = settings;
      const place = storageUrl === null ? 'the data folder' : `the bucket ${storageUrl.bucket}`;
      return `${place}: a file was written, read and removed`;
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

/** What a check came to. */
interface Finding {
  readonly name: string;
  /** `off`: it is not set, and so not checked. */
  readonly result: 'ok' | 'off' | 'fault';
  readonly detail: string;
}

const LABELS = { ok: 'ok   ', off: 'off  ', fault: 'FAULT' } as const;

/** `halve doctor`: is everything here that Halve needs? */
export const doctorCommand = async (args: readonly string[], terminal: Terminal): Promise<ExitCode> => {
  const { values, positionals } = parseFlags('doctor', args, { json: { type: 'boolean' } });
  if (positionals.length > 0) throw wrongUse('doctor', `Nothing is to be named here: ${positionals.join(' ')}`);
  const settings = loadSettings(terminal.environment);
  const findings: Finding[] = [];
  const add = (finding: Finding): void => {
    findings.push(finding);
    const { name, result, detail } = finding;
    if (values.json !== true) terminal.stdout.write(`${LABELS[result]} ${name}: ${detail}\n`);
  };
  add({ name: 'Settings', result: 'ok', detail: 'no faults' });
  for (const check of [...CHECKS, ...OUTSIDE_CHECKS]) add(await find(check, settings));
  const faults = findings.filter(({ result }) => result === 'fault').length;
  if (values.json === true) terminal.stdout.write(`${JSON.stringify({ ok: faults === 0, checks: findings })}\n`);
  else terminal.stdout.write(lastLine(faults));
  return faults === 0 ? EXIT.done : EXIT.usage;
};

const find = async ({ name, run }: Check, settings: Settings): Promise<Finding> => {
  try {
    const found = await run(settings);
    return typeof found === 'string'
      ? { name, result: 'ok', detail: found }
      : { name, result: 'off', detail: found.off };
  } catch (error) {
    return { name, result: 'fault', detail: error instanceof Error ? error.message : String(error) };
  }
};

const lastLine = (faults: number): string => {
  if (faults === 0) return 'Everything is ready. Start with: halve serve\n';
  return `${faults === 1 ? 'One fault was' : `${faults} faults were`} found.\n`;
};
