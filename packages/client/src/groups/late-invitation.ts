/**
 * A late invitation (docs/spec/groups.md GR81): the device that signed it was put out by its person before it was read,
 * so it counts no more (GR53). Its members hold that group with this device in it: they are asked to let it in.
 */
import type { Joined, Member } from "@yanshu/mls";
import { readContact, readConversation } from "@yanshu/store";
import { type AccountId, equalBytes } from "@yanshu/wire";
import { type Engine, ownOf } from "../core/engine.ts";
import { deposit } from "../group-state/deposit.ts";
import { notePart } from "../group-state/notes.ts";
import { ownAddress } from "../group-state/own-leaf.ts";
import { homeBy, serverNow } from "../group-state/places.ts";
import { resyncNote } from "../group-state/resync-bytes.ts";
import { isAmong, roleOf } from "../group-state/store-group.ts";
import { registerAddresses } from "../identity/delivery-addresses.ts";
import { makeKeyPackage } from "../identity/key-packages.ts";
import { statusOfNew } from "./adopt.ts";
import { helpersMax, missedReason, nextAskingMs } from "./resync.ts";

const hourMs = 3_600_000;
/** Each asking costs a key package and an address at home; who was put out may invite as often as home lets it. */
const asksPerHourMax = 16;
const asksOf = new WeakMap<Engine, readonly number[]>();

/**
 * Whether the group would go before what is held here, the person wants such a one, and knows who invites: a stranger
 * puts out a device of their own, and would learn at each address that they name as a member's when somebody is there.
 * @checks GR81
 */
export function isMissed(engine: Engine, group: Joined): boolean {
  const { account } = group.inviter;
  const isKnown =
    equalBytes(account, ownOf(engine).account) ||
    readContact(engine.db, account) !== undefined ||
    [...engine.groups.values()].some(
      ({ members, state }) =>
        isAmong(account, members) && readConversation(engine.db, state.conversation)?.state === "open",
    );
  if (!isKnown) return false;
  const row = readConversation(engine.db, group.state.conversation);
  if (row === undefined) return true;
  const isWanted = ["open", "request-in", "request-out"].includes(row.state) && row.dissolved !== 1;
  return isWanted && statusOfNew(engine, row, group) === "active";
}

/**
 * Asks those of `listed`, members whose lists name their devices, to let this device in: own devices first, then those
 * of the person who invited, who leads, and the others. Once: who reads it within two days lets it in (GR22.5).
 */
export async function askForMissed(engine: Engine, group: Joined, listed: readonly Member[]): Promise<void> {
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
