/** The bench's image server, in a process of its own so that it does not share a thread with what is measured. */
import { createServer } from 'node:http';
import { loadPhotos } from './load-photos.ts';

const files = new Map(
  (await loadPhotos(process.argv[2])).map(({ name, bytes }) => [`/${encodeURIComponent(name)}`, bytes]),
);
const server = createServer((request, response) => {
  const bytes = files.get((request.url ?? '').replace(/\?.*$/, ''));
  if (bytes === undefined) response.writeHead(404).end();
  else response.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': bytes.length }).end(bytes);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address === 'object') process.send?.(`127.0.0.1:${address.port}`);
});
process.on('disconnect', () => process.exit(0));
