/** A way to a server that can be cut and mended, as when the server is started anew. */
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

export interface CuttingProxy {
  readonly url: string;
  /** Connections that were made, ever. */
  readonly connections: () => number;
  /** Breaks every connection and takes no more. */
  cut(): Promise<void>;
  mend(): Promise<void>;
}

/** Leads to `port` of this machine; closed after the test. */
export const startCuttingProxy = async (
  t: { after(clean: () => Promise<void>): void },
  port: number,
): Promise<CuttingProxy> => {
  const sockets = new Set<Socket>();
  let count = 0;
  const join = (client: Socket): void => {
    count += 1;
    const upstream = connect(port, '127.0.0.1');
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  };
  const server: Server = createServer(join);
  const listen = (at: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(at, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
  const cut = (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(() => resolve()));
  };
  await listen(0);
  // listen() on a TCP port always yields an AddressInfo.
  const own = (server.address() as AddressInfo).port;
  t.after(cut);
  return { url: `http://127.0.0.1:${own}`, connections: () => count, cut, mend: () => listen(own) };
};
