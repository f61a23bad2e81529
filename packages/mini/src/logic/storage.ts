/**
 * Storage: what a program keeps (docs/spec/programs.md PR7). All of it is in the Worker from the start, since half of
 * the calls are synchronous; each change goes to the device's database in order, and `setStorage` ends when it is
 * there.
 */
import { frameLimits } from "../frame-messages.ts";
import { type Ending, optionsOf, type Result } from "./called.ts";

export type ToApp = {
  /** Tells the app something that it answers. @throws Error with the words of its refusal. */
  readonly ask: (message: Readonly<Record<string, unknown>>) => Promise<Result>;
  readonly tell: (message: Readonly<Record<string, unknown>>) => void;
};

const encoder = new TextEncoder();
const bytesIn = (text: string) => encoder.encode(text).length;

/** @throws Error where no database keeps a text like this. */
function keyOf(key: unknown): string {
  const name = String(key);
  if (name.includes("\0")) throw new Error("the key has a NUL in it");
  return name;
}

export function storageCalls(stored: Readonly<Record<string, string>>, app: ToApp, end: Ending) {
  const values = new Map(Object.entries(stored));
  let bytes = 0;
  for (const [key, value] of values) bytes += bytesIn(key) + bytesIn(value);

  function set(key: unknown, value: unknown): Promise<Result> {
    const name = keyOf(key);
    const said = JSON.stringify(value);
    if (said === undefined) return remove(name);
    const before = values.get(name);
    const saidBytes = bytesIn(said);
    const more = saidBytes - (before === undefined ? -bytesIn(name) : bytesIn(before));
    if (name.length > frameLimits.keyMax) throw new Error("the key is too long");
    if (saidBytes > frameLimits.valueBytesMax) throw new Error("entry size limit reached");
    if (bytes + more > frameLimits.storedBytesMax) throw new Error("storage limit reached");
    bytes += more;
    values.set(name, said);
    return app.ask({ kind: "store", key: name, value: said });
  }

  function remove(key: unknown): Promise<Result> {
    const name = keyOf(key);
    const before = values.get(name);
    if (before !== undefined) bytes -= bytesIn(before) + bytesIn(name);
    values.delete(name);
    return app.ask({ kind: "store", key: name });
  }

  function clear(): Promise<Result> {
    values.clear();
    bytes = 0;
    return app.ask({ kind: "forget" });
  }

  /** @returns `""` where nothing is kept, as WeChat does. */
  const get = (key: unknown): unknown => {
    const value = values.get(String(key));
    return value === undefined ? "" : JSON.parse(value);
  };
  const info = () => ({
    keys: [...values.keys()],
    currentSize: Math.ceil(bytes / 1_024),
    limitSize: frameLimits.storedBytesMax / 1_024,
  });
  const attempt = (change: () => Promise<Result>): Promise<Result> => {
    try {
      return change();
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : new Error("?"));
    }
  };
  const forgotten = (change: Promise<Result>) => {
    change.catch(() => undefined);
  };

  return {
    getStorageSync: get,
    setStorageSync: (key: unknown, value: unknown) => forgotten(set(key, value)),
    removeStorageSync: (key: unknown) => forgotten(remove(key)),
    clearStorageSync: () => forgotten(clear()),
    getStorageInfoSync: info,
    getStorage: (options: unknown) => {
      const { key } = optionsOf(options);
      if (!values.has(String(key))) return end.fail(options, "getStorage", "data not found");
      return end.ok(options, "getStorage", { data: get(key) });
    },
    setStorage: (options: unknown) => {
      const { key, data } = optionsOf(options);
      return end.later(
        options,
        "setStorage",
        attempt(() => set(key, data)),
      );
    },
    removeStorage: (options: unknown) => {
      const { key } = optionsOf(options);
      return end.later(
        options,
        "removeStorage",
        attempt(() => remove(key)),
      );
    },
    clearStorage: (options: unknown) => end.later(options, "clearStorage", attempt(clear)),
    getStorageInfo: (options: unknown) => end.ok(options, "getStorageInfo", info()),
  };
}
