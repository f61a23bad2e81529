/**
 * The lock's record on this device: the wrapped store key, and when to lock. It opens nothing without the secret or
 * the passkey. Worker and page read it; without a record the store is not locked (docs/spec/store.md ST32, ST34).
 */
export type LockRecord = {
  readonly version: 1;
  /** Salt and cost (scrypt: N = 2^`logN`) of the key that wraps the store's key; `wrap` is the wrapped key. */
  readonly salt: Uint8Array;
  readonly logN: number;
  readonly wrap: Uint8Array;
  /** The kind of secret: digits on a pad, or words. */
  readonly asks: "digits" | "words";
  /** How long the app may be hidden before it locks. */
  readonly afterMs: number;
  /** Number of wrong tries since the last right one, and the time of the last in ms since 1970. */
  readonly wrong: number;
  readonly wrongMs: number;
  /** A passkey that also unwraps the key, if one was added. */
  readonly passkey?: LockPasskey;
};

/** The same store key, wrapped by the PRF output of a passkey for `salt` (ST34). */
export type LockPasskey = {
  /** Credential id, base64url. */
  readonly id: string;
  readonly salt: Uint8Array<ArrayBuffer>;
  readonly wrap: Uint8Array;
};

const fileName = "yanshu-lock";

/** The name of the store's database with the lock on or off. */
export function storeName(isLockOn: boolean): string {
  return isLockOn ? "yanshu-sealed" : "yanshu";
}

/** Waits for a running change, because a file that is replaced during a read cannot be read. */
export async function readLock(): Promise<LockRecord | undefined> {
  const root = await folder();
  return root && (await inTurn(() => readFrom(root)));
}

/** Undefined where the browser has no OPFS: then there is no lock. */
async function folder(): Promise<FileSystemDirectoryHandle | undefined> {
  try {
    return await navigator.storage.getDirectory();
  } catch {
    return undefined;
  }
}

/** @throws when a record exists but cannot be read: the store must not count as unlocked then. */
async function readFrom(root: FileSystemDirectoryHandle): Promise<LockRecord | undefined> {
  try {
    const text = await (await (await root.getFileHandle(fileName)).getFile()).text();
    // A crash between creating the file and writing it leaves it empty: the plain store still counts.
    return text === "" ? undefined : decodeLock(text);
  } catch (error) {
    if (error instanceof DOMException && error.name === "NotFoundError") return undefined;
    throw error;
  }
}

/** Writes the first record; later changes go through `changeLock`. */
export function writeLock(record: LockRecord): Promise<void> {
  return inTurn(async () => writeTo(await navigator.storage.getDirectory(), record));
}

/** Writes the record again if it is missing, after all files of this origin were removed under the running app. */
export function putBackLock(record: LockRecord): Promise<void> {
  return inTurn(async () => {
    const root = await navigator.storage.getDirectory();
    if ((await readFrom(root)) === undefined) await writeTo(root, record);
  });
}

/** Atomic: `close` replaces the old file by the new one. */
async function writeTo(root: FileSystemDirectoryHandle, record: LockRecord): Promise<void> {
  const writable = await (await root.getFileHandle(fileName, { create: true })).createWritable();
  await writable.write(encodeLock(record));
  await writable.close();
}

/**
 * Reads, changes and writes the record; changes from all pages and workers happen one after another. Returns the new
 * record; undefined: the lock is off, and stays off.
 */
export function changeLock(change: (record: LockRecord) => LockRecord): Promise<LockRecord | undefined> {
  return inTurn(async () => {
    const root = await navigator.storage.getDirectory();
    const record = await readFrom(root);
    if (record === undefined) return undefined;
    const changed = change(record);
    if (changed !== record) await writeTo(root, changed);
    return changed;
  });
}

/**
 * Counts a try before it is made, unless `waitMs` is above 0. The test and the count are one change of the record, so
 * that tries in parallel gain nothing.
 */
export async function countTry(): Promise<{ readonly record: LockRecord; readonly waitMs: number } | undefined> {
  let waitMs = 0;
  const record = await changeLock((now) => {
    const nowMs = Date.now();
    waitMs = waitMsOf(now, nowMs);
    return waitMs > 0 ? now : { ...now, wrong: now.wrong + 1, wrongMs: nowMs };
  });
  return record && { record, waitMs };
}

export function removeLock(): Promise<void> {
  return inTurn(async () => {
    await (await navigator.storage.getDirectory()).removeEntry(fileName).catch(() => undefined);
  });
}

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  return await navigator.locks.request(fileName, work);
}

export function encodeLock({ salt, wrap, passkey, ...rest }: LockRecord): string {
  const second = passkey && { id: passkey.id, salt: [...passkey.salt], wrap: [...passkey.wrap] };
  return JSON.stringify({ ...rest, salt: [...salt], wrap: [...wrap], passkey: second });
}

/** An incomplete passkey is left out; the secret still opens the store. @throws SyntaxError */
export function decodeLock(text: string): LockRecord {
  const { salt, wrap, passkey, ...rest } = JSON.parse(text) ?? {};
  if (!Array.isArray(salt) || !Array.isArray(wrap)) throw new SyntaxError("the lock's record is not whole");
  const record: LockRecord = { ...rest, salt: bytesOf(salt), wrap: bytesOf(wrap) };
  return isPasskey(passkey)
    ? { ...record, passkey: { id: passkey.id, salt: bytesOf(passkey.salt), wrap: bytesOf(passkey.wrap) } }
    : record;
}

type Written = { readonly id: string; readonly salt: readonly number[]; readonly wrap: readonly number[] };

function isPasskey(value: unknown): value is Written {
  const { id, salt, wrap } = (value ?? {}) as Partial<Written>;
  return typeof id === "string" && id !== "" && Array.isArray(salt) && Array.isArray(wrap);
}

function bytesOf(values: readonly number[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(values);
}

/** Ms to wait before the next try: after five wrong tries 30 s, doubled by each further one, at most an hour. */
export function waitMsOf({ wrong, wrongMs }: Pick<LockRecord, "wrong" | "wrongMs">, nowMs: number): number {
  if (wrong < 5) return 0;
  const pause = Math.min(30_000 * 2 ** (wrong - 5), 3_600_000);
  // A clock that was set back does not lengthen the wait.
  return Math.min(pause, Math.max(0, wrongMs + pause - nowMs));
}
