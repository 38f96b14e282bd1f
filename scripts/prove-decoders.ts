/**
 * `npm run prove:decoders -- [folder …]`: takes every JPEG of the folders through the JPEG engine, and asks the decoders
 * on this machine whether they take what comes out without a complaint and agree on its size. Says which decoders were
 * missing. Ends with 1 when any disagrees, with 2 when there was nothing to ask or to be asked.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fitJpeg, jpegAtQuality } from '../src/compress/jpeg/fit-jpeg.ts';
import { JpegFault } from '../src/compress/jpeg/jpeg-fault.ts';
import { readCoefficients } from '../src/compress/jpeg/read-coefficients.ts';
import { chromium } from './decoders/chromium.ts';
import type { Decoder, Proof } from './decoders/decoder.ts';
import { djpeg } from './decoders/djpeg.ts';
import { pillow } from './decoders/pillow.ts';

const FOLDERS = ['../shared/corpus/photos', '../shared/corpus/hostile'];
const RANGE = { floor: 25, ceiling: 90 };
/** Chromium holds the files of a batch decoded in memory. */
const BATCH = 20;

const main = async (): Promise<number> => {
  const { positionals } = parseArgs({ allowPositionals: true });
  const files = (positionals.length > 0 ? positionals : FOLDERS).flatMap(jpegsIn);
  const decoders: Decoder[] = [];
  for (const open of [djpeg, pillow, chromium]) {
    const { name, decoder, missing } = await open();
    if (decoder === null) console.log(`${name}: not asked, ${missing}`);
    else decoders.push(decoder);
  }
  if (files.length === 0 || decoders.length === 0) {
    console.log(files.length === 0 ? 'There is no JPEG in these folders.' : 'There is no decoder to ask.');
    return 2;
  }
  const proofs: Proof[] = [];
  let refused = 0;
  for (const file of files) {
    const made = proofsOf(file);
    if (made === null) refused += 1;
    else proofs.push(...made);
  }
  console.log(`${files.length} files, ${refused} of them refused by the engine, ${proofs.length} made of the others`);
  let complaints = 0;
  for (const decoder of decoders) {
    const found = await askAll(decoder, proofs);
    await decoder.close();
    for (const complaint of found) console.log(`${decoder.name}: ${complaint}`);
    console.log(`${decoder.name}: ${proofs.length - found.length} of ${proofs.length} taken`);
    complaints += found.length;
  }
  return complaints === 0 ? 0 : 1;
};

/** By their first bytes; names say little in corpora of damaged files. */
const jpegsIn = (folder: string): string[] =>
  readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile() && readFileSync(path).toString('hex', 0, 2) === 'ffd8');

/** What the engine makes of a file; null when it does not read its kind. */
const proofsOf = (path: string): Proof[] | null => {
  const bytes = readFileSync(path);
  try {
    const { coefficients, icc, width, height } = readCoefficients(bytes);
    const fitted = fitJpeg(coefficients, { ...RANGE, budget: Math.floor(bytes.length / 2), icc });
    return [
      { name: `${path} at 50 %`, bytes: fitted.bytes, width, height },
      { name: `${path} at quality 50`, bytes: jpegAtQuality(coefficients, { quality: 50, icc }), width, height },
    ];
  } catch (error) {
    if (error instanceof JpegFault) return null;
    throw error;
  }
};

const askAll = async (decoder: Decoder, proofs: readonly Proof[]): Promise<string[]> => {
  const complaints: string[] = [];
  for (let first = 0; first < proofs.length; first += BATCH) {
    const batch = proofs.slice(first, first + BATCH);
    const answers = await decoder.ask(batch);
    for (const [i, { name, width, height }] of batch.entries()) {
      const answer = answers[i] ?? 'no answer';
      if (answer !== `${width} ${height}`) complaints.push(`${name}: ${answer} instead of ${width} ${height}`);
    }
  }
  return complaints;
};

process.exitCode = await main();
