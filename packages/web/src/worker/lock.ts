/**
 * The lock in the worker (docs/spec/store.md ST32–ST34): which store counts, the key that opens it, and moving the
 * store when the lock is turned on or off. Locking ends the worker, so a locked app has no key in memory.
 */
import {
  copyBrowserDatabase,
  destroyBrowserDatabase,
  hasBrowserDatabase,
  makeStoreKey,
  unwrapStoreKey,
  unwrapStoreKeyByPasskey,
  wrapStoreKey,
  wrapStoreKeyByPasskey,
} from "@yanshu/store/browser";
import { createDeviceBackup } from "../shared/device-backup.ts";
import { type LockMessage, lockChannelName } from "../shared/lock-channel.ts";
import {
  changeLock,
  countTry,
  type LockRecord,
  readLock,
  removeLock,
  storeName,
  waitMsOf,
  writeLock,
} from "../shared/lock-record.ts";

export type Store = { readonly name: string; readonly key?: Uint8Array };

const plainName = storeName(false);
const sealedName = storeName(true);

export type Lock = {
  /** The store that counts and, if it is sealed, its key, once the secret was entered. Deletes the other store. */
  readonly store: () => Promise<Store>;
  /** Reports that the store is open. `release` is called once, to close it before it is moved. */
  readonly opened: (store: Store, release: () => void) => void;
  /** Reports that the store is lost: this worker ends, and every page reloads. */
  readonly lost: () => void;
  /** Reports that the store's files are gone for good: every page shows it (WE36), and this worker goes on. */
  readonly gone: () => void;
};

