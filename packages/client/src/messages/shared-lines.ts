/**
 * Shared lines: the system lines of groups, as own devices tell them to a device that joins (docs/spec/sync.md SY42). A
 * system line says in a chat what happened, such as "Ann added Ben". The vault does not hold them (VA7), so another
 * device of the same account sends them, and the names of the people in them.
 */
import { historyLimits, type SyncItem } from "@yanshu/content";
import { hasLines, insertToldLine, linesToTell, readConversations, readPerson, type ToldLine } from "@yanshu/store";
import { type Bytes, fromHex, fromUtf8, utf8 } from "@yanshu/wire";
import { type Engine, kindOf, topicOf } from "../core/engine.ts";
import type { StoredLine } from "../values/stored-lines.ts";
import { readVault } from "../values/vault-state.ts";

type LinesItem = Extract<SyncItem, { kind: "lines" }>;

/**
 * The kinds that are told: what people did in a group. Lines about keys and devices are not told, since each device
 * shows those that it saw itself.
 */
type ToldKind = Extract<
  StoredLine["kind"],
  | "group-created"
  | "added"
  | "joined"
  | "removed"
  | "left"
  | "renamed"
  | "announced"
  | "picture-changed"
  | "approval"
  | "history"
  | "role"
  | "dissolved"
>;

/** The latest lines of each group, `historyLimits.linesMax` at most. */
export function lineItems(engine: Engine): readonly LinesItem[] {
  const { db } = engine;
  return readConversations(db)
    .filter((row) => kindOf(engine, row).membersChange)
    .flatMap(({ conversation }): readonly LinesItem[] => {
      const lines = linesToTell(db, conversation, historyLimits.linesMax, isTold).map(({ body, at_ms, ...line }) => ({
        ...line,
        atMs: at_ms,
        line: fromUtf8(body),
      }));
      return lines.length === 0 ? [] : [{ kind: "lines", conversation, lines }];
    });
}

/** The names of the people in the lines. Some may have left the group since. */
export function peopleInLines({ db }: Engine, items: readonly LinesItem[]): readonly SyncItem[] {
  const named = new Set(items.flatMap(({ lines }) => lines.flatMap(({ line }) => accountsIn(JSON.parse(line)))));
  return [...named].flatMap((hex) => {
    const person = readPerson(db, fromHex(hex));
    if (person === undefined || person.name === "") return [];
    const { account, name, stamp_ms } = person;
    return [{ kind: "person", account, name, stampMs: stamp_ms }];
  });
}

/**
 * Stores the lines that another own device told. A group of which this device has lines itself keeps those alone. Runs
 * inside a transaction.
 */
export function takeLines(engine: Engine, { conversation, lines }: LinesItem): void {
  const { db } = engine;
  if (hasLines(db, conversation, isTold)) return;
  const ceiling = readVault(db).ceiling ?? 0;
  for (const { id, author, atMs, order, line } of lines) {
    const body = utf8(line);
    const told: ToldLine = { id, author, at_ms: atMs, body, order };
    if (isTold(body)) insertToldLine(db, conversation, told, ceiling);
  }
  engine.changed(topicOf(conversation), "chats");
}

/** The ids of the accounts that a line names, in hex. */
function accountsIn(line: StoredLine): readonly string[] {
  const all = Object.entries(line).flatMap(([field, value]: [string, unknown]) =>
    field === "by" || field === "who" ? [value] : field === "people" && Array.isArray(value) ? value : [],
  );
  return all.filter((hex): hex is string => typeof hex === "string" && isAccount(hex));
}

/**
 * Whether `body` is a line of a told kind. Another device wrote it and the screens show it, so its shape is checked.
 */
function isTold(body: Bytes): boolean {
  try {
    const line = JSON.parse(fromUtf8(body)) as Record<string, unknown>;
    return isShaped(line["kind"] as ToldKind, line);
  } catch {
    return false;
  }
}

function isShaped(kind: ToldKind, line: Record<string, unknown>): boolean {
  const { by, who, people } = line;
  const areAccounts = Array.isArray(people) && people.every(isAccount);
  switch (kind) {
    case "group-created":
    case "picture-changed":
    case "dissolved":
      return isAccount(by);
    case "added":
    case "removed":
      return isAccount(by) && areAccounts;
    case "joined":
      return areAccounts;
    case "left":
      return isAccount(who);
    case "renamed":
      return isAccount(by) && typeof line["name"] === "string";
    case "announced":
      return isAccount(by) && typeof line["text"] === "string";
    case "approval":
      return isAccount(by) && typeof line["isOn"] === "boolean";
    case "history":
      return isAccount(by) && ["none", "week", "all"].includes(line["choice"] as string);
    case "role":
      return isAccount(by) && isAccount(who) && ["owner", "admin", "member"].includes(line["role"] as string);
    default:
      kind satisfies never;
      return false;
  }
}

function isAccount(value: unknown): boolean {
  return typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
}
