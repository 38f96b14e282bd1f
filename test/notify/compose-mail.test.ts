import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Announcement } from '../../src/notify/announcement.ts';
import { composeMail } from '../../src/notify/compose-mail.ts';
import { anAnnouncement } from '../helpers/a-mail.ts';

const ALL_WELL = { failed: 0, done: 1_200, rows_to_correct: 0, failures: [], errors_csv: null } as const;
const NOTHING_DONE = { status: 'FAILED', done: 0, bytes_in: 0, bytes_out: 0, saved_percent: null } as const;

const SUBJECTS: readonly (readonly [string, Partial<Announcement>])[] = [
  ['spring.csv: 12 of 400 rows need you', {}],
  ['spring.csv: 1 of 400 rows needs you', { rows_to_correct: 1, failed: 1, done: 1_199 }],
  ['spring.csv: all 1,200 images done, 54 % smaller', { ...ALL_WELL, saved_percent: 54.4 }],
  ['spring.csv: all 1,200 images done', { ...ALL_WELL, saved_percent: 0 }],
  ['spring.csv: the image is done, 55 % smaller', { ...ALL_WELL, total_images: 1, done: 1 }],
  // Rows that were left out are not among the 400 products.
  ['spring.csv: 3 of 403 rows need you', { ...ALL_WELL, rows_to_correct: 3, total_rows: 403 }],
  ['spring.csv: cancelled, 300 of 1,200 images were done', { status: 'CANCELLED', done: 300, failed: 0 }],
  ['spring.csv: failed: no image could be processed', { ...NOTHING_DONE, error: 'No image could be processed.' }],
  ['spring.csv: failed: none of the 1,200 images could be done', NOTHING_DONE],
  ['spring.csv: failed: 17 of 1,200 images failed', { status: 'FAILED' }],
  ['Request 6f1c3b0e-9a44-4d8e-b8f4-0c1d2e3f4a5b: 12 of 400 rows need you', { file_name: null }],
  [
    `${'a'.repeat(38)}…${'b'.repeat(17)}.csv: 12 of 400 rows need you`,
    { file_name: `${'a'.repeat(90)}${'b'.repeat(90)}.csv` },
  ],
  ['a b.csv: 12 of 400 rows need you', { file_name: 'a\r\n\u202e b\0.csv' }],
];

for (const [subject, changes] of SUBJECTS) {
  test(`the subject says: ${subject}`, () => {
    const mail = composeMail(anAnnouncement(changes), { attached: true });
    assert.equal(mail.subject, subject);
    assert.equal(mail.text.split('\n')[0], subject, 'the text begins with the result, too');
  });
}

test('the text says what came out, what failed and why, and what to do', () => {
  const { text } = composeMail(anAnnouncement(), { attached: true });
  assert.equal(
    text,
    `spring.csv: 12 of 400 rows need you

Images  1,183 of 1,200 done, 17 failed
Before  1.1 GB
After   490 MB (55 % smaller)

Why 17 images failed:
  9 × The server answered 404 Not Found.
      Open the address in a browser; correct it, or ask whoever runs the server.
  8 × What came back is not an image.
      Open the address in a browser: it often shows a login or error page. Use the address of the picture itself.

Output CSV: your file with the new addresses; it is attached to this e-mail as well.
https://halve.example/csvfile/6f1c_output.csv

Errors CSV: the 12 rows that need you, with the reason in the last column. Correct it and upload it as it is.
https://halve.example/csvfile/6f1c_errors.csv

Status: every image, and what was sent to whom.
https://halve.example/requests/6f1c

-- 
You get this e-mail because your address was given when the file was uploaded to Halve. Request 6f1c3b0e-9a44-4d8e-b8f4-0c1d2e3f4a5b.
`,
  );
});

test('failures beyond the list are counted', () => {
  const { text } = composeMail(anAnnouncement({ failed: 20 }), { attached: true });
  assert.match(text, /Why 20 images failed:\n(?:.*\n)* {2}3 × Other reasons\./);
});

