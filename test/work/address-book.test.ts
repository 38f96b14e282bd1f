import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { AddressBook } from '../../src/work/address-book.ts';
import { freshDatabase } from '../helpers/fresh-database.ts';
import { freshRequest } from '../helpers/fresh-request.ts';

test('finds the first image of an address, in a request of any size', async (t) => {
  const database = await freshDatabase(t);
  // Three pages of 2,000.
  const urls = Array.from({ length: 5_003 }, (_, i) => `https://shop.example/${i}.jpg`);
  const request = await freshRequest(database, [urls, [urls[7] ?? '', 'https://shop.example/last.jpg']]);
  const find = await new AddressBook(database).open(request);
  assert.equal(find(urls[0] ?? ''), 1);
  assert.equal(find(urls[7] ?? ''), 8);
  assert.equal(find(urls[5_002] ?? ''), 5_003);
  assert.equal(find('https://shop.example/last.jpg'), 5_005);
  assert.equal(find('https://shop.example/5003.jpg'), null);
  assert.equal(find(''), null);
});

test('reads a request once, and forgets the one nobody asked for the longest', async (t) => {
  const database = await freshDatabase(t);
  const book = new AddressBook(database);
  const requests = await Promise.all(
    Array.from({ length: 5 }, (_, i) => freshRequest(database, [[`https://shop.example/${i}`]])),
  );
  const finds = async (pick: number): Promise<boolean> => {
    const request = requests[pick];
    assert.ok(request);
    return (await book.open(request))(`https://shop.example/${pick}`) === 1;
  };
  assert.deepEqual(await Promise.all([0, 0, 1, 2, 3].map(finds)), [true, true, true, true, true]);
  assert.ok(await finds(0));
  assert.ok(await finds(4));
  // What is found now is found in memory; number 1 had to go for number 4.
  await database.write.deleteFrom('images').execute();
  assert.deepEqual(await Promise.all([0, 2, 3, 4].map(finds)), [true, true, true, true]);
  assert.ok(!(await finds(1)));
});

test('what could not be read is read again', async (t) => {
  const database = await freshDatabase(t);
  const request = await freshRequest(database, [['https://shop.example/1']]);
  const book = new AddressBook(database);
  await sql`ALTER TABLE images RENAME TO elsewhere`.execute(database.write);
  await assert.rejects(book.open(request), /no such table: images/);
  await sql`ALTER TABLE elsewhere RENAME TO images`.execute(database.write);
  assert.equal((await book.open(request))('https://shop.example/1'), 1);
});
