import { AppError } from '../core/errors.ts';

/** Collects fields by name; the same one twice has no meaning and is refused rather than guessed. */
export class FieldTexts {
  readonly #texts: Map<string, string>;

  constructor(given: Readonly<Record<string, string>> = {}) {
    this.#texts = new Map(Object.entries(given));
  }

  /** @throws AppError `invalid_option` when the name came before */
  add(name: string, text: string): void {
    if (this.#texts.has(name)) {
      const option = name.slice(0, 80);
      const detail = `${option}: expected once, got twice.`;
      throw new AppError('invalid_option', { detail, extras: { errors: [{ option, detail }] } });
    }
    this.#texts.set(name, text);
  }

  all(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#texts);
  }
}

/** The fields of a query string. Lenient with a bare `%`, so that `?target=50%` means what it says. */
export const queryFields = (url: string): Readonly<Record<string, string>> => {
  const fields = new FieldTexts();
  const start = url.indexOf('?');
  const query = new URLSearchParams(start === -1 ? '' : url.slice(start));
  for (const [name, text] of query) fields.add(name, text);
  return fields.all();
};
