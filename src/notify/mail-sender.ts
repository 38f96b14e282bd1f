import { isEmailAddress } from '../core/email-address.ts';
import { AppError } from '../core/errors.ts';
import type { AttemptOutcome } from './attempt-outcome.ts';
import type { MailFrom } from './mail-from.ts';
import { buildMessage, type MailContent } from './mail-message.ts';
import { MAIL_TIMEOUTS, type MailTimeouts, SmtpConversation } from './smtp-conversation.ts';
import { answerCodeOf, smtpFault } from './smtp-fault.ts';
import type { SmtpServer } from './smtp-url.ts';

/** Larger files are linked only: many mail servers refuse large mails, and every copy of the mail carries the file. */
export const MAX_ATTACHMENT_BYTES = 1_000_000;

export interface MailToSend extends MailContent {
  /**
   * Called when all of the message but its end is under way, and awaited before the end goes out: from then on it may be
   * taken. When it rejects, nothing is sent.
   */
  readonly onHandOver: () => Promise<void>;
}

export interface MailSenderOptions {
  readonly server: SmtpServer;
  readonly from: MailFrom;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  readonly timeouts?: Partial<MailTimeouts>;
  /** PEM certificates of authorities trusted instead of the usual ones. */
  readonly authorities?: string;
}

/**
 * Sends mails through one SMTP server: one connection, one mail, one recipient.
 *
 * **Nothing is sent twice.** SMTP has one moment in which nobody can know: the client has sent the final dot, and the
 * server has not answered yet. RFC 5321 section 6.1 makes a server responsible for the message as soon as it has said
 * 250, and section 4.5.3.2.6 warns that a client that gives up waiting for this and sends again makes copies. A program
 * that is killed in this moment, or whose connection breaks, must therefore choose between perhaps twice and perhaps
 * never. For a person perhaps never is the better choice, as long as it is said and can be mended by hand: the result is
 * in the request's status, the files are there, and a replay sends the mail again, under the same Message-ID. So:
 *
 * - The end of the message is held back until `onHandOver` has written down that this moment begins. After a crash the
 *   mark says that this mail must not be sent again by itself.
 * - A fault before the end was let go: certainly not taken, `retry`.
 * - An answer of the server, whenever: known. 2xx taken, 4xx `retry`, 5xx `give-up`.
 * - A fault after the end was let go and before the answer: `give-up` with a result that begins with `unknown:`.
 */
export class MailSender {
  readonly #server: SmtpServer;
  readonly #from: MailFrom;
  readonly #now: () => number;
  readonly #timeouts: MailTimeouts;
  readonly #authorities: string | undefined;
  readonly #conversations = new Set<SmtpConversation>();

  constructor({ server, from, now = Date.now, timeouts, authorities }: MailSenderOptions) {
    this.#server = server;
    this.#from = from;
    this.#now = now;
    this.#timeouts = { ...MAIL_TIMEOUTS, ...timeouts };
    this.#authorities = authorities;
  }

  /**
   * Makes one attempt. When `signal` is aborted it is broken off; the outcome says whether it was too late for that.
   * @throws TypeError when the mail itself is not as the types and limits here say
   */
  async send(mail: MailToSend, signal: AbortSignal): Promise<AttemptOutcome> {
    check(mail);
    if (!isEmailAddress(mail.to)) {
      return failed(smtpFault('this is not one e-mail address', { retryable: false }), false);
    }
    const content = await buildMessage(mail, this.#from, new Date(this.#now()));
    const conversation = this.#begin();
    const abort = (): void => conversation.abort();
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    try {
      await conversation.open();
      const addresses = { from: this.#from.address, to: mail.to };
      const answer = await conversation.deliver(addresses, content, mail.onHandOver);
      return { ok: true, result: answer, answerCode: Number(answer.slice(0, 3)), next: 'give-up', retryAfterMs: null };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return failed(error, conversation.handedOver);
    } finally {
      signal.removeEventListener('abort', abort);
      this.#end(conversation);
    }
  }

  /**
   * Does all that is done before a mail: connects, encrypts, logs in.
   * @throws AppError `mail_server_failed` with a sentence for the operator
   */
  async verify(): Promise<void> {
    const conversation = this.#begin();
    try {
      await conversation.open();
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const detail = `${this.#server.host}:${this.#server.port}: ${error.message}`;
      throw new AppError('mail_server_failed', { detail, cause: error });
    } finally {
      this.#end(conversation);
    }
  }

  /** Breaks off what is under way; resolves when no connection is open any more. */
  async close(): Promise<void> {
    const open = [...this.#conversations];
    for (const conversation of open) conversation.abort();
    await Promise.all(open.map((conversation) => conversation.closed()));
  }

  #begin(): SmtpConversation {
    const conversation = new SmtpConversation({
      server: this.#server,
      timeouts: this.#timeouts,
      authorities: this.#authorities,
    });
    this.#conversations.add(conversation);
    return conversation;
  }

  /** The leave-taking goes on by itself; whoever sent the mail need not wait for it. */
  #end(conversation: SmtpConversation): void {
    conversation.close();
    void conversation.closed().then(() => this.#conversations.delete(conversation));
  }
}

const check = ({ id, attachment }: MailContent): void => {
  if (!/^[\w.-]{1,100}$/.test(id)) throw new TypeError(`not an id a Message-ID can be made of: ${JSON.stringify(id)}`);
  const bytes = attachment?.content.byteLength ?? 0;
  if (bytes > MAX_ATTACHMENT_BYTES) {
    throw new TypeError(`an attachment of ${bytes} bytes; at most ${MAX_ATTACHMENT_BYTES} are sent`);
  }
};

const failed = (fault: AppError, handedOver: boolean): AttemptOutcome => {
  const answerCode = answerCodeOf(fault);
  const unknown = handedOver && answerCode === null;
  return {
    ok: false,
    result: unknown
      ? `unknown: the mail server got the whole message, but no answer came (${fault.message}); ` +
        'it may have arrived, and a replay sends it again'
      : fault.message,
    answerCode,
    next: fault.retryable && !unknown ? 'retry' : 'give-up',
    retryAfterMs: null,
  };
};
