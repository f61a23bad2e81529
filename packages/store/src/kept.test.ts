/** How long own messages are kept to be said again (docs/spec/sync.md SY9a). */
import { expect, test } from "bun:test";
import { openBunDatabase } from "./bun/index.ts";
import { dropOldSent, migrate, migrations, readAllSent, recordSent } from "./index.ts";

const [one, other] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
const nothing = new Uint8Array();

function kept(
  limits: { readonly sinceMs?: number; readonly messages?: number; readonly bytes?: number },
  isAside = (_: number) => false,
) {
  const db = openBunDatabase(":memory:");
  migrate(db, migrations);
  for (const conversation of [one, other])
    for (let seq = 1; seq <= 10; seq++)
      recordSent(
        db,
        conversation,
        {
          seq,
          id: new Uint8Array(16).fill(seq),
          message: new Uint8Array(90),
          roster: new Uint8Array(10),
          isAside: isAside(seq),
        },
        100 * seq,
      );
  dropOldSent(db, one, { sinceMs: 0, messages: 100, bytes: 100_000, ...limits });
  const seqs = (conversation: Uint8Array) =>
    db
      .all<{ seq: number }>("SELECT seq FROM sent WHERE conversation = ? ORDER BY seq", conversation)
      .map(({ seq }) => seq);
  expect(seqs(other)).toHaveLength(10);
  return seqs(one);
}

test("[SY9a] of what is kept to be said again the latest stays: by time, by number and by size", () => {
  expect(kept({})).toHaveLength(10);
  expect(kept({ sinceMs: 800 })).toEqual([8, 9, 10]);
  expect(kept({ messages: 2 })).toEqual([9, 10]);
  expect(kept({ bytes: 450 })).toEqual([7, 8, 9, 10]);
  expect(kept({ sinceMs: 900, messages: 1 })).toEqual([10]);
});

test("[PR55] what programs ask pushes nothing out that people said, and has an end of its own", () => {
  // Two messages of people, and then eight questions.
  expect(kept({ messages: 3 }, (seq) => seq > 2)).toEqual([1, 2, 8, 9, 10]);
  expect(kept({ bytes: 250 }, (seq) => seq > 2)).toEqual([1, 2, 9, 10]);
});

test("[SY9a] said again, a message keeps its age", () => {
  const db = openBunDatabase(":memory:");
  migrate(db, migrations);
  const sent = { seq: 1, id: nothing, message: nothing, roster: nothing, isAside: false };
  for (const nowMs of [100, 900]) recordSent(db, one, sent, nowMs);
  dropOldSent(db, one, { sinceMs: 500, messages: 9, bytes: 9 });
  expect(db.all("SELECT 1 FROM sent")).toEqual([]);
});

test("[HM88] numbers by which nobody said anything are counted apart, and drive out nothing that was said", () => {
  const db = openBunDatabase(":memory:");
  migrate(db, migrations);
  const id = (seq: number) => new Uint8Array(16).fill(seq);
  for (let seq = 1; seq <= 40; seq++) {
    const isAside = seq > 3;
    const message = isAside ? nothing : new Uint8Array(9);
    recordSent(db, one, { seq, id: id(seq), message, roster: nothing, isAside }, 100);
  }
  dropOldSent(db, one, { sinceMs: 0, messages: 4, bytes: 100 });
  const seqs = db.all<{ seq: number }>("SELECT seq FROM sent ORDER BY seq").map(({ seq }) => seq);
  expect(seqs).toEqual([1, 2, 3, 37, 38, 39, 40]);
  expect(readAllSent(db, one).map(({ seq }) => seq)).toEqual([1, 2, 3]);
});
