import { rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import multipart from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { AppError } from '../core/errors.ts';
import { optionsOf } from '../db/requests.ts';
import type { Caller, Submitted } from '../intake/once.ts';
import { fingerprint } from '../intake/spool-upload.ts';
import { acceptedAnswer, runningHint } from './accepted-answer.ts';
import type { App, HttpEngine, RouteContext } from './app-types.ts';
import { watchPace } from './body-pace.ts';
import { queryFields } from './field-texts.ts';
import { requireFreeSpace } from './free-space.ts';
import { idempotencyKeyOf } from './idempotency-key.ts';
import { wantsPage } from './media-types.ts';
import { type ReceivedUpload, receiveForm, receiveRawBody, refuseAnnouncedSize, type Spool } from './receive-upload.ts';
import { refTo } from './schema-parts.ts';
import { Accepted } from './schemas.ts';
import { UPLOAD } from './upload-docs.ts';
import { mailHint, uploadOptions } from './upload-options.ts';

/**
 * Types a raw CSV comes under: its own (RFC 4180 and older habits), what Windows calls `.csv` once Excel is installed,
 * and what clients send that know nothing. What is inside decides, not the label.
 */
const RAW_TYPES: ReadonlySet<string> = new Set([
  'text/csv',
  'application/csv',
  'text/plain',
  'text/tab-separated-values',
  'application/vnd.ms-excel',
  'application/octet-stream',
]);

/**
 * `POST /upload`: takes a catalogue in and answers at once; the work goes on behind it. To be registered in a scope of
 * its own, as no other route takes forms.
 */
export const uploadRoutes = async (app: App, context: RouteContext): Promise<void> => {
  await app.register(multipart);
  app.post(
    '/upload',
    { config: { docs: UPLOAD }, schema: { response: { 202: refTo(Accepted) } } },
    async (request, reply) => {
      const { request: accepted, as } = await takeUpload(request, context);
      request.aboutRequest = accepted.id;
      if (as === 'replay') reply.header('idempotent-replayed', 'true');
      // A form sent by a browser without JavaScript ends on a page, not on JSON.
      if (wantsPage(request.headers)) return reply.redirect(context.links.page(accepted.id), 303);
      // A replay is the answer that was given then, not what has become of the request since.
      const shown = as === 'replay' ? { ...accepted, status: 'PENDING' as const } : accepted;
      const hint = as === 'running' ? runningHint(accepted) : mailHint(optionsOf(accepted), context.engine);
      return acceptedAnswer(shown, context.links, reply, hint);
    },
  );
};

/** Receives, checks and stores; whatever goes wrong, nothing of it stays. */
const takeUpload = async (request: FastifyRequest, context: RouteContext): Promise<Submitted> => {
  refuseEncodedBody(request);
  const caller = { owner: request.owner, idempotencyKey: idempotencyKeyOf(request.raw) };
  const letGo = await context.engine.requests.holdKey(caller);
  try {
    return await receiveAndSubmit(request, caller, context);
  } finally {
    letGo();
  }
};

const receiveAndSubmit = async (
  request: FastifyRequest,
  caller: Caller,
  { engine, limits }: RouteContext,
): Promise<Submitted> => {
  const spool = { folder: engine.spoolDir, maxBytes: engine.limits.maxBytes };
  refuseAnnouncedSize(request.headers['content-length'], spool.maxBytes);
  await requireFreeSpace(spool.folder, limits.minFreeBytes);
  const pace = watchPace(request.raw, { windowMs: limits.paceWindowMs, minBytes: limits.paceBytes });
  const receiving = receive(request, spool, engine);
  try {
    const received = await Promise.race([receiving, pace.tooSlow]);
    return await submit(received, caller, engine);
  } catch (error) {
    if (error instanceof AppError && error.code === 'too_slow') abandon(request.raw, receiving, error);
    throw error;
  } finally {
    pace.stop();
  }
};

/**
 * Ends the receiving of a body that is given up on. Node tells a body of the end of its connection only while it is not
 * answered, and this one just was; without this it would wait for ever. It may also still have arrived in time.
 */
const abandon = (body: IncomingMessage, receiving: Promise<ReceivedUpload>, reason: AppError): void => {
  body.socket.once('close', () => body.destroy(reason));
  receiving.then(({ file }) => rm(file.path, { force: true })).catch(() => {});
};

const submit = async (
  { file: { path, bytes, sha256 }, fileName, fields }: ReceivedUpload,
  caller: Caller,
  engine: HttpEngine,
): Promise<Submitted> => {
  try {
    const options = uploadOptions(fields, engine);
    const submission = { path, bytes, fileName, options, fingerprint: fingerprint(sha256, options) };
    return await engine.requests.submitOnce(submission, caller);
  } finally {
    // An accepted file was moved away.
    await rm(path, { force: true });
  }
};

const refuseEncodedBody = ({ headers }: FastifyRequest): void => {
  const encoding = headers['content-encoding'];
  if (encoding === undefined || encoding.toLowerCase() === 'identity') return;
  throw new AppError('unsupported_media_type', {
    detail: `The body is encoded (${encoding.slice(0, 40)}); send it as it is, without Content-Encoding.`,
  });
};

const receive = async (request: FastifyRequest, spool: Spool, engine: HttpEngine): Promise<ReceivedUpload> => {
  const type = mediaType(request.headers['content-type']);
  const isForm = type === 'multipart/form-data';
  if (!isForm && type !== null && !RAW_TYPES.has(type)) {
    const detail = `The content type ${type.slice(0, 80)} is not taken. With curl, add: -H "Content-Type: text/csv"`;
    throw new AppError('unsupported_media_type', { detail });
  }
  const fields = queryFields(request.url);
  // Known before the file is: a wrong option need not wait for 100 MB.
  uploadOptions(fields, engine);
  return isForm ? receiveForm(request, fields, spool) : receiveRawBody(request, fields, spool);
};

const mediaType = (header: string | undefined): string | null => header?.split(';')[0]?.trim().toLowerCase() || null;
