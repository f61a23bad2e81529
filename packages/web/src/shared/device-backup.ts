/**
 * Device backup: a second copy of this device's identity (docs/spec/store.md ST40), as one record in IndexedDB. It is
 * encrypted by a non-extractable key, made anew for each write. Removing the site's data removes the record as well.
 */
import type { Ports } from "@yanshu/client";

const databaseName = "yanshu-keepsake";
const storeName = "keepsake";
const only = "only";
const nonceBytes = 12;

type Sealed = {
  readonly key: CryptoKey;
  readonly nonce: Uint8Array<ArrayBuffer>;
  readonly bytes: ArrayBuffer;
  /** Also encrypted by a key that is derived from the store's key. */
  readonly isLocked?: boolean;
};

type DeviceBackup = NonNullable<Ports["deviceBackup"]>;

/**
 * This page wrote the record. If it is missing later, somebody removed the site's data, and it must not be written
 * again.
 */
let wasWritten = false;

/**
 * @param storeKey 32 bytes, the key of the sealed database; absent: the database is not sealed. A backup that was
 * written with a store key cannot be read without it.
 */
export function createDeviceBackup(storeKey?: Uint8Array): DeviceBackup {
  return {
    async read() {
      const sealed = await inStore<Sealed | undefined>("readonly", (store) => store.get(only));
      if (sealed === undefined || (sealed.isLocked ?? false) !== (storeKey !== undefined)) return undefined;
      const bytes = await crypto.subtle.decrypt(by(sealed.nonce), sealed.key, sealed.bytes);
      return new Uint8Array(await within(storeKey, "decrypt", sealed.nonce, bytes));
    },
    async write(bytes) {
      const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
      const nonce = crypto.getRandomValues(new Uint8Array(nonceBytes));
      const inner = await within(storeKey, "encrypt", nonce, Uint8Array.from(bytes).buffer);
      const bytesAtRest = await crypto.subtle.encrypt(by(nonce), key, inner);
      const sealed: Sealed = { key, nonce, bytes: bytesAtRest, isLocked: storeKey !== undefined };
      if (wasWritten && (await inStore("readonly", (store) => store.get(only))) === undefined) return;
      await inStore("readwrite", (store) => store.put(sealed, only));
      wasWritten = true;
    },
    async clear() {
      wasWritten = false;
      await inStore("readwrite", (store) => store.delete(only));
    },
  };
}

/** Whether a readable backup exists, from which this device can be restored. */
export async function hasDeviceBackup(deviceBackup: DeviceBackup): Promise<boolean> {
  return (await deviceBackup.read().catch(() => undefined)) !== undefined;
}

/** Encrypts or decrypts by a key derived from the store's key (HKDF); returns `bytes` where the store is not sealed. */
async function within(
  storeKey: Uint8Array | undefined,
  way: "encrypt" | "decrypt",
  nonce: Uint8Array<ArrayBuffer>,
  bytes: ArrayBuffer,
): Promise<ArrayBuffer> {
  if (storeKey === undefined) return bytes;
  const secret = await crypto.subtle.importKey("raw", Uint8Array.from(storeKey), "HKDF", false, ["deriveKey"]);
  const info = new TextEncoder().encode("yanshu keepsake v1");
  const derivation = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info };
  const key = await crypto.subtle.deriveKey(derivation, secret, { name: "AES-GCM", length: 256 }, false, [way]);
  return crypto.subtle[way](by(nonce), key, bytes);
}

function by(nonce: Uint8Array<ArrayBuffer>): AesGcmParams {
  return { name: "AES-GCM", iv: nonce };
}

/** Resolves once the transaction is on the disk. Opens the database each time, because it may have been removed. */
async function inStore<T>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest): Promise<T> {
  const database = await open();
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = database.transaction(storeName, mode, { durability: "strict" });
      const request = ask(transaction.objectStore(storeName));
      transaction.oncomplete = () => resolve(request.result as T);
      transaction.onabort = () => reject(transaction.error ?? new Error("the device backup could not be had"));
    });
  } finally {
    database.close();
  }
}

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(databaseName, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(storeName);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("there is no second place"));
    request.onblocked = () => reject(new Error("the second place is being removed"));
  });
}
