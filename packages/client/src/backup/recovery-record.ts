/**
 * The recovery record (docs/spec/vault.md VA13): all that a device with only the account's master key needs to replace
 * this one. Large items come last, as far as there is room.
 */
import {
  encodeRecoveryRecord,
  encodeSyncItem,
  type MemberAddress,
  type RecoveryRecord,
  recordLimits,
  type SyncItem,
} from "@yanshu/content";
import { type Group, ownConversationId } from "@yanshu/mls";
import {
  type ConversationRow,
  type RulesRow,
  readComebacks,
  readContact,
  readContacts,
  readConversation,
  readConversations,
  readMembers,
  readPerson,
  readRules,
  rightsTo,
} from "@yanshu/store";
import {
  type AccountId,
  type Bytes,
  type Capability,
  compareBytes,
  equalBytes,
  MalformedError,
  toHex,
} from "@yanshu/wire";
import { unpack } from "../cbor.ts";
import { type Engine, kindOf, ownOf } from "../core/engine.ts";
import { accountsOf, roleOf } from "../group-state/store-group.ts";
import { accountItems, contactItem, type Held, heldOfAll, recordItems } from "../messages/own-devices.ts";
import { keptItems } from "../messages/too-new.ts";
import { toldKeys } from "./keys.ts";
import { readAdditions } from "./record-additions.ts";
import { type Part, partsWithRoom } from "./record-room.ts";

/** The most bytes in all, and of what a person could do without: pictures, favorites, stickers. */
const bytesMax = 800 * 1_024;
const spareBytesMax = 256 * 1_024;
/** Of items that this version does not know: 64 KiB in all. */
const unknownItemBytesMax = 1_024;
const unknownItemsMax = 64;
/** Name and numbers besides a body, in bytes. */
const aroundBytes = 256;
/** Of each part of a record that is too large; 800 KiB of such ones are 12,800. */
const partBytesMin = 64;

/** The encoded record. Where not all of it has room, what can be had again stays out first (VA45). */
export function encodeRecord(engine: Engine): Bytes {
  const record = recordOf(engine);
  const { more: _, unknownItems: __, ...known } = record;
  const whole = encodedWithin(record) ?? encodedWithin(known);
  if (whole !== undefined) return whole;
  const { people, ...rest } = known;
  const held = encodedWithin({ ...rest, people: [] }) === undefined ? firstOfEach(engine, rest) : rest;
  const left = bytesMax - encodeRecoveryRecord({ ...held, people: [] }).length;
  const names = people.map((person) => ({ kind: "name", bytes: bytesOf({ people: [person] }), person }));
  return encodeRecoveryRecord({ ...held, people: partsWithRoom(names, left).map(({ person }) => person) });
}