export function createLock(): Lock {
  const channel = new BroadcastChannel(lockChannelName);
  const post = (message: LockMessage) => channel.postMessage(message);
  let held: Uint8Array | undefined;
  let isOpen = false;
  let isTrying = false;
  let tryIt: ((find: () => Promise<Uint8Array | undefined>) => void) | undefined;
  let given: ((key: Uint8Array) => void) | undefined;
  let current: { readonly store: Store; readonly release: () => void } | undefined;

  channel.onmessage = ({ data }: MessageEvent<LockMessage>) => {
    switch (data.kind) {
      case "try":
        tryIt?.(() => keyBy(data.secret));
        return;
      case "try-passkey":
        tryIt?.(() => keyByPasskey(data.secret));
        return;
      case "who-holds":
        if (held !== undefined) post({ kind: "key", key: held });
        return;
      case "key":
        held = data.key;
        given?.(held);
        return;
      case "is-open":
        if (isOpen) post({ kind: "open" });
        return;
      case "turn-on":
        void moved(() => turnOn(data));
        return;
      case "turn-off":
        void turnOff(data.secret);
        return;
      case "check":
        void check(data.secret);
        return;
      case "change-secret":
        void rewrapped((key) => ({ asks: data.asks, ...wrapStoreKey(key, data.secret) }));
        return;
      case "add-passkey":
        void rewrapped((key) => ({ passkey: { ...data.asked, wrap: wrapStoreKeyByPasskey(key, data.secret) } }));
        return;
      case "lock":
        held = undefined;
        self.close();
        return;
      default:
        return;
    }
  };
  post({ kind: "who-holds" });

  async function store(): Promise<Store> {
    const record = await readLock();
    const [name, other] = record === undefined ? [plainName, sealedName] : [sealedName, plainName];
    // A crash during a move leaves both. The copy that does not count is deleted at once, without waiting for the key.
    if ((await hasBrowserDatabase(name)) && (await hasBrowserDatabase(other))) await destroyBrowserDatabase(other);
    const key = record === undefined ? undefined : await keyGiven();
    return key === undefined ? { name } : { name, key };
  }

  function keyGiven(): Promise<Uint8Array> {
    return new Promise((resolve) => {
      given = (key) => {
        given = undefined;
        tryIt = undefined;
        resolve(key);
      };
      if (held !== undefined) given(held);
      else tryIt = (find) => void attempt(find);
    });
  }

  async function attempt(find: () => Promise<Uint8Array | undefined>): Promise<void> {
    post({ kind: "trying" });
    if (isTrying) return;
    isTrying = true;
    const key = await find().finally(() => {
      isTrying = false;
    });
    if (key === undefined) return;
    held = key;
    post({ kind: "key", key }); // So that the next leader has it.
    given?.(key);
  }

  /**
   * The store key; undefined when the secret is wrong or comes too soon, which is reported to the pages. The try is
   * counted before it is made, so that closing the tab does not avoid the count.
   */
  async function keyBy(secret: string): Promise<Uint8Array | undefined> {
    const counted = await countTry();
    if (counted === undefined) return undefined;
    const { record, waitMs } = counted;
    if (waitMs > 0) {
      post({ kind: "wrong", waitMs });
      return undefined;
    }
    const key = unwrapStoreKey(record, secret);
    if (key === undefined) post({ kind: "wrong", waitMs: waitMsOf(record, Date.now()) });
    else await changeLock((now) => ({ ...now, wrong: 0, wrongMs: 0 }));
    return key;
  }

  /** Does not reset the count of wrong secrets: opening by passkey must not grant new tries. */
  async function keyByPasskey(secret: Uint8Array): Promise<Uint8Array | undefined> {
    const wrap = (await readLock())?.passkey?.wrap;
    const key = wrap && unwrapStoreKeyByPasskey(wrap, secret);
    if (key === undefined) post({ kind: "wrong-passkey" });
    return key;
  }

  async function check(secret: string): Promise<void> {
    if (current !== undefined && (await keyBy(secret)) !== undefined) post({ kind: "right" });
  }

  /** Wraps the same store key anew; the store itself is unchanged. */
  async function rewrapped(wraps: (key: Uint8Array) => Partial<LockRecord>): Promise<void> {
    const key = current?.store.key;
    if (key === undefined) return;
    await changeLock((now) => ({ ...now, ...wraps(key) }));
    post({ kind: "changed" });
  }

  /** Closes the database and moves it; then every page reloads, also after a failure. */
  async function moved(move: (from: Store) => Promise<void>): Promise<void> {
    const from = current;
    current = undefined;
    if (from === undefined) return;
    isOpen = false;
    try {
      from.release();
      await move(from.store);
    } catch (error) {
      console.error("The store could not be moved", error);
    } finally {
      beginAnew(false);
    }
  }

  function beginAnew(isLost: boolean): void {
    held = undefined;
    post({ kind: "begin-anew", isLost });
    self.close();
  }

  async function turnOn({ secret, asks, afterMs }: Extract<LockMessage, { kind: "turn-on" }>): Promise<void> {
    if ((await readLock()) !== undefined) return;
    const key = makeStoreKey();
    await copyBrowserDatabase({ name: plainName }, { name: sealedName, key });
    await createDeviceBackup().clear(); // It is not sealed under the store key; the next one will be.
    // From here on the sealed store counts.
    await writeLock({ version: 1, asks, afterMs, wrong: 0, wrongMs: 0, ...wrapStoreKey(key, secret) });
    await destroyBrowserDatabase(plainName);
  }

  async function turnOff(secret: string): Promise<void> {
    if (current === undefined) return;
    const key = await keyBy(secret);
    if (key === undefined) return;
    await moved(async () => {
      await copyBrowserDatabase({ name: sealedName, key }, { name: plainName });
      await createDeviceBackup().clear(); // It is sealed under the store key, which is dropped.
      const passkey = (await readLock())?.passkey;
      await removeLock(); // From here on the plain store counts.
      if (passkey !== undefined) post({ kind: "dropped", passkey: passkey.id });
      await destroyBrowserDatabase(sealedName);
    });
  }

  return {
    store,
    opened(opened, release) {
      current = { store: opened, release };
      isOpen = true;
      post({ kind: "open" });
    },
    lost: () => beginAnew(true),
    gone: () => post({ kind: "gone" }),
  };
}
