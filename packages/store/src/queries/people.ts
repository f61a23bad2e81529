/** People met, and those among them who are contacts. */
import type { AccountId, Bytes, UnixMs } from "@yanshu/wire";
import type { Database } from "../database.ts";

export type PersonRow = {
  readonly account: AccountId;
  readonly name: string;
  readonly avatar: Bytes | null;
  readonly own_word: number;
  readonly stamp_ms: number;
};
export type ContactState = "contact" | "requested" | "incoming" | "blocked" | "deleted";
export type Trust = "scanned" | "introduced" | "none";
export type ContactRecord = {
  readonly account: AccountId;
  readonly state: ContactState;
  readonly remark: string;
  readonly trust: Trust;
  readonly stamp_ms: UnixMs;
};

export function readPerson(db: Database, account: AccountId): PersonRow | undefined {
  return db.get<PersonRow>("SELECT * FROM people WHERE account = ?", account);
}

/** Their own word outranks an introduction; among equals the newer counts (ID9). Answers whether it changed. */
export function learnPerson(
  db: Database,
  person: { account: AccountId; name: string; avatar: Bytes | undefined; ownWord: boolean; stampMs: UnixMs },
): boolean {
  return (
    db.run(
      `INSERT INTO people (account, name, avatar, own_word, stamp_ms) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (account) DO UPDATE SET name = excluded.name, avatar = excluded.avatar, own_word = excluded.own_word, stamp_ms = excluded.stamp_ms
       WHERE (excluded.own_word, excluded.stamp_ms) > (people.own_word, people.stamp_ms)`,
      person.account,
      person.name,
      person.avatar ?? null,
      person.ownWord ? 1 : 0,
      person.stampMs,
    ) > 0
  );
}

export function readContact(db: Database, account: AccountId): ContactRecord | undefined {
  return db.get<ContactRecord>("SELECT * FROM contacts WHERE account = ?", account);
}

export function readContacts(db: Database): readonly ContactRecord[] {
  return db.all<ContactRecord>("SELECT * FROM contacts");
}

export function writeContact(
  db: Database,
  account: AccountId,
  change: Partial<Pick<ContactRecord, "state" | "remark" | "trust">>,
  stampMs: UnixMs,
): void {
  const held = readContact(db, account);
  db.run(
    `INSERT INTO contacts (account, state, remark, trust, stamp_ms) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (account) DO UPDATE SET state = excluded.state, remark = excluded.remark, trust = excluded.trust, stamp_ms = excluded.stamp_ms`,
    account,
    change.state ?? held?.state ?? "incoming",
    change.remark ?? held?.remark ?? "",
    change.trust ?? held?.trust ?? "none",
    Math.max(stampMs, (held?.stamp_ms ?? 0) + 1),
  );
}
