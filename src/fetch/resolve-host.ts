/** Names to addresses. Every answer is judged by the connector; nothing is remembered beyond the moment. */
import { lookup } from 'node:dns/promises';
import { AppError, systemCode } from '../core/errors.ts';

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

/** All addresses of a host name. Injectable, so that tests can play a DNS server that changes its mind. */
export type Resolve = (host: string) => Promise<readonly ResolvedAddress[]>;

/** The operating system's resolver: it knows /etc/hosts, Docker and Kubernetes names, which pure DNS does not. */
export const systemResolve: Resolve = (host) => lookup(host, { all: true });

/**
 * Lets questions for one name that are asked at the same time share one answer. The system's resolver blocks a thread
 * of Node's small pool for each question, and six connections to a new host ask six times.
 */
export const shareLookups = (resolve: Resolve): Resolve => {
  const asked = new Map<string, Promise<readonly ResolvedAddress[]>>();
  return (host) => {
    const running = asked.get(host);
    if (running !== undefined) return running;
    const answer = resolve(host).finally(() => asked.delete(host));
    asked.set(host, answer);
    return answer;
  };
};

/** @throws AppError `host_not_found`; retryable unless the DNS said that there is no such name. */
export const resolveWithin = async (
  resolve: Resolve,
  host: string,
  timeoutMs: number,
): Promise<readonly ResolvedAddress[]> => {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new AppError('host_not_found', { retryable: true })), timeoutMs);
  });
  try {
    const answers = await Promise.race([resolve(host), tooLate]);
    if (answers.length === 0) throw new AppError('host_not_found', { retryable: false });
    return answers;
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('host_not_found', { retryable: systemCode(error) !== 'ENOTFOUND', cause: error });
  } finally {
    clearTimeout(timer);
  }
};
