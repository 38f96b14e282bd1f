/** HTML that is safe as it stands. Only {@link html} makes it. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A template of HTML: what is put in is escaped (as content and as a quoted attribute), unless it is markup itself. */
export const html = (
  parts: TemplateStringsArray,
  ...values: readonly (string | number | Markup | readonly Markup[])[]
): Markup => new Markup(parts.map((part, i) => (i === 0 ? part : written(values[i - 1] ?? '') + part)).join(''));

const written = (value: string | number | Markup | readonly Markup[]): string => {
  if (value instanceof Markup) return value.text;
  if (Array.isArray(value)) return value.map(({ text }: Markup) => text).join('');
  return String(value).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
};
