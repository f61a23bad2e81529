/**
 * Worker: the calls of `calls.ts` on the real adapter.
 */
import {
  copyBrowserDatabase,
  destroyBrowserDatabase,
  type Emit,
  holdLeadership,
  openBrowserDatabase,
  openLastingDatabase,
  type Tabs,
} from "../../src/browser/index.ts";
import { type Database, databaseContract, emptyLog } from "../../src/index.ts";
import type { Calls, WordRequest } from "./calls.ts";

let database: Database | undefined;
let tabs: Tabs<WordRequest, readonly string[], string> | undefined;
const events: string[] = [];
const leaders: string[] = [];
let lost = 0;
let gone = 0;
const pageBytes = 4_096;

function opened(): Database {
  if (database === undefined) throw new Error("no database is open");
  return database;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

async function lead(name: string, emit: Emit<string>) {
  const { db } = await openBrowserDatabase(name);
  db.script("CREATE TABLE IF NOT EXISTS word (word TEXT NOT NULL) STRICT");
  const list = (): readonly string[] => db.all<{ word: string }>("SELECT word FROM word").map(({ word }) => word);
  return {
    serve: (request: WordRequest): readonly string[] | Promise<readonly string[]> => {
      if (request.kind === "list" || list().includes(request.word)) return list();
      db.run("INSERT INTO word VALUES (?)", request.word);
      emit(request.word, request.kind === "add-here" ? "this tab" : "all");
      return request.kind === "add-and-hang" ? new Promise(() => undefined) : list();
    },
    stop: () => db.close(),
  };
}

const keyOf = (byte: number) => new Uint8Array(32).fill(byte);

type Implementation = {
  readonly [Name in keyof Calls]: (...args: Parameters<Calls[Name]>) => Promise<ReturnType<Calls[Name]>>;
};

const implementation: Implementation = {
  contractCase: async (name, title, isSealed = false) => {
    const found = databaseContract.find((each) => each.title === title);
    if (found === undefined) return "there is no such case";
    try {
      const key = isSealed ? keyOf(7) : undefined;
      await found.run({ open: async () => (await openBrowserDatabase(name, key)).db });
      return undefined;
    } catch (error) {
      return messageOf(error);
    }
  },
  open: async (name) => {
    try {
      const { db, persistent } = await openBrowserDatabase(name);
      database = db;
      return { persistent };
    } catch (error) {
      return { error: messageOf(error) };
    }
  },
  openLasting: async (name, mayLose) => {
    try {
      const { db, persistent } = await openLastingDatabase(name, {
        mayLose: async () => mayLose,
        lost: () => {
          lost++;
        },
        gone: () => {
          gone++;
        },
      });
      database = db;
      return { persistent };
    } catch (error) {
      return { error: messageOf(error) };
    }
  },
  lost: async () => lost,
  gone: async () => gone,
  damage: async (name, pages) => {
    const root = await navigator.storage.getDirectory();
    const pool = await (await root.getDirectoryHandle(`yanshu-${name}`)).getDirectoryHandle(".opaque");
    for await (const entry of pool.values()) {
      const file = await (entry as FileSystemFileHandle).createSyncAccessHandle();
      const [from, size] = [(1 + pages) * pageBytes, file.getSize()]; // After the pool's own header.
      if (size > from) file.write(new Uint8Array(size - from).fill(0xee), { at: from });
      file.close();
    }
  },
  openSealed: async (name, key) => {
    try {
      const { db, persistent } = await openBrowserDatabase(name, keyOf(key));
      database = db;
      return { persistent };
    } catch (error) {
      return { error: messageOf(error) };
    }
  },
  seal: async (from, to, key) => {
    await copyBrowserDatabase({ name: from }, { name: to, key: keyOf(key) });
    await destroyBrowserDatabase(from);
  },
  standing: async (name, texts) => {
    const root = await navigator.storage.getDirectory();
    const folder = await (await root.getDirectoryHandle(`yanshu-${name}`)).getDirectoryHandle(".opaque");
    const found = new Set<string>();
    for await (const entry of folder.values()) {
      const bytes = await (await (entry as FileSystemFileHandle).getFile()).arrayBuffer();
      const text = new TextDecoder("latin1").decode(bytes);
      for (const one of texts) if (text.includes(one)) found.add(one);
    }
    return [...found];
  },
  shut: async () => opened().close(),
  emptyLog: async () => emptyLog(opened()),
  sql: async (sql) => opened().all(sql),
  insertMs: async (count) => {
    const db = opened();
    db.script("CREATE TABLE IF NOT EXISTS timed (body BLOB NOT NULL) STRICT");
    const body = new Uint8Array(300);
    const startMs = performance.now();
    for (let n = 0; n < count; n++) db.transaction(() => db.run("INSERT INTO timed VALUES (?)", body));
    return performance.now() - startMs;
  },
  join: async (name) => {
    tabs = holdLeadership(name, (emit: Emit<string>) => lead(name, emit));
    tabs.onEvent((event) => events.push(event));
    tabs.onLeader((leader) => leaders.push(leader));
  },
  leave: async () => tabs?.close(),
  ask: async (request, repeatable) => {
    try {
      return (await tabs?.request(request, { repeatable })) ?? [];
    } catch (error) {
      return { error: messageOf(error) };
    }
  },
  heard: async () => ({ events, leaders }),
};

self.onmessage = async ({ data }: MessageEvent<{ id: number; name: keyof Calls; args: never }>) => {
  const work = implementation[data.name] as (...args: readonly unknown[]) => Promise<unknown>;
  try {
    self.postMessage({ id: data.id, answer: await work(...(data.args as readonly unknown[])) });
  } catch (error) {
    self.postMessage({ id: data.id, error: messageOf(error) });
  }
};
