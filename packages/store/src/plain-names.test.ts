/** Versions 39 and 40 give tables, columns and stored values plain names (docs/spec/store.md ST7). */
import { expect, test } from "bun:test";
import { openBunDatabase } from "./bun/index.ts";
import {
  migrate,
  migrations,
  readComebacks,
  readCommittedChanges,
  readJobs,
  readJoins,
  readResyncAnswer,
} from "./index.ts";

const bytes = (value: number, length = 32) => new Uint8Array(length).fill(value);
const chat = bytes(1);
const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
/** CBOR of `{kind, title}`, as a job is stored. */
const job = (kind: string, title = "refound") => {
  const text = (value: string) => [0x60 + value.length, ...new TextEncoder().encode(value)];
  return Uint8Array.from([0xa2, ...text("kind"), ...text(kind), ...text("title"), ...text(title)]);
};
const textOf = (value: Uint8Array | undefined) => new TextDecoder().decode(value);

function filledByVersion38() {
  const db = openBunDatabase(":memory:");
  migrate(
    db,
    migrations.filter(({ version }) => version <= 38),
  );
  for (const kind of ["found", "refound", "remove"])
    db.run("INSERT INTO jobs (conversation, kind, args) VALUES (?, ?, ?)", chat, kind, job(kind));
  db.run(
    "INSERT INTO deeds (conversation, group_id, founding, epoch, done_ms, args) VALUES (?, ?, 1, 2, 3, ?)",
    chat,
    bytes(3),
    job("remove"),
  );
  db.run("INSERT INTO heal_answers VALUES (?, ?, 5, 6, 7)", chat, bytes(4));
  for (const what of ["heal-refused", "outside-refused", "fork"])
    db.run("INSERT INTO diagnostics (what, count) VALUES (?, 2)", what);
  db.run("INSERT INTO comebacks VALUES (?, 1, ?, ?, NULL, 1, 0, 0)", chat, bytes(8, 3), bytes(5, 16));
  db.run("INSERT INTO joins VALUES (?, 'g', 'asking', ?, 1, 0, NULL, ?)", bytes(6, 16), bytes(7, 16), bytes(9, 3));
  const line = `INSERT INTO messages (position, conversation, author, id, at_ms, kind, body, state, astray, voice)
    VALUES (?, ?, ?, ?, 1, ?, ?, 'sent', ?, 77)`;
  db.run(line, 1, chat, bytes(2), bytes(1, 16), "system", json({ kind: "refounded", by: "0a" }), 0);
  db.run(line, 2, chat, bytes(2), bytes(2, 16), "text", json({ kind: "refounded", by: "0a" }), 1);
  db.run("DELETE FROM unvaulted");
  for (const [n, kind] of ["ask", "again", "againTo", "gone", "text"].entries())
    for (const shown of [0, 1])
      db.run(
        "INSERT INTO outbox (conversation, id, body, shown, created_ms) VALUES (?, ?, ?, ?, 1)",
        chat,
        bytes(2 * n + shown, 16),
        job(kind),
        shown,
      );
  return db;
}

test("[ST7] what version 38 stored is found under the names of versions 39 and 40, and nothing of it is lost", () => {
  const db = filledByVersion38();
  expect(migrate(db, migrations)).toBeGreaterThan(0);
  expect(readJobs(db, chat).map(({ args }) => args)).toEqual(["create", "recreate", "remove"].map((kind) => job(kind)));
  expect(db.all("SELECT kind FROM jobs ORDER BY job")).toEqual(
    ["create", "recreate", "remove"].map((kind) => ({ kind })),
  );
  expect(readCommittedChanges(db, chat)).toMatchObject([{ change: 1, founding: 1, epoch: 2, done_ms: 3 }]);
  expect(readResyncAnswer(db, chat, bytes(4))).toEqual({ askedMs: 5, recreatedMs: 6, heardMs: 7 });
  expect(db.all("SELECT what FROM diagnostics ORDER BY what")).toEqual(
    ["fork", "not-a-member-refused", "resync-refused"].map((what) => ({ what })),
  );
  expect(readComebacks(db)).toMatchObject([{ addresses: bytes(8, 3) }]);
  expect(readJoins(db)).toMatchObject([{ admitters: bytes(9, 3) }]);
  const rows = db.all<{ body: Uint8Array; out_of_order: number; sender_device: number }>(
    "SELECT body, out_of_order, sender_device FROM messages ORDER BY position",
  );
  expect(rows.map(({ body }) => JSON.parse(textOf(body)).kind)).toEqual(["recreated", "refounded"]);
  expect(rows.map(({ out_of_order, sender_device }) => [out_of_order, sender_device])).toEqual([
    [0, 77],
    [1, 77],
  ]);
  const waiting = db.all<{ body: Uint8Array }>("SELECT body FROM outbox WHERE shown = 0 ORDER BY id");
  expect(waiting.map(({ body }) => body)).toEqual(
    ["resendRequest", "resend", "sealedResend", "unavailable", "text"].map((kind) => job(kind)),
  );
  const shown = db.all<{ body: Uint8Array }>("SELECT body FROM outbox WHERE shown = 1 ORDER BY id");
  expect(shown.map(({ body }) => body)).toEqual(["ask", "again", "againTo", "gone", "text"].map((kind) => job(kind)));
  // A new name of a kind is no change of a message: nothing of it goes into the vault once more.
  expect(db.all("SELECT * FROM unvaulted")).toEqual([]);
});
