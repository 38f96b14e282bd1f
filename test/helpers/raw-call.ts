import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { TestContext } from 'node:test';

/** A bare connection to a server, for calls no HTTP client would make. */
export interface RawCall {
  readonly socket: Socket;
  send(text: string | Uint8Array): void;
  /** Everything the server sent, once it has ended the connection (or reset it). */
  readonly answer: Promise<string>;
}

export const rawCall = async (t: TestContext, port: number): Promise<RawCall> => {
  const socket = connect(port, '127.0.0.1');
  t.after(() => socket.destroy());
  const pieces: Buffer[] = [];
  socket.on('data', (piece: Buffer) => pieces.push(piece));
  socket.on('error', () => {});
  // Not `once`, which takes an error for the answer: a write may meet a server that has hung up.
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await once(socket, 'connect');
  return {
    socket,
    send: (text) => {
      socket.write(text);
    },
    answer: closed.then(() => Buffer.concat(pieces).toString('latin1')),
  };
};

/** The parts of one answer as it came over a connection. */
export const parseAnswer = (text: string): { status: number; headers: string; body: string } => {
  const end = text.indexOf('\r\n\r\n');
  return { status: Number(text.slice(9, 12)), headers: text.slice(0, end).toLowerCase(), body: text.slice(end + 4) };
};
