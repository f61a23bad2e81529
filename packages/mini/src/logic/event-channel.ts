/** Event channel: between a page and the one that it opened. */
import type { Fault } from "./called.ts";

type Listener = (...args: unknown[]) => unknown;

export function eventChannel(fault: Fault) {
  const listeners = new Map<string, { readonly listener: Listener; readonly isOnce: boolean }[]>();
  const add = (name: string, listener: unknown, isOnce: boolean): void => {
    if (typeof listener !== "function") return;
    listeners.set(name, [...(listeners.get(name) ?? []), { listener: listener as Listener, isOnce }]);
  };
  return {
    on: (name: string, listener: unknown) => add(name, listener, false),
    once: (name: string, listener: unknown) => add(name, listener, true),
    off(name: string, listener?: unknown): void {
      const left = (listeners.get(name) ?? []).filter((one) => listener !== undefined && one.listener !== listener);
      listeners.set(name, left);
    },
    emit(name: string, ...args: unknown[]): void {
      const called = listeners.get(name) ?? [];
      listeners.set(
        name,
        called.filter(({ isOnce }) => !isOnce),
      );
      for (const { listener } of called) {
        try {
          listener(...args);
        } catch (error) {
          fault(`event ${name}`, error);
        }
      }
    },
  };
}
