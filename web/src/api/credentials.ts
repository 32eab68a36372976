// The API key of this tab. It lives in sessionStorage: closing the tab forgets it. When the server answers 401, requests
// wait here until the person gives a key or gives up.
const STORAGE_KEY = 'streamflow.api-key';

type Listener = () => void;
const listeners = new Set<Listener>();
let asking: { promise: Promise<string | undefined>; settle: (key: string | undefined) => void; refused: boolean } | undefined;

const changed = () => listeners.forEach((listener) => listener());

export const currentKey = (): string | undefined => sessionStorage.getItem(STORAGE_KEY) ?? undefined;

export function forgetKey(): void {
  sessionStorage.removeItem(STORAGE_KEY);
  changed();
}

// One dialog serves all requests that were refused meanwhile.
export function askForKey(): Promise<string | undefined> {
  if (!asking) {
    let settle: (key: string | undefined) => void = () => {};
    const promise = new Promise<string | undefined>((resolve) => (settle = resolve));
    asking = { promise, settle, refused: currentKey() !== undefined };
    changed();
  }
  return asking.promise;
}

export function answerWithKey(key: string | undefined): void {
  const waiting = asking;
  asking = undefined;
  if (key) sessionStorage.setItem(STORAGE_KEY, key);
  waiting?.settle(key);
  changed();
}

export const isAsking = (): boolean => asking !== undefined;
export const wasRefused = (): boolean => asking?.refused ?? false;

export function onCredentialsChange(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
