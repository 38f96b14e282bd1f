import { connect, type Socket } from 'node:net';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { AppError } from '../core/errors.ts';
import { HeldMessage } from './held-message.ts';
import { answerCodeOf, answerLine, type SmtpStep, smtpFault, translateFault } from './smtp-fault.ts';
import type { SmtpServer } from './smtp-url.ts';

/** How long the mail server may keep us waiting, in milliseconds. */
export interface MailTimeouts {
  /** For its name and a TCP connection to one of its addresses. */
  readonly connectMs: number;
  /** For its greeting, and again for a TLS handshake. */
  readonly greetingMs: number;
  /** For an answer to a command, and for taking the next piece of the content. */
  readonly answerMs: number;
  /** For the answer to the whole message. */
  readonly finalAnswerMs: number;
}

/**
 * Short where a fault costs nothing but another try later. RFC 5321 section 4.5.3.2.6 asks for ten minutes after the
 * final dot, and there it matters: whoever hangs up earlier does not know whether the message was taken.
 */
export const MAIL_TIMEOUTS: MailTimeouts = {
  connectMs: 10_000,
  greetingMs: 10_000,
  answerMs: 30_000,
  finalAnswerMs: 600_000,
};

export interface ConversationOptions {
  readonly server: SmtpServer;
  readonly timeouts: MailTimeouts;
  /** PEM certificates of authorities trusted instead of the usual ones. */
  readonly authorities: string | undefined;
}

/** How long the server may take to answer QUIT before it is hung up on. */
const QUIT_MS = 2_000;
/** Before the next address of the server is tried. Node's own 250 ms are too short for a far server. */
const NEXT_ADDRESS_MS = 2_000;

/**
 * One conversation with a mail server (RFC 5321), for one mail. The first fault ends it. Unless it is an orderly refusal,
 * the connection is destroyed at once, so that nothing on its way inside this process, least of all a final dot, can
 * still leave it.
 */
export class SmtpConversation {
  readonly #options: ConversationOptions;
  readonly #broken = Promise.withResolvers<never>();
  #step: SmtpStep = 'connect';
  #timer: NodeJS.Timeout | undefined;
  #socket: Socket | undefined;
  #connection: SMTPConnection | undefined;
  #message: HeldMessage | undefined;
  #fault: AppError | undefined;

  constructor(options: ConversationOptions) {
    this.#options = options;
    // A fault may come when nobody waits for a step.
    this.#broken.promise.catch(() => undefined);
  }

  /** Was the final dot let go? From then on nobody but the server knows whether the message was taken. */
  get handedOver(): boolean {
    return this.#message?.released ?? false;
  }

