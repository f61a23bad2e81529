/**
 * Lines of groups are each device's own (docs/spec/vault.md VA7); a device that joins is told them by another of its
 * person (SY42), with who stands in them.
 */
import { historyLimits, type SyncItem } from "@yanshu/content";
import { hasLines, insertToldLine, linesToTell, readConversations, readPerson, type ToldLine } from "@yanshu/store";
import { type Bytes, fromHex, fromUtf8, utf8 } from "@yanshu/wire";
import { type Engine, kindOf, topicOf } from "../core/engine.ts";
import type { StoredLine } from "../values/stored-lines.ts";
import { readVault } from "../values/vault-state.ts";

type LinesItem = Extract<SyncItem, { kind: "lines" }>;

/** What people did in a group; of keys and devices each device tells what it saw. */
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

/** Who stands in them, as they are called: they may be in the group no more. */
export function peopleInLines({ db }: Engine, items: readonly LinesItem[]): readonly SyncItem[] {
  const named = new Set(items.flatMap(({ lines }) => lines.flatMap(({ line }) => accountsIn(JSON.parse(line)))));
  return [...named].flatMap((hex) => {
    const person = readPerson(db, fromHex(hex));
    if (person === undefined || person.name === "") return [];
    const { account, name, stamp_ms } = person;
    return [{ kind: "person", account, name, stampMs: stamp_ms }];
  });
}

/** Where this device saw what happened itself, that is what it shows. Inside a transaction. */
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

function accountsIn(line: StoredLine): readonly string[] {
  const all = Object.entries(line).flatMap(([field, value]: [string, unknown]) =>
    field === "by" || field === "who" ? [value] : field === "people" && Array.isArray(value) ? value : [],
  );
  return all.filter((hex): hex is string => typeof hex === "string" && isAccount(hex));
}

/** Another own device says so, in words that screens put together: its shape is looked at once more. */
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
