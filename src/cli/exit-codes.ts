/** What the command tells a script (design 2.6; clig.dev). */
export const EXIT = {
  done: 0,
  usage: 1,
  unreadableInput: 2,
  someFailed: 3,
  nothingSucceeded: 4,
  serverUnreachable: 5,
  /** 128 + SIGINT; the same command again goes on where it stopped. */
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
