/**
 * The lock's record on this device: how the store's key is wrapped, and when to lock. It holds nothing that opens anything by
 * itself. Worker and page read it; no record: the store is not locked (docs/spec/store.md ST32).
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
};

const fileName = "yanshu-lock";

export async function readLock(): Promise<LockRecord | undefined> {
  try {
    const root = await navigator.storage.getDirectory();
    const text = await (await (await root.getFileHandle(fileName)).getFile()).text();
    const { salt, wrap, ...rest } = JSON.parse(text);
    return { ...rest, salt: bytesOf(salt), wrap: bytesOf(wrap) } as LockRecord;
  } catch (error) {
    // What is there and cannot be read is no reason to pass over the store that it belongs to.
    if (error instanceof SyntaxError) throw error;
    return undefined;
  }
}

/** Whole or not at all: the file takes the place of the one before when it is closed. */
export async function writeLock({ salt, wrap, ...rest }: LockRecord): Promise<void> {
  const root = await navigator.storage.getDirectory();
  const writable = await (await root.getFileHandle(fileName, { create: true })).createWritable();
  await writable.write(JSON.stringify({ ...rest, salt: [...salt], wrap: [...wrap] }));
  await writable.close();
}

export async function removeLock(): Promise<void> {
  await (await navigator.storage.getDirectory()).removeEntry(fileName).catch(() => undefined);
}

function bytesOf(values: readonly number[]): Uint8Array {
  return Uint8Array.from(values);
}

/** After five wrong ones one waits: half a minute, then twice as long each time, an hour at most. */
export function waitMsOf({ wrong, wrongMs }: Pick<LockRecord, "wrong" | "wrongMs">, nowMs: number): number {
  if (wrong < 5) return 0;
  const pause = Math.min(30_000 * 2 ** (wrong - 5), 3_600_000);
  // A clock that was set back does not lengthen it.
  return Math.min(pause, Math.max(0, wrongMs + pause - nowMs));
}
