import assert from 'node:assert/strict';
import { type Contract, createContract, type OpenApi } from './openapi-contract.ts';

/** Every service of a test file is the same program. */
let contract: Contract | null = null;

/**
 * `fetch` from a service that runs in a process of its own; rejects when the answer is not as the service's OpenAPI
 * document tells. (Servers in the test's process are watched by watch-answers.ts.)
 */
export const fetchAsTold = async (server: string, path: string, init: RequestInit = {}): Promise<Response> => {
  contract ??= createContract(JSON.parse(await (await fetch(`${server}/openapi.json`)).text()) as OpenApi);
  const answer = await fetch(server + path, init);
  const json = /json/.test(answer.headers.get('content-type') ?? '');
  const faults = contract.faultsOf({
    method: init.method ?? 'GET',
    url: path,
    status: answer.status,
    headers: Object.fromEntries(answer.headers),
    body: json ? await answer.clone().text() : null,
  });
  assert.deepEqual(faults, []);
  return answer;
};
