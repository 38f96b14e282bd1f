/** The works of `mail-server.ts`: what smtp-server is told to do and to do wrong. */
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import PostalMime from 'postal-mime';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import type { SmtpServer } from '../../src/notify/smtp-url.ts';
import type { MailFault, MailServer, MailServerOptions, ReceivedMail } from './mail-server.ts';

const PATIENCE_MS = 10_000;
const GRACE_MS = 1_000;

/** What a handler of smtp-server calls back with. */
type Answered = (error?: Error | null) => void;

export class RunningMailServer implements MailServer {
  readonly received: ReceivedMail[] = [];
  readonly faults: (MailFault | null)[];
  port = 0;
  totalConnections = 0;
  logins = 0;
  readonly #options: MailServerOptions;
  readonly #smtp: SMTPServer;
  readonly #sockets = new Set<Socket>();
  readonly #faultOf = new Map<string, MailFault>();
  readonly #waiting: ((mail: ReceivedMail) => void)[] = [];
  readonly #whenIdle: (() => void)[] = [];
  #asked = 0;

  constructor(options: MailServerOptions) {
    this.#options = options;
    this.faults = [...(options.faults ?? [])];
    this.#smtp = new SMTPServer({
      ...options.tls,
      name: 'mail.test',
      secure: options.implicitTls ?? false,
      disabledCommands: [
        ...(options.tls === undefined ? ['STARTTLS'] : []),
        ...(options.login === undefined ? ['AUTH'] : []),
      ],
      allowInsecureAuth: true,
      authOptional: options.login === undefined,
      hidePIPELINING: options.pipelining === false,
      disableReverseLookup: true,
      closeTimeout: 1,
      ...(options.maxBytes === undefined ? {} : { size: options.maxBytes }),
      onConnect: (session, answered) => this.#onConnect(session, answered),
      onAuth: ({ username, password }, session, answered) => {
        this.logins += 1;
        const { login } = this.#options;
        const known = username === login?.user && password === login?.password;
        const user = known ? username : undefined;
        this.#misbehave('login', session, (error) =>
          error || user === undefined
            ? answered(error ?? withCode('535 5.7.8 Authentication credentials invalid'))
            : answered(null, { user }),
        );
      },
      onMailFrom: (_address, session, answered) => this.#misbehave('sender', session, answered),
      onRcptTo: (_address, session, answered) => this.#misbehave('recipient', session, answered),
      // A socket below TLS may never say itself that it was closed.
      onClose: (session) => this.#onGone(this.#socketOf(session)),
      onData: (stream, session, answered) => void this.#onData(stream, session, answered),
    });
    // Connections that break are what the tests are about.
    this.#smtp.on('error', () => undefined);
    this.#smtp.server.on('connection', (socket: Socket) => this.#onSocket(socket));
  }

  get url(): string {
    const { login, implicitTls } = this.#options;
    const user = login === undefined ? '' : `${encodeURIComponent(login.user)}:${encodeURIComponent(login.password)}@`;
    return `${implicitTls ? 'smtps' : 'smtp'}://${user}127.0.0.1:${this.port}`;
  }

  get server(): SmtpServer {
    const { implicitTls = false, tls } = this.#options;
    return { host: 'localhost', port: this.port, implicitTls, requireTls: tls !== undefined, login: null };
  }

  get openConnections(): number {
    return this.#sockets.size;
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#smtp.server.once('error', reject);
      this.#smtp.listen(0, '127.0.0.1', resolve);
    });
    // A server on a TCP port always has an AddressInfo.
    this.port = (this.#smtp.server.address() as AddressInfo).port;
  }

  next(): Promise<ReceivedMail> {
    const n = this.#asked++;
    const there = this.received[n];
    if (there !== undefined) return Promise.resolve(there);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no mail came for ${PATIENCE_MS / 1000} s`)), PATIENCE_MS);
      this.#waiting.push((mail) => {
        clearTimeout(timer);
        resolve(mail);
      });
    });
  }

  whenIdle(): Promise<void> {
    return this.#sockets.size === 0 ? Promise.resolve() : new Promise((resolve) => this.#whenIdle.push(resolve));
  }

  async close(): Promise<void> {
    // smtp-server asks a TLS socket for its protocol when the handshake ends. If the socket below it was destroyed in
    // the middle of that, Node 24.21 crashes; so clients that have hung up get the time to be noticed.
    if (this.#options.tls !== undefined) {
      const idle = new AbortController();
      const late = delay(GRACE_MS, undefined, { signal: idle.signal }).catch(() => undefined);
      await Promise.race([this.whenIdle(), late]);
      idle.abort();
    }
    for (const socket of this.#sockets) socket.destroy();
    return new Promise((resolve) => this.#smtp.close(() => resolve()));
  }

  #onSocket(socket: Socket): void {
    this.totalConnections += 1;
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => this.#onGone(socket));
  }

  #onGone(socket: Socket | undefined): void {
    if (socket !== undefined) this.#sockets.delete(socket);
    if (this.#sockets.size > 0) return;
    for (const wake of this.#whenIdle.splice(0)) wake();
  }

  #onConnect(session: SMTPServerSession, answered: Answered): void {
    const fault = this.faults.shift();
    if (fault) this.#faultOf.set(session.id, fault);
    this.#misbehave('greeting', session, answered);
  }

  /** Calls back as usual unless this is the moment of the connection's fault. */
  #misbehave(at: MailFault['at'], session: SMTPServerSession, answered: Answered): void {
    const fault = this.#faultOf.get(session.id);
    if (fault?.at !== at) {
      answered();
      return;
    }
    this.#options.onFault?.(fault);
    if (fault.does === 'cut') this.#socketOf(session)?.resetAndDestroy();
    else if (fault.does !== 'hang') answered(withCode(fault.does));
  }

  async #onData(stream: SMTPServerDataStream, session: SMTPServerSession, answered: Answered): Promise<void> {
    const fault = this.#faultOf.get(session.id);
    // An answer nobody waits for yet, such as a 552 in the middle of the content, is written past the library.
    if (fault?.at === 'content') {
      if (fault.does === 'hang') return;
      stream.once('data', () => {
        if (fault.does === 'cut') this.#socketOf(session)?.resetAndDestroy();
        else this.#socketOf(session)?.write(`${fault.does}\r\n`);
      });
    }
    let raw: Buffer;
    try {
      raw = Buffer.concat(await Array.fromAsync<Uint8Array>(stream));
    } catch {
      // The connection broke before the final dot: there is no message.
      return;
    }
    const answer = fault?.at === 'end' ? fault.does : '250';
    if (!/^[45]\d\d/.test(answer)) await this.#take(raw, session);
    this.#misbehave('end', session, answered);
  }

  async #take(raw: Buffer, { envelope, secure, user }: SMTPServerSession): Promise<void> {
    const mail: ReceivedMail = {
      raw,
      parsed: await PostalMime.parse(raw),
      from: envelope.mailFrom === false ? '' : envelope.mailFrom.address,
      to: envelope.rcptTo.map(({ address }) => address),
      encrypted: secure,
      user: typeof user === 'string' ? user : null,
    };
    this.received.push(mail);
    this.#waiting.shift()?.(mail);
  }

  #socketOf({ remotePort }: SMTPServerSession): Socket | undefined {
    return [...this.#sockets].find((socket) => socket.remotePort === remotePort);
  }
}

/** `451 4.7.1 come back later` as smtp-server takes an answer. */
const withCode = (answer: string): Error =>
  Object.assign(new Error(answer.slice(4)), { responseCode: Number(answer.slice(0, 3)) });
