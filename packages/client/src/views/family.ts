/** View `family`: helpers, people whom this account helps, and running requests (docs/spec/identity.md ID36-ID39). */
import { type Database, directWith, hasChatMark, readMeta, readPieces } from "@yanshu/store";
import { type AccountId, toHex, type UnixMs } from "@yanshu/wire";
import type { FamilyBackView, FamilyPerson, FamilyView } from "../api/family.ts";
import type { Hex } from "../api/hex.ts";
import { readFamily } from "../identity/helpers-state.ts";
import { readFamilyBack } from "../recovery/back-by-helpers.ts";
import type { ViewContext } from "./context.ts";
import { peopleOf } from "./people.ts";

export function readFamilyView(context: ViewContext): FamilyView {
  const { database, family } = context;
  const people = peopleOf(context);
  const person = (hex: Hex): FamilyPerson => {
    const { account, name, face } = people.get(hex);
    return { account, name, face };
  };
  const helpers = (readFamily(database)?.helpers ?? []).map(({ account, isKept }) => ({
    ...person(toHex(account)),
    isKept,
    isGone: hasLeft(database, account),
  }));
  return {
    helpers,
    isLost: helpers.length > 0 && family.isAtHome === false,
    canChoose: readMeta(database, "master-key") !== undefined,
    keptFor: readPieces(database).flatMap(({ account, piece }) => (piece === null ? [] : [person(toHex(account))])),
    helping: family.helping,
    back: backOf(context),
  };
}

/** Whether the peer left the chat of two and has not written since. */
function hasLeft(database: Database, who: AccountId): boolean {
  const chat = directWith(database, who);
  return chat !== undefined && hasChatMark(database, chat, "alone");
}

function backOf({ database, family: { meeting, fault } }: ViewContext): FamilyBackView {
  const held = readFamilyBack({ db: database });
  const helped = held?.pieces.map(({ by }) => by) ?? [];
  if (held?.over !== undefined) return { step: "over", helped, why: held.over };
  if (held?.wrap !== undefined) return { step: "ready", helped };
  if (held?.request !== undefined)
    return {
      step: "waiting",
      helped,
      ...(held.dueAtMs === undefined ? {} : { dueAtMs: held.dueAtMs as UnixMs }),
    };
  if (held === undefined && meeting === undefined && fault === undefined) return { step: "none" };
  return {
    step: "pieces",
    helped,
    ...(meeting === undefined ? {} : { meeting }),
    ...(fault === undefined ? {} : { fault }),
  };
}
