import { formatCount } from '../core/format.ts';
import type { Announcement } from './announcement.ts';
import { mailHtml } from './mail-html.ts';
import { type Attached, type MailFailure, type MailLink, type MailStory, storyOf } from './mail-story.ts';

export interface MailParts {
  /** One line; begins with the file's name and says the result: `spring.csv: 12 of 400 rows need you`. */
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Writes the mail about a request that has ended. */
export const composeMail = (announcement: Announcement, { attached }: { readonly attached: Attached }): MailParts => {
  const story = storyOf(announcement, attached);
  return { subject: `${story.name}: ${story.result}`, text: mailText(story), html: mailHtml(story) };
};

const mailText = ({ name, result, reason, facts, failureTitle, failures, links, footer }: MailStory): string => {
  const width = Math.max(...facts.map(({ label }) => label.length)) + 2;
  const blocks = [
    [`${name}: ${result}`],
    reason === '' ? [] : [reason],
    facts.map(({ label, value }) => `${label.padEnd(width)}${value}`),
    failures.length === 0 ? [] : [`${failureTitle}:`, ...failures.flatMap(failureLines)],
    ...links.map(linkLines),
    // The mark mail programs know a signature by (RFC 3676 section 4.3); they hide it in answers.
    ['-- ', footer],
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
};

const failureLines = ({ count, message, advice }: MailFailure): string[] => [
  `  ${formatCount(count)} × ${message}`,
  ...(advice === '' ? [] : [`      ${advice}`]),
];

const linkLines = ({ label, url, note }: MailLink): string[] => [`${label}: ${note}`, url];
