/** A saved HTTP request: its headers, and its body byte for byte. */
export interface SavedMessage {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

const LF = 0x0a;
const CR = 0x0d;

/**
 * Reads a request as it was on the line (RFC 9112): an optional first line, headers, an empty line, the body. Lines may
 * end with LF alone, as editors leave them. Null when there is no empty line behind headers.
 */
export const parseSavedMessage = (bytes: Uint8Array): SavedMessage | null => {
  const end = endOfHead(bytes);
  if (end === null) return null;
  const lines = Buffer.from(bytes.subarray(0, end.head)).toString('latin1').trimEnd().split(/\r?\n/);
  const headers: Record<string, string> = {};
  for (const [index, line] of lines.entries()) {
    const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) headers[name.toLowerCase()] = value;
    else if (index > 0) return null;
  }
  return Object.keys(headers).length === 0 ? null : { headers, body: bytes.subarray(end.body) };
};

/** Where the head ends and the body begins. */
const endOfHead = (bytes: Uint8Array): { readonly head: number; readonly body: number } | null => {
  for (let at = bytes.indexOf(LF); at !== -1; at = bytes.indexOf(LF, at + 1)) {
    if (bytes[at + 1] === LF) return { head: at, body: at + 2 };
    if (bytes[at + 1] === CR && bytes[at + 2] === LF) return { head: at, body: at + 3 };
  }
  return null;
};
