/**
 * Orphaned groups (GR31.6): an owner or admin comes back to a group, and no member can let them in: the members wait to
 * be let in themselves, or may not add anybody. They say so, and the device that comes back re-creates the group.
 */

import type { NoteOf } from "@yanshu/content";
import { foundingMax, type Group } from "@yanshu/mls";
import { raiseFounding, readConversation, readMembers, readResyncAnswer } from "@yanshu/store";
import { type AccountId, accountIdOf, type ConversationId, equalBytes, toHex } from "@yanshu/wire";
import { type Engine, ownOf } from "../core/engine.ts";
import { deposit } from "../group-state/deposit.ts";
import { jobsOf, plan } from "../group-state/jobs.ts";
import { notePart } from "../group-state/notes.ts";
import { type Offered, offeredBy } from "../group-state/offered.ts";
import { ownAddress } from "../group-state/own-leaf.ts";
import { homeBy } from "../group-state/places.ts";
import { resyncNote } from "../group-state/resync-bytes.ts";
import { isAmong, roleOf } from "../group-state/store-group.ts";
import { registerAddresses } from "../identity/delivery-addresses.ts";
import { makeKeyPackage } from "../identity/key-packages.ts";
import { waiting } from "./rejoin-groups.ts";

/** The reason in a note of a member who would let the device in and cannot. */
const stoppedReason = 7;
/** Requests before the group is re-created: until the second one, every device that can let this one in had time to. */
const asksBeforeFounding = 2;

/** Whether `account` has the right to re-create the group, and no remaining member has. @checks GR31 */
export function needsFounding(group: Group, account: AccountId): boolean {
  const others = group.members.filter((member) => !equalBytes(member.account, account));
  return roleOf(group, account) !== undefined && others.every((member) => roleOf(group, member.account) === undefined);
}

/** Answers a request: no member can let the device in. The note brings this device's own key package. In the turn. */
export async function sayStopped(
  engine: Engine,
  group: Group,
  { askedMs }: NoteOf<"resync">,
  to: Offered,
): Promise<void> {
  const own = ownOf(engine);
  const list = engine.lists.get(own.account);
  if (list === undefined) return;
  const { bytes: keyPackage } = await makeKeyPackage(engine, "hand", {
    replaces: ownAddress(group),
    server: homeBy(engine, group.state.gateServer),
  });
  const { conversation, founding } = group.state;
  const note = await resyncNote(engine, list, {
    conversation,
    reason: stoppedReason,
    founding,
    epoch: group.epoch,
    askedMs,
    keyPackage,
  });
  const part = await notePart(engine, to, note);
  // Not awaited: the turn does not wait for the network. If the note is lost, the next request is answered too.
  const told = registerAddresses(engine).then((isKnown) => (isKnown ? deposit(engine, [part]) : undefined));
  told.catch(engine.failed);
}

/**
 * A member reports that they cannot let this device in. In the turn. Returns whether the sender had a right to;
 * undefined if the note is another.
 */
export async function hearOrphaned(engine: Engine, note: NoteOf<"resync">): Promise<boolean | undefined> {
  const { db, ports } = engine;
  const { conversation } = note;
  const comeback = waiting(engine, conversation);
  if (comeback === undefined || note.reason !== stoppedReason) return undefined;
  const own = ownOf(engine);
  const account = accountIdOf(ports.crypto.sha256, note.history.inception);
  const members = readMembers(db, conversation);
  const leads = members.some((one) => equalBytes(one.account, own.account) && one.role !== "member");
  const isMember = isAmong(account, members);
  const isAnswer = readResyncAnswer(db, conversation, own.device)?.askedMs === note.askedMs;
  // @checks GR31
  if (!leads || !isMember || !isAnswer || note.founding > foundingMax(comeback.founding, ports.nowMs())) return false;
  await engine.lists.take(note.history);
  // @checks GR31
  if ((await offeredBy(engine, account, note)) === undefined) return false;
  const packages = engine.stopped.get(toHex(conversation)) ?? new Map();
  engine.stopped.set(toHex(conversation), packages.set(toHex(note.device), note.keyPackage));
  // @checks GR31
  if (comeback.tries < asksBeforeFounding || isPlanned(engine, conversation)) return true;
  db.transaction(() => {
    raiseFounding(db, conversation, note.founding);
    plan(engine, conversation, {
      kind: "create",
      accounts: members.map((one) => one.account).filter((one) => !equalBytes(one, own.account)),
      title: readConversation(db, conversation)?.title ?? "",
      packages: [...packages.values()],
    });
  });
  engine.schedule(conversation);
  return true;
}

function isPlanned(engine: Engine, conversation: ConversationId): boolean {
  return jobsOf(engine, conversation).some(({ job }) => job.kind === "create");
}
