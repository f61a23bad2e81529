/**
 * The lock's record on this device: how the store's key is wrapped, and when to lock. It holds nothing that opens
 * anything by itself. Worker and page read it; no record: the store is not locked (docs/spec/store.md ST32, ST34).
 */
export type LockRecord = {
  readonly version: 1;
  /** The key of the store, wrapped by what its person knows. */
  readonly salt: Uint8Array;
  readonly logN: number;
  readonly wrap: Uint8Array;
  /** What is asked for: figures on a pad, or words. */
  readonly asks: "digits" | "words";
  /** How long the app may be out of sight. */
  readonly afterMs: number;
  /** Wrong ones since the last right one, and when the last was. */
  readonly wrong: number;
  readonly wrongMs: number;
  /** The second way in, where there is one. What opens without it opens with it as well. */
  readonly passkey?: LockPasskey;
};

/** The same key, wrapped by what a passkey of this device answers to the salt (ST34). */
export type LockPasskey = {
  /** Of the credential, base64url. */
  readonly id: string;
  readonly salt: Uint8Array<ArrayBuffer>;
  readonly wrap: Uint8Array;
};

const fileName = "yanshu-lock";

/** Which of this origin's databases is the store. */
export function storeName(isLockOn: boolean): string {
  return isLockOn ? "yanshu-sealed" : "yanshu";
}

/** In turn with who changes it: a file that is replaced while it is read cannot be read. */
export async function readLock(): Promise<LockRecord | undefined> {
  const root = await folder();
  return root && (await inTurn(() => readFrom(root)));
}

/** Undefined where the browser keeps no files: nothing is locked there. */
async function folder(): Promise<FileSystemDirectoryHandle | undefined> {
  try {
    return await navigator.storage.getDirectory();
  } catch {
    return undefined;
  }
}

/** What is there and cannot be read is no reason to pass over the store that it belongs to. */
async function readFrom(root: FileSystemDirectoryHandle): Promise<LockRecord | undefined> {
  try {
    const text = await (await (await root.getFileHandle(fileName)).getFile()).text();
    // A crash came between making the file and its first whole text: what the lock was to seal still counts.
    return text === "" ? undefined : decodeLock(text);
  } catch (error) {
    if (error instanceof DOMException && error.name === "NotFoundError") return undefined;
    throw error;
  }
}

/** The first record; then `changeLock`. */
export function writeLock(record: LockRecord): Promise<void> {
  return inTurn(async () => writeTo(await navigator.storage.getDirectory(), record));
}

/** All files of this origin were removed under the running app, and this among them: it is as it was. */
export function putBackLock(record: LockRecord): Promise<void> {
  return inTurn(async () => {
    const root = await navigator.storage.getDirectory();
    if ((await readFrom(root)) === undefined) await writeTo(root, record);
  });
}

/** Whole or not at all: the file takes the place of the one before when it is closed. */
async function writeTo(root: FileSystemDirectoryHandle, record: LockRecord): Promise<void> {
  const writable = await (await root.getFileHandle(fileName, { create: true })).createWritable();
  await writable.write(encodeLock(record));
  await writable.close();
}

/**
 * One change after the other, in whichever page or worker, each of what the one before left. A lock that is off stays
 * off.
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
 * Counts a try before it is made, unless one has to wait: asked and counted at once, so that many together are no more
 * tries.
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

/** A second way in that is not whole is none; the first is not touched by it. */
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

/** After five wrong ones one waits: half a minute, then twice as long each time, an hour at most. */
export function waitMsOf({ wrong, wrongMs }: Pick<LockRecord, "wrong" | "wrongMs">, nowMs: number): number {
  if (wrong < 5) return 0;
  const pause = Math.min(30_000 * 2 ** (wrong - 5), 3_600_000);
  // A clock that was set back does not lengthen it.
  return Math.min(pause, Math.max(0, wrongMs + pause - nowMs));
}
