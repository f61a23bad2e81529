/** People met, and those among them who are contacts. */
import type { AccountId, Bytes, Capability, UnixMs } from "@yanshu/wire";
import type { Database } from "../database.ts";

export type PersonRow = {
  readonly account: AccountId;
  readonly name: string;
  readonly avatar: Bytes | null;
  readonly own_word: number;
  /** What follows their name when they are patted. */
  readonly pat: string;
  readonly stamp_ms: number;
  /** The capability with which others may pass on their card (ID24). */
  readonly passing: Capability | null;
};
export type ContactState = "contact" | "requested" | "incoming" | "blocked" | "deleted";
export type Trust = "scanned" | "introduced" | "none";
export type ContactRecord = {
  readonly account: AccountId;
  readonly state: ContactState;
  readonly remark: string;
  readonly trust: Trust;
  readonly phone: string;
  readonly description: string;
  readonly is_starred: number;
  /** JSON: names of tags. */
  readonly tags: string;
  /** JSON; empty when it is not known. */
  readonly source: string;
  readonly stamp_ms: UnixMs;
};

export function readPerson(db: Database, account: AccountId): PersonRow | undefined {
  return db.get<PersonRow>("SELECT * FROM people WHERE account = ?", account);
}

export function readPeopleOfContacts(db: Database): readonly PersonRow[] {
  return db.all<PersonRow>("SELECT p.* FROM contacts AS c JOIN people AS p ON p.account = c.account");
}

/** Who is a member somewhere and no contact, by name. */
export function readStrangers(db: Database): readonly PersonRow[] {
  return db.all<PersonRow>(
    `SELECT p.* FROM people AS p
     WHERE p.name <> '' AND EXISTS (SELECT 1 FROM members AS m WHERE m.account = p.account)
       AND NOT EXISTS (SELECT 1 FROM contacts AS c WHERE c.account = p.account)
     ORDER BY p.account`,
  );
}

/** Their own word outranks an introduction; among equals the newer counts (ID9). Returns whether it changed. */
export function learnPerson(
  db: Database,
  person: {
    account: AccountId;
    name: string;
    avatar: Bytes | undefined;
    pat?: string;
    ownWord: boolean;
    stampMs: UnixMs;
  },
): boolean {
  return (
    db.run(
      `INSERT INTO people (account, name, avatar, own_word, stamp_ms, pat) VALUES (?, ?, ?, ?, ?, coalesce(?, ''))
       ON CONFLICT (account) DO UPDATE SET name = excluded.name,
         avatar = CASE WHEN excluded.own_word = 1 THEN excluded.avatar ELSE coalesce(excluded.avatar, people.avatar) END, own_word = excluded.own_word, stamp_ms = excluded.stamp_ms,
         pat = coalesce(?, people.pat)
       WHERE (excluded.own_word, excluded.stamp_ms, excluded.avatar IS NOT NULL) > (people.own_word, people.stamp_ms, people.avatar IS NOT NULL)`,
      person.account,
      person.name,
      person.avatar ?? null,
      person.ownWord ? 1 : 0,
      person.stampMs,
      person.pat ?? null,
      person.pat ?? null,
    ) > 0
  );
}

/** What they told of themselves with a stamp after this moment is outdone by their next word, whatever its stamp. */
export function forgetStampsAhead(db: Database, account: AccountId, nowMs: number): void {
  db.run(
    `UPDATE people SET stamp_ms = iif(stamp_ms > ?1, 1, stamp_ms), passing_ms = iif(passing_ms > ?1, 1, passing_ms)
     WHERE account = ?2`,
    nowMs,
    account,
  );
}

/** Of somebody who was only heard of, and is nobody's member and no contact. */
export function forgetPerson(db: Database, account: AccountId): void {
  db.run(
    `DELETE FROM people WHERE account = ?1 AND own_word = 0
     AND NOT EXISTS (SELECT 1 FROM members WHERE account = ?1) AND NOT EXISTS (SELECT 1 FROM contacts WHERE account = ?1)
     AND NOT EXISTS (SELECT 1 FROM join_requests WHERE account = ?1)`,
    account,
  );
}

/** Whether their card may be passed on: what their newest profile said (ID24). */
export function learnPassing(db: Database, account: AccountId, passing: Capability | undefined, stampMs: UnixMs): void {
  db.run(
    "UPDATE people SET passing = ?, passing_ms = ? WHERE account = ? AND passing_ms <= ?",
    passing ?? null,
    stampMs,
    account,
    stampMs,
  );
}

export function readContact(db: Database, account: AccountId): ContactRecord | undefined {
  return db.get<ContactRecord>("SELECT * FROM contacts WHERE account = ?", account);
}

export function readContacts(db: Database): readonly ContactRecord[] {
  return db.all<ContactRecord>("SELECT * FROM contacts");
}

type ContactChange = Partial<Omit<ContactRecord, "account" | "stamp_ms">>;

/** A decision of this account. What is not in `change` stays as it is. The stamp only grows. */
export function writeContact(db: Database, account: AccountId, change: ContactChange, stampMs: UnixMs): void {
  setContact(db, account, change, (heldMs) => Math.max(stampMs, heldMs + 1));
}

/** What every own device hears by itself, so that the stamp stays: a decision outranks it (docs/spec/sync.md SY60). */
export function writeHeardContact(db: Database, account: AccountId, change: ContactChange): void {
  setContact(db, account, change, (heldMs) => heldMs);
}

function setContact(
  db: Database,
  account: AccountId,
  change: ContactChange,
  stampAfter: (heldMs: UnixMs) => UnixMs,
): void {
  const held = readContact(db, account);
  const next = { ...blank, ...held, ...change };
  db.run(
    `INSERT INTO contacts (account, state, remark, trust, phone, description, is_starred, tags, source, stamp_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (account) DO UPDATE SET state = excluded.state, remark = excluded.remark, trust = excluded.trust,
       phone = excluded.phone, description = excluded.description, is_starred = excluded.is_starred,
       tags = excluded.tags, source = excluded.source, stamp_ms = excluded.stamp_ms`,
    account,
    next.state,
    next.remark,
    next.trust,
    next.phone,
    next.description,
    next.is_starred,
    next.tags,
    next.source,
    stampAfter(held?.stamp_ms ?? 0),
  );
}

const blank = {
  state: "incoming",
  remark: "",
  trust: "none",
  phone: "",
  description: "",
  is_starred: 0,
  tags: "[]",
  source: "",
} satisfies Partial<ContactRecord>;