test('a file too large to attach is said to be linked', () => {
  for (const body of Object.values(composeMail(anAnnouncement(), { attached: 'too-large' })).slice(1)) {
    assert.match(body, /too large to attach/);
    assert.doesNotMatch(body, /is attached/);
  }
  assert.doesNotMatch(composeMail(anAnnouncement(), { attached: false }).text, /attach/);
});

test('where nothing was done the errors CSV comes first', () => {
  const { text, html } = composeMail(anAnnouncement({ ...NOTHING_DONE, failed: 1_200 }), { attached: true });
  for (const body of [text, html]) assert.ok(body.indexOf('_errors.csv') < body.indexOf('_output.csv'));
  assert.match(html, /Download the errors CSV/);
  assert.doesNotMatch(text, /Before/);
});

test('a long reason is told in full below', () => {
  const error = `The storage refused every image. ${'Very long. '.repeat(15)}`;
  const { subject, text, html } = composeMail(anAnnouncement({ status: 'FAILED', error }), { attached: true });
  assert.ok(subject.length < 160);
  assert.ok(text.includes(error.trim()) && html.includes(error.trim()));
});

const hostileText = fc
  .array(fc.oneof(fc.constantFrom('<', '>', '"', "'", '&', '<script>', '<!--', ']]>', '&lt;', '`', '{'), fc.string()))
  .map((pieces) => pieces.join(''));

/** Names of the elements, in order, when all of them are closed properly; else a text that says which was not. */
const elementsOf = (html: string): readonly string[] | string => {
  const open: string[] = [];
  const seen: string[] = [];
  for (const [, slash, name = ''] of html.matchAll(/<(\/?)([a-z0-9]+)(?:\s[^<>]*)?>/g)) {
    if (slash === '/') {
      if (open.pop() !== name) return `</${name}> closes nothing`;
    } else {
      seen.push(name);
      if (!['meta', 'br'].includes(name)) open.push(name);
    }
  }
  return open.length === 0 ? seen : `${open.join()} left open`;
};

test('the HTML has the same elements whatever the texts are', () => {
  const withTexts = (text: string): string =>
    composeMail(
      anAnnouncement({
        file_name: `x${text}`,
        failures: [{ code: 'x', count: 17, message: `x${text}` }],
        request_id: text,
      }),
      { attached: true },
    ).html;
  const expected = elementsOf(withTexts(''));
  assert.ok(Array.isArray(expected), String(expected));
  fc.assert(
    fc.property(hostileText, (text) => assert.deepEqual(elementsOf(withTexts(text)), expected)),
    { numRuns: 300 },
  );
});

test('the HTML loads nothing and links only to the web', () => {
  const { html } = composeMail(
    anAnnouncement({ output_csv: 'javascript:alert(1)', page_url: 'https://x.example/"><b>' }),
    {
      attached: true,
    },
  );
  assert.doesNotMatch(html, /<(?:img|link|script|iframe|object|form|base)\b|\bsrc=|url\(|@import|@font-face|\bon\w+=/i);
  const targets = [...html.matchAll(/href="([^"]*)"/g)].map(([, target]) => target);
  assert.deepEqual(targets, ['https://halve.example/csvfile/6f1c_errors.csv', 'https://x.example/%22%3E%3Cb%3E']);
  assert.doesNotMatch(html, /javascript:/);
});

test('every colour given for light surroundings has one for dark ones', () => {
  const { html } = composeMail(anAnnouncement(), { attached: true });
  for (const [element] of html.matchAll(/<[^>]*(?:[;"]color|background):#[^>]*>/g)) {
    // The bar of the result's own colour is the same in both.
    if (!element.includes('height="4"'))
      assert.match(element, /class="[^"]*(?:page|card|ink|faint|link|button)/, element);
  }
});
