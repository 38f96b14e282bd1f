/** What a command may touch of the world outside: its streams and what is known of the terminal. */
export interface Terminal {
  readonly stdin: NodeJS.ReadableStream;
  /** Results only. */
  readonly stdout: NodeJS.WriteStream;
  /** Everything said to people. */
  readonly stderr: NodeJS.WriteStream;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Calls back on Ctrl-C and on a polite request to end; the returned function stops listening. */
  onInterrupt(listener: () => void): () => void;
}
