/** What this device keeps of its person's taste (docs/spec/feed.md FY), and single values of Channels. */
import type { Bytes } from "@yanshu/wire";
import type { Database } from "../../database.ts";

export function writeChannelTaste(db: Database, entry: Bytes, value: number, atMs: number): void {
  db.run(
    `INSERT INTO channel_taste (entry, value, at_ms) VALUES (?, ?, ?)
     ON CONFLICT (entry) DO UPDATE SET value = excluded.value, at_ms = excluded.at_ms`,
    entry,
    value,
    atMs,
  );
}

/** The newest two thousand. */
export function readChannelTaste(db: Database): readonly { readonly entry: Bytes; readonly value: number }[] {
  return db.all("SELECT entry, value FROM channel_taste ORDER BY at_ms DESC LIMIT 2000");
}

export function forgetChannelTaste(db: Database): void {
  db.script("DELETE FROM channel_taste; DELETE FROM channel_topics;");
}

export function writeChannelTopic(db: Database, tag: string, level: number): void {
  if (level === 2) db.run("DELETE FROM channel_topics WHERE tag = ?", tag);
  else
    db.run(
      "INSERT INTO channel_topics (tag, level) VALUES (?, ?) ON CONFLICT (tag) DO UPDATE SET level = excluded.level",
      tag,
      level,
    );
}

export function readChannelTopics(db: Database): readonly { readonly tag: string; readonly level: number }[] {
  return db.all("SELECT tag, level FROM channel_topics ORDER BY tag");
}

export function readChannelValue(db: Database, name: string): Bytes | undefined {
  return db.get<{ value: Bytes }>("SELECT value FROM channel_values WHERE name = ?", name)?.value;
}

export function writeChannelValue(db: Database, name: string, value: Bytes): void {
  db.run(
    "INSERT INTO channel_values (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    name,
    value,
  );
}
