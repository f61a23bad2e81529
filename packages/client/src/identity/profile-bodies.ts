/** Bodies that several parts of the client make: profile, introduction, sync items. */

import { type Body, type BodyOf, contactLimits, type Person } from "@yanshu/content";
import { forgetStampsAhead, forgetToldAhead, readMeta, readPerson, writeMeta } from "@yanshu/store";
import { type AccountId, type Bytes, type Capability, concat, idBytes, type UnixMs, utf8 } from "@yanshu/wire";
import { pack, unpack } from "../cbor.ts";
import { type Engine, ownOf } from "../core/engine.ts";
import type { ConversationDef } from "../kinds/kind.ts";
import type { OwnWord } from "../values/people.ts";

export function ownProfile(engine: Engine): OwnWord & { readonly stampMs: UnixMs } {
  const row = readPerson(engine.db, ownOf(engine).account);
  return {
    name: row?.name ?? "",
    stampMs: row?.stamp_ms ?? 0,
    ...(row?.avatar == null ? {} : { avatar: row.avatar }),
    ...(row === undefined || row.pat === "" ? {} : { pat: row.pat }),
  };
}

/**
 * The own list names a device no more. What it told of the own profile is outdone here by the next word of any other,
 * whatever its stamp. Inside a transaction.
 */
export function outdoFormer(engine: Engine): void {
  const { db, ports } = engine;
  noteHeard(engine, ownProfile(engine).stampMs);
  forgetStampsAhead(db, ownOf(engine).account, ports.nowMs());
  forgetToldAhead(db, ports.nowMs());
}

/** What this device says next of the own profile goes before this one, wherever it was heard. Inside a transaction. */
export function noteHeard(engine: Engine, stampMs: UnixMs): void {
  writeMeta(engine.db, "profile-heard", pack(Math.max(latestHeard(engine), stampMs)));
}

/** The latest stamp of the own profile that was heard. */
export function latestHeard(engine: Engine): UnixMs {
  const before = readMeta(engine.db, "profile-heard");
  return Math.max(ownProfile(engine).stampMs, before === undefined ? 0 : unpack<UnixMs>(before));
}

/** The own profile; to a single person also the capability that lets them pass on the own card (ID24). */
export function profileFor(
  engine: Engine,
  to: Pick<ConversationDef, "believesPersonalWords">,
): Omit<BodyOf<"profile">, "kind"> {
  const { stampMs: _, ...profile } = ownProfile(engine);
  const passing = to.believesPersonalWords ? ownPassing(engine) : undefined;
  return { ...profile, ...(passing === undefined ? {} : { passing }) };
}

/** The own profile for people whom one does not know yet: without the pat text. */
export function greetingProfile(engine: Engine): Omit<BodyOf<"accept">, "kind"> {
  const { pat: _, ...profile } = profileFor(engine, { believesPersonalWords: true });
  return profile;
}

/** The own profile as a sync item. */
export function profileItem(engine: Engine) {
  const { stampMs, ...profile } = ownProfile(engine);
  return {
    kind: "profile" as const,
    ...profile,
    stampMs,
    ...(isNotPassedOn(engine) ? { isNotPassedOn: true } : {}),
  };
}

/** The capability for passed-on cards; undefined if the person forbids it, or has no link yet. */
function ownPassing(engine: Engine): Capability | undefined {
  const secret = readMeta(engine.db, "contact-capability");
  return secret === undefined || isNotPassedOn(engine) ? undefined : passingOf(engine, secret);
}

export function isNotPassedOn({ db }: Engine): boolean {
  return readMeta(db, "not-passed-on") !== undefined;
}

/**
 * The link's capability. This one, that of passed-on cards and those of features' ways (ID10, ID24, ID28) are derived
 * from one secret, so that all own devices have the same and a reset of the link ends all. None yields another.
 */
export function linkedBy(engine: Engine, secret: Bytes): Capability {
  return followsFrom(engine, secret, "yanshu link capability v1\0");
}

export function passingOf(engine: Engine, secret: Bytes): Capability {
  return followsFrom(engine, secret, "yanshu card capability v1\0");
}

export function followsFrom({ ports }: Engine, secret: Bytes, label: string): Capability {
  return ports.crypto.sha256(concat(utf8(label), secret)).subarray(0, idBytes.capability);
}

/**
 * The most bytes of pictures in an introduction, since every member fetches them. Other pictures come with the members'
 * own profiles.
 */
const picturesBytesMax = 96 * 1024;

/** The known names of these accounts, and their pictures as long as there is room. */
export function introduction(engine: Engine, accounts: readonly AccountId[]): Body | undefined {
  let room = picturesBytesMax;
  const people = accounts.flatMap((account): readonly Person[] => {
    const row = readPerson(engine.db, account);
    if (row === undefined || row.name === "") return [];
    const { name, avatar } = row;
    if (avatar === null || avatar.length > room) return [{ account, name }];
    room -= avatar.length;
    return [{ account, name, avatar }];
  });
  return people.length === 0 ? undefined : { kind: "introduce", people: people.slice(0, contactLimits.introducedMax) };
}
