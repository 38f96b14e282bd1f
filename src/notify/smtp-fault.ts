/** Faults of a conversation with a mail server, in our words. Whatever nodemailer and Node report ends here. */
import { AppError, systemCode } from '../core/errors.ts';
import { printable } from '../core/format.ts';

/** How far the conversation was: the connection, the greeting with TLS, the login, or the mail itself. */
export type SmtpStep = 'connect' | 'greet' | 'login' | 'mail';

/** A result must fit one line of 300 characters, with what we add. */
const MAX_ANSWER = 180;

/**
 * Answers that are about the login and not about the mail (RFC 4954 section 6), whatever command they follow: the
 * operator can mend the settings, and the mail goes out after that.
 */
const LOGIN_ANSWERS: ReadonlySet<number> = new Set([530, 534, 535, 538]);

const NETWORK_FAULTS: Readonly<Partial<Record<string, string>>> = {
  ENOTFOUND: 'its name does not exist',
  EAI_AGAIN: 'its name could not be looked up',
  ECONNREFUSED: 'it refused the connection',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no way to it',
  ETIMEDOUT: 'it did not answer',
};

/**
 * `retryable` says whether the same mail can go out later; `group` is the SMTP code when the server gave one. The detail
 * never names the server: users may read it.
 */
export const smtpFault = (
  detail: string,
  facts: { readonly retryable?: boolean; readonly code?: number | null; readonly cause?: unknown } = {},
): AppError => {
  const { retryable = true, code = null, cause } = facts;
  return new AppError('mail_server_failed', {
    detail,
    retryable,
    ...(code === null ? {} : { group: String(code) }),
    ...(cause === undefined ? {} : { cause }),
  });
};

/** The code of the answer that caused a fault; null when there was none. */
export const answerCodeOf = ({ group }: AppError): number | null => (group === undefined ? null : Number(group));

/** What a step was broken by, as {@link smtpFault}. */
export const translateFault = (thrown: unknown, step: SmtpStep): AppError => {
  if (thrown instanceof AppError) return thrown;
  const { code, response, responseCode } = factsOf(thrown);
  if (response !== null && responseCode !== null) return refusal(response, responseCode, step, thrown);
  const certificate = certificateFault(thrown);
  if (certificate !== null) {
    return smtpFault(`the mail server's certificate is not valid (${certificate}); nothing was sent`, {
      cause: thrown,
    });
  }
  if (step === 'connect') {
    const why = NETWORK_FAULTS[systemCode(thrown) ?? ''] ?? systemCode(thrown) ?? 'the connection failed';
    return smtpFault(`the mail server could not be reached: ${why}`, { cause: thrown });
  }
  if (isNotTls(thrown)) {
    return smtpFault('the mail server does not begin with TLS; try smtp:// instead of smtps://', { cause: thrown });
  }
  if (code === 'ETLS') {
    return smtpFault('the mail server broke off the encryption; nothing was sent', { cause: thrown });
  }
  if (code === 'ETIMEDOUT') return smtpFault(`the mail server did not ${waitedFor(thrown)} in time`, { cause: thrown });
  // Refused by nodemailer, before anything went over the line.
  if (code === 'EENVELOPE') return smtpFault('the address cannot be used', { retryable: false, cause: thrown });
  if (code === 'EMESSAGE') {
    return smtpFault('the mail is larger than the mail server takes', { retryable: false, cause: thrown });
  }
  if (code === 'EAUTH') return smtpFault('the login failed; check HALVE_SMTP_URL', { cause: thrown });
  return smtpFault('the mail server broke off the connection', { cause: thrown });
};

const refusal = (response: string, code: number, step: SmtpStep, cause: unknown): AppError => {
  const answer = answerLine(response);
  if ((step === 'login' && code >= 500) || LOGIN_ANSWERS.has(code)) {
    return smtpFault(`${answer} (login refused; check user and password in HALVE_SMTP_URL)`, { code, cause });
  }
  if (factsOf(cause).code === 'ETLS') {
    return smtpFault(`${answer} (the mail server offers no encryption by STARTTLS; nothing was sent)`, { code, cause });
  }
  // Before the mail is named, a refusal is about us or the server, and an operator can mend it.
  return smtpFault(answer, { code, cause, retryable: step !== 'mail' || code < 500 });
};

/** An answer of the server as one line: `550 5.1.1 no such user`. */
export const answerLine = (response: string): string => printable(response.replace(/\n\d{3}[ -]/g, ' '), MAX_ANSWER);

interface NodemailerFacts {
  readonly code: string | null;
  readonly response: string | null;
  readonly responseCode: number | null;
}

const factsOf = (thrown: unknown): NodemailerFacts => {
  const facts = typeof thrown === 'object' && thrown !== null ? thrown : {};
  return {
    code: 'code' in facts && typeof facts.code === 'string' ? facts.code : null,
    response: 'response' in facts && typeof facts.response === 'string' ? facts.response : null,
    responseCode: 'responseCode' in facts && typeof facts.responseCode === 'number' ? facts.responseCode : null,
  };
};

const waitedFor = (thrown: unknown): string => {
  const type = typeof thrown === 'object' && thrown !== null && 'timeoutType' in thrown ? thrown.timeoutType : null;
  if (type === 'GREETING_TIMEOUT') return 'greet';
  return type === 'UPGRADE_TIMEOUT' ? 'finish the TLS handshake' : 'answer';
};

/** An SMTP greeting where OpenSSL expected a handshake. */
const isNotTls = (thrown: unknown): boolean => thrown instanceof Error && /wrong version number/i.test(thrown.message);

/** OpenSSL's and Node's codes of certificates that were not accepted; nodemailer keeps them beside its own. */
const certificateFault = (thrown: unknown): string | null => {
  if (!(thrown instanceof Error)) return null;
  const code = 'originalCode' in thrown ? thrown.originalCode : systemCode(thrown);
  if (typeof code !== 'string') return null;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'it is for another name';
  if (!/CERT|SIGNATURE|ISSUER|CRL/.test(code)) return null;
  // Behind the semicolon Node gives advice about its own flags.
  return printable(thrown.message.split(';')[0] ?? '', 120).replace(/^Error initiating TLS - /, '');
};