  /**
   * Connects, reads the greeting, encrypts, and logs in.
   * @throws AppError `mail_server_failed`
   */
  async open(): Promise<void> {
    const { server, timeouts } = this.#options;
    this.#expect(timeouts.connectMs, 'the mail server could not be reached');
    const socket = await this.#try<Socket>('connect', (done) => {
      this.#socket = connect({
        host: server.host,
        port: server.port,
        autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_MS,
      });
      this.#socket.on('error', (error) => done(error));
      this.#socket.once('connect', () => done(null, this.#socket));
    });
    // nodemailer keeps the time of the greeting and of the handshake; this is for the answers in between.
    this.#expect(timeouts.answerMs + timeouts.greetingMs, 'the mail server did not greet');
    await this.#try<void>('greet', (done) => {
      this.#connection = this.#connect(socket);
      this.#connection.on('error', (error) => this.#fail(error));
      this.#connection.connect((error) => done(error ?? null));
    });
    await this.#logIn();
  }

  /**
   * Hands one message over to one recipient.
   * @returns the server's last answer, such as `250 2.0.0 Ok: queued`
   * @throws AppError `mail_server_failed`; whether the server may have taken the message says {@link handedOver}
   */
  async deliver(
    { from, to }: { readonly from: string; readonly to: string },
    content: Uint8Array,
    onHandOver: () => Promise<void>,
  ): Promise<string> {
    const { answerMs, finalAnswerMs } = this.#options.timeouts;
    const silence = 'the mail server did not answer';
    const message = new HeldMessage(content, {
      progress: () => this.#expect(answerMs, silence),
      handOver: async () => {
        clearTimeout(this.#timer);
        try {
          await onHandOver();
        } catch (cause) {
          this.#fail(smtpFault('the hand-over could not be written down, so nothing was sent', { cause }));
          return false;
        }
        this.#expect(finalAnswerMs, silence);
        return true;
      },
    });
    this.#message = message;
    this.#expect(answerMs, silence);
    const envelope = { from, to: [to], size: content.byteLength };
    const answer = await this.#try<string>('mail', (done) =>
      this.#connection?.send(envelope, message, (error, info) => done(error, info?.response)),
    );
    if (!message.released) throw this.#fail(smtpFault('the mail server answered before it had the whole message'));
    return answerLine(answer);
  }

  /** Breaks the conversation off. */
  abort(): void {
    this.#fail(smtpFault('stopped'));
  }

  /** Takes leave with QUIT, as RFC 5321 section 4.1.1.10 wants it, where the connection still stands. */
  close(): void {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    if (socket === undefined || socket.destroyed) return;
    const timer = setTimeout(() => socket.destroy(), QUIT_MS);
    socket.once('close', () => clearTimeout(timer));
    this.#connection?.quit();
  }

  /** Resolves when the connection is gone. */
  closed(): Promise<void> {
    const socket = this.#socket;
    if (socket === undefined || socket.closed) return Promise.resolve();
    return new Promise((resolve) => socket.once('close', () => resolve()));
  }

  #connect(socket: Socket): SMTPConnection {
    const { server, timeouts, authorities } = this.#options;
    return new SMTPConnection({
      host: server.host,
      port: server.port,
      connection: socket,
      secure: server.implicitTls,
      requireTLS: server.requireTls,
      opportunisticTLS: !server.requireTls,
      // Where unencrypted mail would do, an unproven certificate does no harm either (RFC 7435).
      tls: { rejectUnauthorized: server.requireTls, ...(authorities === undefined ? {} : { ca: authorities }) },
      greetingTimeout: timeouts.greetingMs,
      connectionTimeout: timeouts.answerMs + timeouts.greetingMs,
      // Longer than any of ours, which say what was waited for.
      socketTimeout: timeouts.finalAnswerMs + timeouts.answerMs,
    });
  }

  async #logIn(): Promise<void> {
    const { server, timeouts } = this.#options;
    const { login } = server;
    if (login === null) return;
    const connection = this.#connection;
    if (connection?.allowsAuth !== true) {
      throw this.#fail(smtpFault('the mail server offers no login, but HALVE_SMTP_URL names a user'));
    }
    this.#expect(timeouts.answerMs, 'the mail server did not answer the login');
    await this.#try<void>('login', (done) =>
      connection.login({ user: login.user, pass: login.password }, (error) => done(error)),
    );
  }

  /** One step: ends with its own end or with the conversation's. */
  async #try<T>(step: SmtpStep, begin: (done: (error: Error | null, value?: T) => void) => void): Promise<T> {
    // Stopped between two steps: the next one does not begin.
    if (this.#fault !== undefined) throw this.#fault;
    this.#step = step;
    const own = new Promise<T>((resolve, reject) => {
      begin((error, value) => (error === null ? resolve(value as T) : reject(error)));
    });
    try {
      return await Promise.race([own, this.#broken.promise]);
    } catch (error) {
      throw this.#fail(error);
    }
  }

  /** Ends the conversation with the first fault there was; later ones are only its consequences. */
  #fail(thrown: unknown): AppError {
    if (this.#fault !== undefined) return this.#fault;
    this.#fault = translateFault(thrown, this.#step);
    clearTimeout(this.#timer);
    // A server that refused something in good order is told QUIT; everything else is cut off where it is.
    if (answerCodeOf(this.#fault) === null || this.#message?.underWay === true) this.#socket?.destroy();
    this.#message?.destroy();
    this.#broken.reject(this.#fault);
    return this.#fault;
  }

  #expect(ms: number, otherwise: string): void {
    clearTimeout(this.#timer);
    if (this.#fault !== undefined) return;
    this.#timer = setTimeout(() => this.#fail(smtpFault(`${otherwise} within ${ms / 1000} s`)), ms);
  }
}
