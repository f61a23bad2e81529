/**
 * A late invitation (docs/spec/groups.md GR81): the device that signed it was put out by its person before it was read,
 * so it counts no more (GR53). Its members hold that group with this device in it: they are asked to let it in.
 */
import { foundingToldMax, type Joined, type Member } from "@yanshu/mls";
import { type ConversationRow, countDiagnostic, raiseToldFounding, readContact, readConversation } from "@yanshu/store";
import { type AccountId, equalBytes } from "@yanshu/wire";
import { type Engine, ownOf } from "../core/engine.ts";
import { deposit } from "../group-state/deposit.ts";
import { notePart } from "../group-state/notes.ts";
import { ownAddress } from "../group-state/own-leaf.ts";
import { homeBy, serverNow } from "../group-state/places.ts";
import { resyncNote } from "../group-state/resync-bytes.ts";
import { isActiveGroup, isAmong, roleOf } from "../group-state/store-group.ts";
import { registerAddresses } from "../identity/delivery-addresses.ts";
import { makeKeyPackage } from "../identity/key-packages.ts";
import { statusOfNew } from "./adopt.ts";
import { helpersMax, missedReason, nextAskingMs } from "./resync.ts";

const hourMs = 3_600_000;
/** Each asking costs a key package and an address at home; who was put out may invite as often as home lets it. */
const asksPerHourMax = 16;
const asksOf = new WeakMap<Engine, readonly number[]>();

/** Asks `listed` members to be let in, or notes that there is such a group. Inside the turn, which does not wait. */
export function hearLate(engine: Engine, group: Joined, listed: readonly Member[]): void {
  const { db } = engine;
  const { conversation, founding } = group.state;
  const { account } = group.inviter;
  const row = readConversation(db, conversation);
  if (isKnown(engine, account)) {
    // @checks GR81
    if (isMissed(engine, group, row)) askForMissed(engine, group, listed).catch(engine.failed);
    return;
  }
  // Their request was founded anew: who accepts it founds it above that (GR18.8), else nobody hears what is said there.
  const isRequest = row?.state === "request-in" && row.peer !== null && equalBytes(row.peer, account);
  if (isRequest) db.transaction(() => raiseToldFounding(db, conversation, founding, foundingToldMax));
}

/**
 * Whether the inviter may learn that this device is here: a stranger, or who was let go of, puts out a device of their
 * own, and would hear at each address that they name as a member's. @checks GR86
 */
function isKnown(engine: Engine, account: AccountId): boolean {
  const { db, groups } = engine;
  const state = readContact(db, account)?.state;
  return (
    equalBytes(account, ownOf(engine).account) ||
    state === "contact" ||
    state === "requested" ||
    [...groups.values()].some(
      (group) =>
        isAmong(account, group.members) &&
        isActiveGroup(engine, group) &&
        readConversation(db, group.state.conversation)?.state === "open",
    )
  );
}

/** Whether the group would go before what is held here, and the person wants such a one. @checks GR81 */
function isMissed(engine: Engine, group: Joined, row: ConversationRow | undefined): boolean {
  if (row === undefined) return true;
  const isWanted = ["open", "request-in", "request-out"].includes(row.state) && row.dissolved !== 1;
  return isWanted && statusOfNew(engine, row, group) === "active";
}

/**
 * Asks those of `listed`, members whose lists name their devices, to let this device in: own devices first, then those
 * of the person who invited, who leads, and the others. Once: who reads it within two days lets it in (GR22.5).
 */
async function askForMissed(engine: Engine, group: Joined, listed: readonly Member[]): Promise<void> {
  const { db, ports } = engine;
  const nowMs = ports.nowMs();
  const recent = (asksOf.get(engine) ?? []).filter((atMs) => atMs > nowMs - hourMs && atMs <= nowMs);
  const { conversation, founding, gateServer } = group.state;
  const own = ownOf(engine);
  const others = listed.filter(({ device }) => !equalBytes(device, own.device));
  const list = engine.lists.get(own.account);
  // @checks GR81
  if (recent.length >= asksPerHourMax || others.length === 0 || list === undefined) return;
  asksOf.set(engine, [...recent, nowMs]);
  countDiagnostic(db, "resync-invited-late");
  const { bytes: keyPackage } = await makeKeyPackage(engine, "hand", {
    replaces: ownAddress(group),
    server: homeBy(engine, gateServer),
  });
  if (!(await registerAddresses(engine))) return;
  const isHeld = readConversation(db, conversation) !== undefined;
  const note = await resyncNote(engine, list, {
    conversation,
    reason: missedReason,
    founding,
    epoch: group.epoch,
    askedMs: isHeld ? nextAskingMs(engine, conversation) : ports.nowMs(),
    keyPackage,
  });
  const of = (account: AccountId) => others.filter((member) => equalBytes(member.account, account));
  const leading = others.filter(({ account }) => roleOf(group, account) !== undefined);
  const asked = [...new Set([...of(own.account), ...of(group.inviter.account), ...leading, ...others])];
  await deposit(
    engine,
    await Promise.all(
      asked
        .slice(0, helpersMax)
        .map((member) => notePart(engine, { ...member, server: serverNow(engine, member) }, note)),
    ),
  );
}
