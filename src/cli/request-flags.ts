/** Flags that are options of a request, under their names in the API. */
const WITH_VALUE = {
  target: { type: 'string' },
  quality: { type: 'string' },
  format: { type: 'string' },
  'max-width': { type: 'string' },
  'max-height': { type: 'string' },
  'on-invalid': { type: 'string' },
} as const;

/** Those that make sense with and without a server. */
export const REQUEST_FLAGS = {
  ...WITH_VALUE,
  tolerant: { type: 'boolean' },
  strict: { type: 'boolean' },
} as const;

/** Those a server offers besides. */
export const SERVER_REQUEST_FLAGS = {
  start: { type: 'string' },
  'webhook-url': { type: 'string' },
  email: { type: 'string' },
} as const;

type Values = Readonly<Partial<Record<string, string | boolean>>>;

/** The options that were typed, as texts under the names `parseOptions` and the API know. */
export const requestTexts = (values: Values): Record<string, string> => {
  const texts: Record<string, string> = {};
  for (const flag of Object.keys({ ...REQUEST_FLAGS, ...SERVER_REQUEST_FLAGS })) {
    const value = values[flag];
    if (value !== undefined) texts[flag.replace('-', '_')] = String(value);
  }
  return texts;
};
