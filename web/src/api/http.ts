// fetch() for the server's API: credentials, problems as exceptions.
import { askForKey, currentKey } from './credentials';
import { ProblemError, problemOfResponse } from './problem';

async function send(path: string, init: RequestInit): Promise<Response> {
  const headers = new Headers(init.headers);
  const key = currentKey();
  if (key !== undefined) headers.set('Authorization', `Bearer ${key}`);
  return fetch(path, { ...init, headers, credentials: 'same-origin' });
}

// A 2xx answer, or a ProblemError. A 401 asks the person for a key and tries again with it.
export async function apiFetch(path: string, init: RequestInit = {}): Promise<Response> {
  let response = await send(path, init);
  while (response.status === 401) {
    if ((await askForKey()) === undefined) break;
    init.signal?.throwIfAborted();
    response = await send(path, init);
  }
  if (!response.ok) throw new ProblemError(await problemOfResponse(response));
  return response;
}

export async function apiJson<T>(path: string, init: RequestInit = {}): Promise<T> {
  return (await (await apiFetch(path, init)).json()) as T;
}
