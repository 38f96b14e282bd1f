import { readdirSync, readFileSync } from 'node:fs';

/** Process ids of the children of `parent`. Linux only: reads /proc. */
export const childrenOf = (parent: number): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => parentOf(pid) === parent);

const parentOf = (pid: number): number | undefined => {
  try {
    // The name in parentheses may hold anything; the fields behind it are state and parent.
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
};

/** Processor time a process has used, in clock ticks (hundredths of a second); 0 once it is gone. Linux only. */
export const cpuTicks = (pid: number): number => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Fields 14 and 15 of proc(5), counted from the state, which is field 3.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return Number(fields[11]) + Number(fields[12]);
  } catch {
    return 0;
  }
};
