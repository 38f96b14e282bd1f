/**
 * The HTML of a mail. Mail programs know less than browsers: Outlook lays out with Word, so the frame is made of tables
 * and every style stands on its element; Gmail drops what it does not know. Nothing is loaded from anywhere, so nothing
 * tells anybody that the mail was opened. Programs that know dark mode find its colours in the head; the others keep
 * the light ones, or turn them round by themselves.
 */
import { formatCount } from '../core/format.ts';
import type { MailFailure, MailLink, MailStory } from './mail-story.ts';
import { html, type Markup } from './markup.ts';

const TONES: Readonly<Record<MailStory['tone'], string>> = {
  good: '#1a7f37',
  attention: '#bf8700',
  bad: '#cf222e',
  neutral: '#6e7781',
};

const FONT = html`font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif`;
const BODY = html`${FONT};font-size:15px;line-height:22px`;
const SMALL = html`font-size:13px;line-height:19px`;
const INK = html`color:#1f2328`;
const FAINT = html`color:#57606a`;
const LINE = html`1px solid #d8dee4`;
const TABLE = html`role="presentation" cellpadding="0" cellspacing="0"`;

/** The classes repeat the colours of the elements' own styles for dark surroundings; only `!important` outdoes those. */
const DARK = html`<style>
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
  .page { background: #0d1117 !important; }
  .card { background: #161b22 !important; border-color: #30363d !important; }
  .ink { color: #e6edf3 !important; }
  .faint { color: #9da7b3 !important; }
  .line { border-color: #30363d !important; }
  .link { color: #6cb6ff !important; }
  .button { background: #e6edf3 !important; color: #0d1117 !important; }
}
@media (max-width: 480px) {
  .inside { padding: 24px 20px !important; }
}
</style>`;

export const mailHtml = (story: MailStory): string => {
  const { name, result, reason, facts, failureTitle, failures, links, footer, tone } = story;
  const [first, ...others] = links;
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${name}: ${result}</title>
${DARK}
</head>
<body class="page" style="margin:0;padding:0;background:#f3f4f6">
<table class="page" ${TABLE} width="100%" style="background:#f3f4f6">
<tr><td align="center" style="padding:24px 12px">
<table class="card" ${TABLE} width="600" style="width:100%;max-width:600px;background:#ffffff;border:${LINE}">
<tr><td height="4" style="height:4px;font-size:0;line-height:0;background:${TONES[tone]}">&nbsp;</td></tr>
<tr><td class="inside" style="padding:32px 36px;${BODY}">
<p class="faint" style="margin:0 0 4px;${FAINT};word-break:break-word">${name}</p>
<h1 class="ink" style="margin:0 0 20px;${INK};font-size:24px;line-height:30px;font-weight:600">${capitalised(result)}</h1>
${reason === '' ? '' : html`<p class="ink" style="margin:0 0 20px;${INK}">${reason}</p>`}
<table ${TABLE} style="margin:0 0 24px;${BODY}">
${facts.map(factRow)}</table>
${first === undefined ? '' : buttonOf(first)}
${failures.length === 0 ? '' : failureTable(failureTitle, failures)}
${others.map(linkLine)}
<p class="faint line" style="margin:28px 0 0;padding-top:16px;border-top:${LINE};${FAINT};${SMALL}">${footer}</p>
</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
`.text;
};

const factRow = (fact: MailStory['facts'][number]): Markup => html`<tr>
<td class="faint" style="padding:1px 20px 1px 0;${FAINT};vertical-align:top">${fact.label}</td>
<td class="ink" style="padding:1px 0;${INK}">${fact.value}</td>
</tr>
`;

const buttonOf = (link: MailLink): Markup => html`<table ${TABLE} style="margin:0 0 8px">
<tr><td class="button" style="background:#1f2328"><a class="button" href="${link.url}" style="display:inline-block;padding:11px 22px;${BODY};font-weight:600;color:#ffffff;text-decoration:none">Download the ${inner(link.label)}</a></td></tr>
</table>
<p class="faint" style="margin:0 0 24px;${FAINT};${SMALL}">${capitalised(link.note)}</p>`;

const failureTable = (title: string, failures: readonly MailFailure[]): Markup => html`
<h2 class="ink" style="margin:0 0 4px;${INK};font-size:16px;line-height:24px;font-weight:600">${title}</h2>
<table ${TABLE} width="100%" style="margin:0 0 24px;${BODY}">
${failures.map(failureRow)}</table>`;

const failureRow = ({ count, message, advice }: MailFailure): Markup => {
  const cell = html`border-bottom:${LINE};${INK};vertical-align:top`;
  const hint = advice === '' ? '' : html`<br><span class="faint" style="${FAINT};${SMALL}">${advice}</span>`;
  return html`<tr>
<td class="ink line" align="right" style="padding:10px 12px 10px 0;${cell};white-space:nowrap;font-weight:600">${formatCount(count)} ×</td>
<td class="ink line" width="100%" style="padding:10px 0;${cell};word-break:break-word">${message}${hint}</td>
</tr>
`;
};

const linkLine = ({ label, url, note }: MailLink): Markup =>
  html`<p class="ink" style="margin:0 0 10px;${INK}"><a class="link" href="${url}" style="color:#0969da;font-weight:600">${label}</a>: ${note}</p>
`;

const capitalised = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

/** A label inside a sentence: `Output CSV` becomes `output CSV`. */
const inner = (label: string): string => label.slice(0, 1).toLowerCase() + label.slice(1);
