import MailComposer from 'nodemailer/lib/mail-composer';
import { printable } from '../core/format.ts';
import type { MailFrom } from './mail-from.ts';

/** What a message is made of. */
export interface MailContent {
  /** The id of the delivery; letters, digits, `_`, `-` and `.` only. It becomes the Message-ID. */
  readonly id: string;
  /** One address, as `isEmailAddress` takes it. */
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly attachment: {
    readonly filename: string;
    /** Such as `text/csv; charset=utf-8`. */
    readonly contentType: string;
    readonly content: Buffer;
  } | null;
}

/** RFC 5322 section 2.1.1 wants lines of 78 characters; a longer subject is folded, and nobody reads its end. */
const MAX_SUBJECT = 200;
/** File systems take 255 bytes, and letters of other scripts have up to four. */
const MAX_FILE_NAME = 60;

/**
 * The bytes of a message (RFC 5322, MIME): text, HTML and at most one attachment. The same content and date give the
 * same headers; the Message-ID is made of the delivery's id alone, so that mail programs and people recognise a mail
 * that came twice. `Auto-Submitted` (RFC 3834) and Exchange's `X-Auto-Response-Suppress` keep holiday notes away.
 *
 * Whatever the texts are, they make no header: control characters and line breaks are dropped here, once more.
 */
export const buildMessage = (mail: MailContent, from: MailFrom, date: Date): Promise<Buffer> => {
  const domain = from.address.slice(from.address.lastIndexOf('@') + 1);
  const composer = new MailComposer({
    from: { name: printable(from.name), address: from.address },
    to: { name: '', address: mail.to },
    subject: printable(mail.subject, MAX_SUBJECT),
    date,
    messageId: `<${mail.id}@${domain}>`,
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    xMailer: false,
    newline: 'windows',
    text: mail.text,
    html: mail.html,
    attachments: mail.attachment === null ? [] : [attachmentOf(mail.attachment)],
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return composer.compile().build();
};

const attachmentOf = ({ filename, contentType, content }: NonNullable<MailContent['attachment']>) => ({
  filename: fileName(filename),
  contentType,
  content,
  contentDisposition: 'attachment' as const,
  // Also for pure ASCII: a server may fold or break lines of text, and the file must arrive byte for byte.
  encoding: 'base64' as const,
});

/** Without path and control characters; the end stays when it is cut, because there the kind of the file stands. */
const fileName = (name: string): string => {
  const characters = [...printable(name, 1_000).replace(/[/\\:*?"<>|]/g, '_')];
  if (characters.length <= MAX_FILE_NAME) return characters.join('');
  return `${characters.slice(0, MAX_FILE_NAME - 21).join('')}…${characters.slice(-20).join('')}`;
};
