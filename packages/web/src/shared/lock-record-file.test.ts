/** The lock's record where the disk does not give it: that is a fault, and never a store without a lock. */
import { afterEach, expect, test } from "bun:test";
import { countTry, encodeLock, readLock, writeLock } from "./lock-record.ts";

const ports = ["storage", "locks"] as const;
const before = ports.map((name) => Object.getOwnPropertyDescriptor(navigator, name));

afterEach(() => {
  for (const [i, name] of ports.entries()) {
    const was = before[i];
    if (was === undefined) Reflect.deleteProperty(navigator, name);
    else Object.defineProperty(navigator, name, was);
  }
});

/** A browser with this storage, and locks that are given one after the other. */
function storageIs(storage: unknown): void {
  let turn: Promise<unknown> = Promise.resolve();
  const request = (_: string, work: () => Promise<unknown>) => {
    const mine = turn.then(work);
    turn = mine.catch(() => undefined);
    return mine;
  };
  Object.defineProperty(navigator, "storage", { value: storage, configurable: true });
  Object.defineProperty(navigator, "locks", { value: { request }, configurable: true });
}

/** A folder whose record answers this. */
function recordIs(text: () => Promise<string>): void {
  storageIs({
    getDirectory: async () => ({ getFileHandle: async () => ({ getFile: async () => ({ text }) }) }),
  });
}

const failing = (name: string) => async () => {
  throw new DOMException("", name);
};

test("[ST33] a record that is there and cannot be read, or says nothing whole, is a fault", async () => {
  for (const name of ["NotReadableError", "InvalidStateError", "UnknownError"]) {
    recordIs(failing(name));
    await expect(readLock()).rejects.toThrow(DOMException);
  }
  for (const text of ["null", "7", "{}", '{"salt":[1]}', '{"salt":7,"wrap":[1]}', '{"salt":[1],"wrap":{"0":1}}']) {
    recordIs(async () => text);
    await expect(readLock()).rejects.toThrow(SyntaxError);
  }
});

test("[ST33] without a file, or where a browser keeps none, there is no lock; an empty one was never written", async () => {
  storageIs({ getDirectory: async () => ({ getFileHandle: failing("NotFoundError") }) });
  expect(await readLock()).toBeUndefined();
  recordIs(failing("NotFoundError"));
  expect(await readLock()).toBeUndefined();
  storageIs({ getDirectory: failing("SecurityError") });
  expect(await readLock()).toBeUndefined();
  storageIs(undefined);
  expect(await readLock()).toBeUndefined();
  recordIs(async () => "");
  expect(await readLock()).toBeUndefined();
});

/** A folder that keeps one file, which cannot be read any more once it was replaced after it was got. */
function folderIs(text: string): void {
  let kept = text;
  const file = {
    getFile: async () => {
      const got = kept;
      const text = async () => {
        await Bun.sleep(5);
        return got === kept ? got : failing("NotReadableError")();
      };
      return { text };
    },
    createWritable: async () => {
      let written = "";
      return {
        write: async (more: string) => {
          written += more;
        },
        close: async () => {
          await Bun.sleep(0);
          kept = written;
        },
      };
    },
  };
  storageIs({ getDirectory: async () => ({ getFileHandle: async () => file }) });
}

const record = {
  version: 1,
  salt: Uint8Array.of(1),
  logN: 17,
  wrap: Uint8Array.of(2),
  asks: "digits",
  afterMs: 0,
  wrong: 0,
  wrongMs: 0,
} as const;

test("[ST32] of twelve tries at once five are made, and counted; the others wait", async () => {
  folderIs(encodeLock(record));
  const tries = await Promise.all(Array.from({ length: 12 }, () => countTry()));
  expect(tries.filter((one) => one?.waitMs === 0).length).toBe(5);
  expect((await readLock())?.wrong).toBe(5);
});

test("[ST34] a record is read whole while it is replaced again and again", async () => {
  folderIs(encodeLock(record));
  const writes = Array.from({ length: 20 }, (_, i) => writeLock({ ...record, afterMs: i }));
  const reads = Array.from({ length: 20 }, () => readLock());
  await Promise.all(writes);
  expect((await Promise.all(reads)).filter((one) => one === undefined)).toEqual([]);
});
