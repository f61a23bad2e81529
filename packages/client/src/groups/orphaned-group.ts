/**
 * Stopped (GR31.6): anyone who leads a group comes back to it, and nobody there can let them in: those who are left
 * wait to be let in themselves, or may add nobody. They say so, and the group is founded anew by the one who comes
 * back.
 */

import { encodeNote, type NoteOf } from "@yanshu/content";
import { foundingLeapMax, type Group } from "@yanshu/mls";
import { raiseFounding, readConversation, readMembers, readResyncAnswer } from "@yanshu/store";
import { type AccountId, accountIdOf, type ConversationId, equalBytes, historyOf, toHex } from "@yanshu/wire";
import { type Engine, ownOf } from "../core/engine.ts";
import { deposit } from "../group-state/deposit.ts";
import { jobsOf, plan } from "../group-state/jobs.ts";
import { notePart } from "../group-state/notes.ts";
import { type Offered, offeredBy } from "../group-state/offered.ts";
import { ownAddress } from "../group-state/own-leaf.ts";
import { homeBy } from "../group-state/places.ts";
import { resyncBytes } from "../group-state/resync-bytes.ts";
import { roleOf } from "../group-state/store-group.ts";
import { registerAddresses } from "../identity/delivery-addresses.ts";
import { makeKeyPackage } from "../identity/key-packages.ts";
import { waiting } from "./rejoin-groups.ts";

/** Of anyone who would let in the device that asks, and cannot. */
const stoppedReason = 7;
/** Askings before it is acted on: until the second one, anybody who can let this device in has had the time to. */
const asksBeforeFounding = 2;

/**
 * Whether a device of `account` that comes back has the right to found anew, and nobody who is left has. @checks GR31
 */
export function needsFounding(group: Group, account: AccountId): boolean {
  const others = group.members.filter((member) => !equalBytes(member.account, account));
  return roleOf(group, account) !== undefined && others.every((member) => roleOf(group, member.account) === undefined);
}

/** In answer to an asking: nobody here can let you in, and this is what I am to be let in with. In the turn. */
export async function sayStopped(
  engine: Engine,
  group: Group,
  { askedMs }: NoteOf<"resync">,
  to: Offered,
): Promise<void> {
  const { crypto } = engine.ports;
  const own = ownOf(engine);
  const list = engine.lists.get(own.account);
  if (list === undefined) return;
  const { bytes: keyPackage } = await makeKeyPackage(engine, "hand", {
    replaces: ownAddress(group),
    server: homeBy(engine, group.state.gateServer),
  });
  const { conversation, founding } = group.state;
  const unsigned = {
    conversation,
    reason: stoppedReason,
    founding,
    epoch: group.epoch,
    askedMs,
    device: own.device,
    keyPackage,
  };
  const signature = await crypto.sign(own.deviceKey.privateKey, resyncBytes(unsigned));
  const note = encodeNote({ kind: "resync", ...unsigned, history: historyOf(list), signature });
  const part = await notePart(engine, to, note);
  // Not awaited: the turn waits for no network. If it is lost, it is said at the next asking.
  const told = registerAddresses(engine).then((isKnown) => (isKnown ? deposit(engine, [part]) : undefined));
  told.catch(engine.failed);
}

/**
 * A member says that they cannot let this device in. In the turn. Answers whether they had a right to; undefined where
 * it is no such word.
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
  const isMember = members.some((one) => equalBytes(one.account, account));
  const isAnswer = readResyncAnswer(db, conversation, own.device)?.askedMs === note.askedMs;
  // @checks GR31
  if (!leads || !isMember || !isAnswer || note.founding > comeback.founding + foundingLeapMax) return false;
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
