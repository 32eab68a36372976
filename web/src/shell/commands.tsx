// Commands: what the keyboard, the palette and the help show comes from one list. A feature adds its own while it is shown.
import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';

export interface Command {
  id: string;
  label: string;
  group: string;
  keys?: string; // "mod+Enter", "g e", "/"
  detail?: string;
  run(): void;
}

interface Registry {
  commands: Command[];
  add(owner: symbol, commands: Command[]): void;
  remove(owner: symbol): void;
}

const Context = createContext<Registry | undefined>(undefined);

export function CommandProvider({ children }: { children: ReactNode }) {
  const [owned, setOwned] = useState<ReadonlyMap<symbol, Command[]>>(new Map());
  // Both are stable: what announces commands must not run again because others have announced theirs.
  const add = useCallback((owner: symbol, commands: Command[]) => setOwned((before) => new Map(before).set(owner, commands)), []);
  const remove = useCallback(
    (owner: symbol) =>
      setOwned((before) => {
        const after = new Map(before);
        after.delete(owner);
        return after;
      }),
    [],
  );
  const registry = useMemo<Registry>(() => ({ commands: [...owned.values()].flat(), add, remove }), [owned, add, remove]);
  useShortcuts(registry.commands);
  return <Context value={registry}>{children}</Context>;
}

export function useCommandList(): Command[] {
  return useContext(Context)?.commands ?? [];
}

// The labels decide when the list is announced again; what a command does may change with every render.
export function useCommands(commands: Command[]): void {
  const registry = useContext(Context);
  const latest = useRef(commands);
  useEffect(() => {
    latest.current = commands;
  });
  const add = registry?.add;
  const remove = registry?.remove;
  const shape = commands.map((command) => `${command.id}\t${command.label}\t${command.keys ?? ''}`).join('\n');
  useEffect(() => {
    const owner = Symbol('commands');
    const stable = latest.current.map((command, index) => ({ ...command, run: () => latest.current[index]?.run() }));
    add?.(owner, stable);
    return () => remove?.(owner);
  }, [add, remove, shape]);
}

export const isMac = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.platform);

export function keyText(keys: string): string[] {
  return keys.split(/[+ ]/).map((key) => (key === 'mod' ? (isMac ? '⌘' : 'Ctrl') : key.length === 1 ? key.toUpperCase() : key));
}

const isTyping = (target: EventTarget | null): boolean => {
  const element = (target as HTMLElement | null)?.shadowRoot?.activeElement ?? (target as HTMLElement | null);
  return element instanceof HTMLElement && (element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName));
};

const SEQUENCE_MS = 900;

// "mod+K" works everywhere, plain keys and sequences such as "g e" only where nobody types.
function useShortcuts(commands: Command[]): void {
  const latest = useRef(commands);
  useEffect(() => {
    latest.current = commands;
  });
  useEffect(() => {
    let pending: { key: string; at: number } | undefined;
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.altKey) return;
      const modifier = event.ctrlKey || event.metaKey;
      if (!modifier && (isTyping(event.composedPath()[0] ?? event.target) || document.querySelector('[role="dialog"]'))) return;
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      const before = pending && performance.now() - pending.at < SEQUENCE_MS ? pending.key : undefined;
      const wanted = modifier ? [`mod+${key}`] : before ? [`${before} ${key}`, key] : [key];
      const command = wanted.map((keys) => latest.current.find((each) => each.keys === keys)).find(Boolean);
      pending = !command && !modifier ? { key, at: performance.now() } : undefined;
      if (command) {
        event.preventDefault();
        command.run();
      }
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}
