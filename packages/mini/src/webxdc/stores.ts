/**
 * Stores: what an origin of nobody's does not have, laid in its place (docs/spec/programs.md PR32). The local storage
 * goes to the device's database; the session's, cookies and databases last as long as the app is open.
 */
import * as fakeIndexedDb from "fake-indexeddb";

/** @param keep writes a key through, and takes it away where there is no value. */
export function layStores(
  stored: Readonly<Record<string, string>>,
  keep: (key: string, value: string | undefined) => void,
): void {
  lay("localStorage", new Map(Object.entries(stored)), keep);
  lay("sessionStorage", new Map(), () => undefined);
  layCookies();
  for (const [name, value] of Object.entries(fakeIndexedDb))
    if (name === "indexedDB" || name.startsWith("IDB"))
      Object.defineProperty(self, name, { value, configurable: true, writable: true });
}

/** A storage is asked by its methods, and by its keys as if they were its properties. */
function lay(name: string, values: Map<string, string>, keep: (key: string, value: string | undefined) => void): void {
  const methods = {
    getItem: (key: unknown) => values.get(String(key)) ?? null,
    setItem(key: unknown, value: unknown) {
      values.set(String(key), String(value));
      keep(String(key), String(value));
    },
    removeItem(key: unknown) {
      if (values.delete(String(key))) keep(String(key), undefined);
    },
    clear() {
      for (const key of values.keys()) keep(key, undefined);
      values.clear();
    },
    key: (at: number) => [...values.keys()][at] ?? null,
  };
  const isMethod = (key: PropertyKey): key is keyof typeof methods => Object.hasOwn(methods, key);
  const storage = new Proxy(methods, {
    get: (_, key) =>
      key === "length"
        ? values.size
        : isMethod(key)
          ? methods[key]
          : typeof key === "string"
            ? values.get(key)
            : undefined,
    set(_, key, value) {
      if (typeof key === "string") methods.setItem(key, value);
      return true;
    },
    deleteProperty(_, key) {
      if (typeof key === "string") methods.removeItem(key);
      return true;
    },
    has: (_, key) => isMethod(key) || (typeof key === "string" && values.has(key)),
    ownKeys: () => [...values.keys()],
    getOwnPropertyDescriptor: (_, key) =>
      typeof key === "string" && values.has(key)
        ? { value: values.get(key), enumerable: true, configurable: true, writable: true }
        : undefined,
  });
  Object.defineProperty(self, name, { value: storage, configurable: true });
}

function layCookies(): void {
  const jar = new Map<string, string>();
  Object.defineProperty(Document.prototype, "cookie", {
    configurable: true,
    get: () => [...jar].map(([name, value]) => `${name}=${value}`).join("; "),
    set(said: unknown) {
      const [name = "", ...value] = (String(said).split(";")[0] ?? "").split("=");
      jar.set(name.trim(), value.join("=").trim());
    },
  });
}