/** Undefined if it is larger than home takes, or holds more of something than a record may. */
function encodedWithin(record: RecoveryRecord): Bytes | undefined {
  try {
    const bytes = encodeRecoveryRecord(record);
    return bytes.length > bytesMax ? undefined : bytes;
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}

const nothing: RecoveryRecord = { keys: [], begins: [], items: [], rights: [], groups: [], people: [], ownFounding: 0 };
const nothingBytes = encodeRecoveryRecord(nothing).length;

/** How many bytes it takes, and at least so many that as many as fit are no more than a record may hold. */
function bytesOf(part: Partial<RecoveryRecord>): number {
  const bytes = encodedWithin({ ...nothing, ...part })?.length ?? Number.POSITIVE_INFINITY;
  return Math.max(partBytesMin, bytes - nothingBytes);
}

type Rest = Omit<RecoveryRecord, "people" | "more" | "unknownItems">;

/** Without faces and members that come again by themselves; of the rest, of each kind as much as has room. */
function firstOfEach(engine: Engine, { items, rights, groups, ...keys }: Rest): Rest {
  const rightsBy = new Map(rights.map((one) => [toHex(one.account), one]));
  const ofItems = items.map(withoutFace).map((item) => {
    const right = item.kind === "contact" ? rightsBy.get(toHex(item.account)) : undefined;
    const bytes = bytesOf({ items: [item] }) + (right === undefined ? 0 : bytesOf({ rights: [right] }));
    return { kind: item.kind, bytes, item, right };
  });
  const ofGroups = groups.slice(0, recordLimits.groupsMax).map((one) => {
    const group = withoutCrowd(engine, one);
    return { kind: "group", bytes: bytesOf({ groups: [group] }), group };
  });
  const room = bytesMax - encodeRecoveryRecord({ ...nothing, ...keys }).length;
  const kept = partsWithRoom<RecordPart>([...ofItems, ...ofGroups], room);
  return {
    ...keys,
    items: kept.flatMap(({ item }) => item ?? []),
    rights: kept.flatMap(({ right }) => right ?? []),
    groups: kept.flatMap(({ group }) => group ?? []),
  };
}

type RecordPart = Part & {
  readonly item?: SyncItem;
  readonly right?: RecoveryRecord["rights"][number] | undefined;
  readonly group?: RecoveryRecord["groups"][number];
};

/** A contact's face comes again with their profile. */
function withoutFace(item: SyncItem): SyncItem {
  if (item.kind !== "contact") return item;
  const { avatar: _, ...rest } = item;
  return rest;
}

/** Who leads the group, or is a contact, may let this account in again (GR31, GR73); the others come with the group. */
function withoutCrowd(engine: Engine, group: RecoveryRecord["groups"][number]): RecoveryRecord["groups"][number] {
  const { db } = engine;
  const own = ownOf(engine).account;
  const { avatar: _, members, ...rest } = group;
  const counts = ({ account, role }: (typeof members)[number]) =>
    role !== "member" || equalBytes(account, own) || readContact(db, account)?.state === "contact";
  return { ...rest, members: members.filter(counts) };
}

function recordOf(engine: Engine): RecoveryRecord {
  const { db, ports } = engine;
  const own = ownOf(engine).account;
  const contacts = readContacts(db).filter(({ state }) => state === "contact" || state === "blocked");
  const held = heldOfAll(engine, contacts);
  const groups = openGroups(engine);
  const met = new Set(contacts.map(({ account }) => toHex(account)));
  const strangers = groups
    .flatMap(({ group }) => accountsOf(group.members))
    .filter((account) => !equalBytes(account, own) && !met.has(toHex(account)));
  return {
    ...toldKeys(engine),
    items: whatFits(engine, [
      ...accountItems(engine),
      ...contacts.flatMap(({ account }) => contactItem(engine, account, held(account))),
      ...recordItems(engine, "small"),
      ...recordItems(engine, "large"),
    ]),
    ...whatIsNewer(engine),
    rights: contacts.map(({ account }) => ({ account, capabilities: rightsOf(engine, account, held(account)) })),
    groups: [...groups.map(({ row, group }) => groupOf(engine, row, group)), ...comebacksIn(engine)],
    people: unique(strangers).flatMap((account) => {
      const person = readPerson(db, account);
      return person === undefined || person.name === ""
        ? []
        : [{ account, name: person.name, stampMs: person.stamp_ms }];
    }),
    ownFounding: readConversation(db, ownConversationId(ports.crypto.sha256, own))?.founding ?? 0,
  };
}

/** Items and fields of a later version: they stay in the record unchanged. */
function whatIsNewer(engine: Engine): Pick<RecoveryRecord, "more" | "unknownItems"> {
  const { more = [] } = readAdditions(engine.db) ?? {};
  const unknownItems = keptItems(engine)
    .map(({ item }) => item)
    .filter(({ length }) => length <= unknownItemBytesMax)
    .slice(-unknownItemsMax);
  return {
    ...(more.length === 0 ? {} : { more }),
    ...(unknownItems.length === 0 ? {} : { unknownItems }),
  };
}

/** The groups of this account that it can rejoin. */
function openGroups(engine: Engine): readonly { row: ConversationRow; group: Group }[] {
  return readConversations(engine.db)
    .filter((row) => kindOf(engine, row).isRecorded && row.state === "open" && row.dissolved === 0)
    .toSorted((a, b) => compareBytes(a.conversation, b.conversation))
    .flatMap((row) => {
      const group = row.group_id === null ? undefined : engine.groups.get(toHex(row.group_id));
      return group === undefined ? [] : [{ row, group }];
    })
    .slice(0, recordLimits.groupsMax);
}

function groupOf(engine: Engine, { conversation }: ConversationRow, group: Group): RecoveryRecord["groups"][number] {
  const { name, founding, avatar } = group.state;
  return {
    conversation,
    title: name,
    founding,
    members: accountsOf(group.members).map((account) => ({ account, role: roleOf(group, account) ?? "member" })),
    addresses: memberAddressesOf(engine, group),
    ...(avatar === undefined ? {} : { avatar }),
    ...rulesOf(readRules(engine.db, conversation)),
  };
}

/** Absent if they are those of a new group. */
function rulesOf(row: RulesRow | undefined): Pick<RecoveryRecord["groups"][number], "rules"> {
  if (row === undefined) return {};
  const { admins_add, admins_edit, approval, history, announcement } = row;
  if (admins_add + admins_edit + approval === 0 && history === "none" && announcement === "") return {};
  return {
    rules: {
      adminsOnlyAdd: admins_add === 1,
      adminsOnlyEdit: admins_edit === 1,
      approval: approval === 1,
      ...(history === "none" ? {} : { history }),
      ...(announcement === "" ? {} : { announcement }),
    },
  };
}

/** The groups that this device has not rejoined yet stay in the record as they were (GR31). */
function comebacksIn({ db }: Engine): RecoveryRecord["groups"] {
  return readComebacks(db).flatMap(({ conversation, founding, addresses }) => {
    const row = readConversation(db, conversation);
    if (row === undefined) return [];
    const members = readMembers(db, conversation).map(({ account, role }) => ({ account, role }));
    const rules = readRules(db, conversation);
    return [
      {
        conversation,
        title: row.title,
        founding,
        members,
        addresses: unpack<readonly MemberAddress[]>(addresses),
        ...(rules?.avatar == null ? {} : { avatar: rules.avatar }),
        ...rulesOf(rules),
      },
    ];
  });
}

/** Leaves of other members: the owner's and admins' first, and of different people before second devices of one. */
function memberAddressesOf(engine: Engine, group: Group): readonly MemberAddress[] {
  const own = ownOf(engine).account;
  const others = group.members.filter(({ account }) => !equalBytes(account, own));
  const leading = others.filter(({ account }) => roleOf(group, account) !== undefined);
  const firsts = [...leading, ...others].filter(
    (member, i, all) => all.findIndex(({ account }) => equalBytes(account, member.account)) === i,
  );
  return [...new Set([...firsts, ...leading, ...others])]
    .slice(0, recordLimits.addressesMax)
    .map(({ address, sealKey }) => ({ address, sealKey }));
}

/** The capabilities for a contact's key packages: of their leaves in the chat of two, and of their passed-on card. */
function rightsOf({ db, groups }: Engine, account: AccountId, { chat, person }: Held): readonly Capability[] {
  const members = chat?.group_id == null ? [] : (groups.get(toHex(chat.group_id))?.members ?? []);
  const passing = person?.passing;
  const theirs = members.filter((member) => equalBytes(member.account, account)).map(({ claimCap }) => claimCap);
  return [...(passing == null ? [] : [passing]), ...theirs, ...rightsTo(db, account)].slice(0, recordLimits.rightsMax);
}

/**
 * Pictures, favorites and stickers as far as there is room, always in the same order, so that the record changes only
 * when they do.
 */
function whatFits({ features }: Engine, items: readonly SyncItem[]): readonly SyncItem[] {
  let left = spareBytesMax;
  const fits = (bytes: number) => {
    if (bytes > left) return false;
    left -= bytes;
    return true;
  };
  return items.flatMap((item): readonly SyncItem[] => {
    if (item.kind === "profile" || item.kind === "contact") {
      const { avatar, ...rest } = item;
      return avatar === undefined || fits(avatar.length) ? [item] : [rest];
    }
    if (features.synced.get(item.kind)?.size !== "large") return [item];
    const bytes = "body" in item ? (item.body?.length ?? 0) : encodeSyncItem(item).length;
    return fits(bytes + aroundBytes) ? [item] : [];
  });
}

function unique(accounts: readonly AccountId[]): readonly AccountId[] {
  return [...new Map(accounts.map((account) => [toHex(account), account])).values()];
}
