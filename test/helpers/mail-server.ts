/**
 * A real mail server on loopback for tests: keeps every message it took, parsed and raw, and misbehaves on request.
 *
 *     const mails = await startMailServer(t);
 *     … HALVE_SMTP_URL=mails.url, or new MailSender({ server: mails.server, … }) …
 *     const mail = await mails.next();          // mail.parsed.subject, mail.to, mail.raw
 *     mails.faults.push({ at: 'recipient', does: '451 4.7.1 come back later' }, { at: 'end', does: 'hang' });
 */
import type { Email } from 'postal-mime';
import type { SmtpServer } from '../../src/notify/smtp-url.ts';
import { RunningMailServer } from './running-mail-server.ts';

/** One misbehaviour; it happens on one connection. */
export interface MailFault {
  /**
   * Instead of the greeting; instead of the answer to AUTH, MAIL FROM, RCPT TO; while the content arrives; or instead of
   * the answer to the final dot.
   */
  readonly at: 'greeting' | 'login' | 'sender' | 'recipient' | 'content' | 'end';
  /** An answer such as `451 4.7.1 come back later`, silence for ever, or a connection that breaks. */
  readonly does: 'hang' | 'cut' | (string & {});
}

export interface ReceivedMail {
  /** As it went over the line, without the dots that were doubled. */
  readonly raw: Buffer;
  readonly parsed: Email;
  /** The envelope. */
  readonly from: string;
  readonly to: readonly string[];
  readonly encrypted: boolean;
  /** Who logged in; null when nobody did. */
  readonly user: string | null;
}

export interface MailServerOptions {
  /** What goes wrong: the first entry on the first connection, and so on; null for nothing. Then all goes well. */
  readonly faults?: readonly (MailFault | null)[];
  /** Called when a fault happens. */
  readonly onFault?: (fault: MailFault) => void;
  /** Makes it offer STARTTLS. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** TLS from the first byte instead of STARTTLS. */
  readonly implicitTls?: boolean;
  /** Takes mail only from this user. */
  readonly login?: { readonly user: string; readonly password: string };
  /** Bytes it takes in one mail, announced by SIZE (RFC 1870). */
  readonly maxBytes?: number;
  readonly pipelining?: boolean;
}

export interface MailServer {
  /** For HALVE_SMTP_URL. */
  readonly url: string;
  readonly port: number;
  /** For a `MailSender`; by name, so that a certificate for `localhost` fits. Without login. */
  readonly server: SmtpServer;
  /** Every message that was taken, oldest first; also those whose sender never got an answer. */
  readonly received: readonly ReceivedMail[];
  /** What goes wrong on the next connections; see `MailServerOptions`. */
  readonly faults: (MailFault | null)[];
  /** The next message nobody has asked for yet; waits for it. Rejects when none comes for ten seconds. */
  next(): Promise<ReceivedMail>;
  readonly totalConnections: number;
  readonly openConnections: number;
  /** How often somebody tried to log in. */
  readonly logins: number;
  /** Resolves when no connection is open any more. */
  whenIdle(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a mail server on a free port; it is closed when the test ends. */
export const startMailServer = async (
  t: { after(clean: () => Promise<void>): void },
  options: MailServerOptions = {},
): Promise<MailServer> => {
  const running = new RunningMailServer(options);
  await running.listen();
  t.after(() => running.close());
  return running;
};
