import { createServer } from 'node:net';
import { AppError, systemCode } from '../core/errors.ts';

/** Where to listen and how others reach it; known before anything is built, because output links contain it. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
  /** Without a slash at the end. */
  readonly publicUrl: string;
}

/**
 * The address for settings: port 0 is replaced by a free port the system names, and without a public address the links
 * point at the one listened on. Between the answer and the listening somebody else could take a free port; that is why
 * port 0 is for tests and trials.
 * @throws AppError `invalid_settings` if nothing can listen there.
 */
export const resolveAddress = async (settings: {
  readonly host: string;
  readonly port: number;
  readonly publicUrl: string | null;
}): Promise<ListenAddress> => {
  const { host } = settings;
  const port = settings.port === 0 ? await freePort(host) : settings.port;
  return { host, port, publicUrl: settings.publicUrl ?? `http://${urlHost(host)}:${port}` };
};

/** An address in a URL: IPv6 in brackets, and "all addresses" as the one this machine can surely reach itself by. */
const urlHost = (host: string): string => {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
};

const freePort = (host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error) => reject(listenError(error, { host, port: 0 })));
    probe.listen(0, host, () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });

/** What the system says when it will not let us listen, in words. */
const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program uses this port; set PORT to another one',
  EACCES: 'listening on this port is not permitted; set PORT to one above 1023',
  EADDRNOTAVAIL: 'this machine does not have this address; correct HOST',
  ENOTFOUND: 'there is no such host; correct HOST',
};

export const listenError = (thrown: unknown, { host, port }: { host: string; port: number }): AppError => {
  const reason = REASONS[systemCode(thrown) ?? ''] ?? 'the system refuses';
  return new AppError('invalid_settings', {
    detail: `Cannot listen on ${host}, port ${port}: ${reason}.`,
    cause: thrown,
  });
};
