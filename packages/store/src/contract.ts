/**
 * The contract of `Database`: what every adapter must do, as cases that need no test runner, for
 * the same suite runs under Bun and in a browser's worker (docs/spec/store.md ST1–ST8). A case
 * fails by throwing.
 */
import type { Database, SqlValue } from "./database.ts";
import { databaseVersion, type Migration, migrate, NewerDatabaseError } from "./migrate.ts";
import { StorageError } from "./storage-error.ts";

/** One place where a database lives: the first `open` finds it empty, the next as it was left. */
export type DatabaseStorage = {
  readonly open: () => Promise<Database>;
};

export type DatabaseContractCase = {
  readonly title: string;
  /** Needs a storage that outlives `close`: not for a database in memory. */
  readonly needsDisk: boolean;
  readonly run: (storage: DatabaseStorage) => Promise<void>;
};

function anywhere(title: string, check: (db: Database) => void): DatabaseContractCase {
  return {
    title,
    needsDisk: false,
    run: async ({ open }) => {
      const db = await open();
      try {
        check(db);
      } finally {
        db.close();
      }
    },
  };
}

function onDisk(title: string, run: DatabaseContractCase["run"]): DatabaseContractCase {
  return { title, needsDisk: true, run };
}

export const databaseContract: readonly DatabaseContractCase[] = [
  anywhere("[ST2] what is written is read back as it was", (db) => {
    db.script("CREATE TABLE kept (id INTEGER PRIMARY KEY, value ANY) STRICT");
    const everyByte = Uint8Array.from({ length: 256 }, (_, value) => value);
    const values: readonly SqlValue[] = [
      "外婆：八点见 👵🏼",
      "",
      "a\u0000b",
      0,
      -1,
      0.5,
      1_767_225_600_123,
      Number.MAX_SAFE_INTEGER,
      Number.MIN_SAFE_INTEGER,
      2 ** 53,
      2 ** 64,
      -1e300,
      Number.POSITIVE_INFINITY,
      null,
      new Uint8Array(0),
      everyByte,
      new Uint8Array(1_000_000).fill(7),
    ];
    values.forEach((value, id) => {
      db.run("INSERT INTO kept VALUES (?, ?)", id, value);
    });
    const rows = db.all<{ id: number; value: SqlValue }>("SELECT id, value FROM kept ORDER BY id");
    same(rows.length, values.length, "every row is there");
    values.forEach((value, id) => {
      same(rows[id]?.value, value, `value ${id}`);
    });
  }),

  anywhere("[ST2] whole numbers are integers to SQL, broken ones reals", (db) => {
    const row = db.get("SELECT typeof(?) AS small, typeof(?) AS date, typeof(?) AS broken", 1, 1_767_225_600_123, 0.5);
    same(row?.["small"], "integer", "a small number");
    same(row?.["date"], "integer", "milliseconds since 1970");
    same(row?.["broken"], "real", "a half");
  }),

  anywhere("[ST2] bytes are a Uint8Array of their own, not a window on somebody's memory", (db) => {
    db.script("CREATE TABLE kept (value BLOB NOT NULL) STRICT");
    const larger = new Uint8Array([9, 1, 2, 3, 9]);
    db.run("INSERT INTO kept VALUES (?)", larger.subarray(1, 4));
    larger.fill(0);
    const read = (): Uint8Array => db.get<{ value: Uint8Array }>("SELECT value FROM kept")?.value as Uint8Array;
    const first = read();
    same(first, new Uint8Array([1, 2, 3]), "the part that was given, as it was then");
    same(Object.getPrototypeOf(first), Uint8Array.prototype, "a plain Uint8Array");
    const second = read();
    first.fill(0);
    same(second, new Uint8Array([1, 2, 3]), "another read");
  }),

  anywhere("[ST3] run answers how many rows the statement changed, triggers not counted", (db) => {
    db.script(`
      CREATE TABLE message (id INTEGER PRIMARY KEY, read INTEGER NOT NULL) STRICT;
      CREATE TABLE trace (id INTEGER NOT NULL) STRICT;
      CREATE TRIGGER traced AFTER UPDATE ON message BEGIN INSERT INTO trace VALUES (new.id); END;
    `);
    same(db.run("INSERT INTO message VALUES (1, 0), (2, 0), (3, 1)"), 3, "three inserted");
    same(db.run("UPDATE message SET read = 1 WHERE read = 0"), 2, "two updated");
    same(db.run("UPDATE message SET read = 1 WHERE id = 9"), 0, "none updated");
    same(db.run("CREATE INDEX message_read ON message (read)"), 0, "an index changes no row");
    same(db.run("DELETE FROM message WHERE id > ?", 1), 2, "two deleted");
    same(db.run("INSERT OR IGNORE INTO message VALUES (1, 1)"), 0, "none, for it is there");
  }),

  anywhere("[ST3] get answers the first row or undefined, all every row in order", (db) => {
    db.script("CREATE TABLE n (n INTEGER NOT NULL) STRICT; INSERT INTO n VALUES (3), (1), (2);");
    same(db.get("SELECT n FROM n WHERE n > ?", 5), undefined, "no row");
    same(db.get<{ n: number }>("SELECT n FROM n ORDER BY n")?.n, 1, "the first");
    same(db.get<{ n: number }>("SELECT n FROM n ORDER BY n")?.n, 1, "the first, again");
    same(
      db
        .all<{ n: number }>("SELECT n FROM n ORDER BY n")
        .map(({ n }) => n)
        .join(),
      "1,2,3",
      "in order",
    );
    same(db.all("SELECT n FROM n WHERE n > 5").length, 0, "an empty list");
    same(db.get<{ n: number }>("INSERT INTO n VALUES (4) RETURNING n")?.n, 4, "RETURNING answers its row");
    same(db.get<{ c: number }>("SELECT count(*) AS c FROM n")?.c, 4, "and took place once");
  }),

  anywhere("[ST3] a statement with too few or too many values is refused", (db) => {
    refuses(() => db.get("SELECT ? AS a, ? AS b", 1), "one value of two");
    refuses(() => db.get("SELECT ? AS a", 1, 2), "two values for one");
    same(db.get<{ a: number }>("SELECT ? AS a", 1)?.a, 1, "and the right number still works");
  }),

  anywhere("[ST3] a bad statement is refused, and the next one works", (db) => {
    refuses(() => db.run("SELEKT 1"), "a word that SQL does not know");
    refuses(() => db.script("CREATE TABLE a (x) STRICT; nonsense"), "a bad script");
    db.script("CREATE TABLE once (id INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL) STRICT");
    db.run("INSERT INTO once VALUES (1, 1)");
    refuses(() => db.run("INSERT INTO once VALUES (?, ?)", 1, 1), "the same key twice");
    refuses(() => db.run("INSERT INTO once VALUES (?, ?)", 2, "noon"), "text in a strict column of numbers");
    same(db.run("INSERT INTO once VALUES (?, ?)", 2, 1), 1, "the same statement with good values");
  }),

  anywhere("[ST3] a statement seen before sees a column added since", (db) => {
    db.script("CREATE TABLE grows (a INTEGER NOT NULL) STRICT; INSERT INTO grows VALUES (1);");
    same(db.get("SELECT * FROM grows")?.["b"], undefined, "before");
    db.script("ALTER TABLE grows ADD COLUMN b TEXT NOT NULL DEFAULT 'new'");
    same(db.get("SELECT * FROM grows")?.["b"], "new", "after");
  }),

  anywhere("[ST3] more different statements than are kept all work", (db) => {
    for (let round = 0; round < 2; round++) {
      for (let n = 0; n < 700; n++) same(db.get<{ n: number }>(`SELECT ${n} AS n`)?.n, n, "its own answer");
    }
  }),

  anywhere("[ST3] a closed database refuses, and closes twice without harm", (db) => {
    db.close();
    db.close();
    refuses(() => db.get("SELECT 1"), "get");
    refuses(() => db.script("SELECT 1"), "script");
    refuses(() => db.transaction(() => 1), "transaction");
  }),

  anywhere("[ST3] each table says that it was written, and no other, whatever the statement looks like", (db) => {
    db.script("CREATE TABLE one (n INTEGER PRIMARY KEY) STRICT; CREATE TABLE other (n INTEGER PRIMARY KEY) STRICT;");
    let before = [0, 0];
    /** Which of them were written since. */
    const since = (): string => {
      const now = [db.written("one"), db.written("other")];
      const grown = ["one", "other"].filter((_, at) => (now[at] as number) > (before[at] as number));
      before = now;
      return grown.join();
    };
    since();
    db.run("INSERT INTO one VALUES (1)");
    same(since(), "one", "INSERT");
    db.run("INSERT OR IGNORE INTO one VALUES (1)");
    same(since(), "", "what changes no row");
    db.all("SELECT * FROM one JOIN other USING (n)");
    same(since(), "", "a read");
    db.get("INSERT INTO other VALUES (1) ON CONFLICT DO UPDATE SET n = 1 RETURNING n");
    same(since(), "other", "an upsert that answers its row");
    db.run('UPDATE "one" SET n = 2');
    db.run("WITH gone AS (SELECT n FROM one) DELETE FROM other WHERE n NOT IN (SELECT n FROM gone)");
    same(since(), "one,other", "UPDATE, and DELETE behind WITH");
    refuses(
      () =>
        db.transaction(() => {
          db.run("INSERT INTO one VALUES (3)");
          since();
          throw new Error("stop");
        }),
      "work that throws",
    );
    same(since(), "one,other", "rolled back: what was read meanwhile is not so");
    const both = db.written("one", "other");
    db.run("INSERT INTO other VALUES (3)");
    same(db.written("one", "other") > both, true, "several together");
  }),

  anywhere("[ST4] a transaction happens as a whole or not at all", (db) => {
    db.script("CREATE TABLE n (n INTEGER NOT NULL) STRICT");
    const count = (): unknown => db.get("SELECT count(*) AS c FROM n")?.["c"];
    const answer = db.transaction(() => {
      db.run("INSERT INTO n VALUES (1)");
      return "done";
    });
    same(answer, "done", "what the work answered");
    same(count(), 1, "kept");
    const cause = new Error("stop");
    const thrown = refuses(
      () =>
        db.transaction(() => {
          db.run("INSERT INTO n VALUES (2)");
          db.script("CREATE TABLE other (x INTEGER NOT NULL) STRICT");
          throw cause;
        }),
      "work that throws",
    );
    same(thrown, cause, "the error is the one that was thrown");
    same(count(), 1, "rolled back");
    same(db.get("SELECT 1 FROM sqlite_schema WHERE name = 'other'"), undefined, "the table too");
    db.transaction(() => db.run("INSERT INTO n VALUES (3)"));
    same(count(), 2, "the next transaction works");
  }),

  anywhere("[ST4] a transaction is neither nested nor waits", (db) => {
    db.script("CREATE TABLE n (n INTEGER NOT NULL) STRICT");
    const insert = (): number => db.run("INSERT INTO n VALUES (1)");
    refuses(() => db.transaction(() => db.transaction(insert)), "one inside another");
    refuses(
      () =>
        db.transaction(() => {
          insert();
          return Promise.resolve();
        }),
      "work that answers a promise",
    );
    refuses(() => db.transaction(() => db.close()), "closing inside");
    same(db.get("SELECT count(*) AS c FROM n")?.["c"], 0, "nothing was kept");
    db.transaction(insert);
    same(db.get("SELECT count(*) AS c FROM n")?.["c"], 1, "and the next works");
  }),

  anywhere("[ST4] a constraint checked at the end of a transaction undoes it", (db) => {
    db.script(`
      CREATE TABLE parent (id INTEGER PRIMARY KEY) STRICT;
      CREATE TABLE child (parent INTEGER NOT NULL REFERENCES parent DEFERRABLE INITIALLY DEFERRED) STRICT;
    `);
    refuses(() => db.transaction(() => db.run("INSERT INTO child VALUES (9)")), "a child without its parent");
    same(db.get("SELECT count(*) AS c FROM child")?.["c"], 0, "no child");
    db.transaction(() => db.run("INSERT INTO parent VALUES (9)"));
  }),

  anywhere("[ST6] foreign keys hold, and what is deleted is overwritten", (db) => {
    same(db.get("PRAGMA foreign_keys")?.["foreign_keys"], 1, "foreign_keys");
    same(db.get("PRAGMA secure_delete")?.["secure_delete"], 1, "secure_delete");
    db.script(`
      CREATE TABLE room (id INTEGER PRIMARY KEY) STRICT;
      CREATE TABLE word (room INTEGER NOT NULL REFERENCES room ON DELETE CASCADE) STRICT;
      INSERT INTO room VALUES (1);
      INSERT INTO word VALUES (1);
    `);
    refuses(() => db.run("INSERT INTO word VALUES (2)"), "a word in no room");
    db.run("DELETE FROM room");
    same(db.get("SELECT count(*) AS c FROM word")?.["c"], 0, "words go with their room");
  }),

  anywhere("[ST6] full-text search that can forget is built in", (db) => {
    db.script("CREATE VIRTUAL TABLE found USING fts5 (words, detail = none, content = '', contentless_delete = 1)");
    db.run("INSERT INTO found (rowid, words) VALUES (?, ?)", 7, "八点 点见");
    const search = (): readonly unknown[] => db.all("SELECT rowid FROM found WHERE found MATCH ?", '"点见"');
    same(search().length, 1, "found");
    db.run("DELETE FROM found WHERE rowid = ?", 7);
    same(search().length, 0, "forgotten");
  }),

  anywhere("[ST14] a full disk is told from a bad statement, keeps what was there, and serves again", (db) => {
    db.script(
      "CREATE TABLE message (id INTEGER PRIMARY KEY, words BLOB NOT NULL) STRICT; INSERT INTO message VALUES (1, x'07')",
    );
    const pages = Number(db.get("PRAGMA page_count")?.["page_count"]);
    db.script(`PRAGMA max_page_count = ${pages + 4}`);
    const long = new Uint8Array(100_000).fill(7);
    const insert = (): number => db.run("INSERT INTO message VALUES (2, ?)", long);
    const full = refuses(insert, "more than there is room for");
    same(full instanceof StorageError && full.code, "SQLITE_FULL", "the disk's error");
    same(refuses(() => db.transaction(insert), "in a transaction") instanceof StorageError, true, "the disk's error");
    const twice = refuses(() => db.run("INSERT INTO message VALUES (1, x'08')"), "the same key twice");
    same(twice instanceof StorageError, false, "the statement's error");
    same(db.get("SELECT count(*) AS c FROM message")?.["c"], 1, "what was there stays");
    db.script("PRAGMA max_page_count = 100000");
    same(db.transaction(insert), 1, "with the room");
  }),

  onDisk("[ST5] what was committed is there when the database is opened again", async ({ open }) => {
    const first = await open();
    same(first.get("PRAGMA synchronous")?.["synchronous"], 2, "synchronous = FULL");
    same(first.get("PRAGMA journal_mode")?.["journal_mode"], "wal", "journal_mode = WAL");
    first.script("CREATE TABLE n (n INTEGER NOT NULL) STRICT");
    first.transaction(() => {
      for (let n = 0; n < 1000; n++) first.run("INSERT INTO n VALUES (?)", n);
    });
    refuses(
      () =>
        first.transaction(() => {
          first.run("INSERT INTO n VALUES (-1)");
          throw new Error("stop");
        }),
      "work that throws",
    );
    first.close();
    for (let round = 0; round < 2; round++) {
      const again = await open(); // Twice: a WAL that was reopened once must open once more.
      same(again.get("SELECT count(*) AS c, min(n) AS least FROM n")?.["c"], 1000 + round, "rows");
      same(again.get("SELECT min(n) AS least FROM n")?.["least"], 0, "and not the one rolled back");
      again.run("INSERT INTO n VALUES (5)");
      again.close();
    }
  }),

  anywhere("[ST7] migrations run once, in order", (db) => {
    same(migrate(db, threeMigrations.slice(0, 2)), 2, "two steps");
    same(databaseVersion(db), 2, "version 2");
    db.run("INSERT INTO message (words) VALUES ('kept')");
    same(migrate(db, threeMigrations), 1, "one step more");
    same(databaseVersion(db), 3, "version 3");
    same(migrate(db, threeMigrations), 0, "nothing left");
    same(db.get("SELECT words FROM message")?.["words"], "kept", "what was there stays");
  }),

  anywhere("[ST7] a migration that fails leaves the version before it, whole", (db) => {
    migrate(db, threeMigrations.slice(0, 1));
    const bad = "CREATE TABLE half (x INTEGER NOT NULL) STRICT; INSERT INTO nowhere VALUES (1);";
    refuses(() => migrate(db, [...threeMigrations.slice(0, 1), { version: 2, up: bad }]), "a bad step");
    same(databaseVersion(db), 1, "version 1");
    same(db.get("SELECT 1 FROM sqlite_schema WHERE name = 'half'"), undefined, "no half of it");
    same(migrate(db, threeMigrations), 2, "the mended step runs");
  }),

  anywhere("[ST7] migrations out of order are refused before anything runs; a number may be left out", (db) => {
    const [first, second, third] = threeMigrations as [Migration, Migration, Migration];
    refuses(() => migrate(db, [first, third, second]), "1, 3, 2");
    refuses(() => migrate(db, [first, first]), "1, 1");
    same(databaseVersion(db), 0, "nothing ran");
    same(migrate(db, [first, { version: 7, up: second.up }]), 2, "two steps");
    same(databaseVersion(db), 7, "the last one's number");
  }),

  onDisk("[ST8] a database of a newer program is refused and left as it is", async ({ open }) => {
    const newer = await open();
    migrate(newer, threeMigrations);
    newer.run("INSERT INTO message (words) VALUES ('from the future')");
    newer.close();
    const older = await open();
    const error = refuses(() => migrate(older, threeMigrations.slice(0, 2)), "an older program");
    same(error instanceof NewerDatabaseError && error.held === 3 && error.known === 2, true, "says both versions");
    older.close();
    const again = await open();
    same(databaseVersion(again), 3, "still version 3");
    same(again.get("SELECT words FROM message")?.["words"], "from the future", "and whole");
    again.close();
  }),
];

const threeMigrations: readonly Migration[] = [
  { version: 1, up: "CREATE TABLE message (words TEXT NOT NULL) STRICT" },
  { version: 2, up: "ALTER TABLE message ADD COLUMN read INTEGER NOT NULL DEFAULT 0" },
  { version: 3, up: "CREATE INDEX message_read ON message (read)" },
];

function same(actual: unknown, expected: unknown, what: string): void {
  const equal =
    actual instanceof Uint8Array && expected instanceof Uint8Array
      ? actual.length === expected.length && actual.every((byte, at) => byte === expected[at])
      : Object.is(actual, expected);
  if (!equal) throw new Error(`${what}: expected ${describe(expected)}, got ${describe(actual)}`);
}

/** Returns what was thrown. */
function refuses(work: () => unknown, what: string): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error(`${what}: expected to be refused`);
}

function describe(value: unknown): string {
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
