/** The part of a stream that writing to people needs; `process.stderr` fits. */
export interface TextStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  /** Width of the terminal; absent where there is none. */
  readonly columns?: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** What may be written to a stream. */
export interface TextStyle {
  /** A line may be drawn over: it is a terminal that understands more than plain text. */
  readonly live: boolean;
  readonly colour: boolean;
  /** Characters outside ASCII arrive as meant. */
  readonly unicode: boolean;
}

/**
 * Reads off stream and environment what may be written: colour unless NO_COLOR is set (no-color.org) or the terminal is
 * `dumb`; Unicode where the locale says UTF-8 (POSIX order: LC_ALL, LC_CTYPE, LANG) or it is Windows Terminal.
 */
export const textStyle = (stream: TextStream, environment: Environment): TextStyle => {
  const live = stream.isTTY === true && environment.TERM !== 'dumb';
  const locale = [environment.LC_ALL, environment.LC_CTYPE, environment.LANG].find((value) => value) ?? '';
  return {
    live,
    colour: live && !environment.NO_COLOR,
    unicode: /utf-?8/i.test(locale) || Boolean(environment.WT_SESSION),
  };
};
