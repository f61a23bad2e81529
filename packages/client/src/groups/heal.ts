/**
 * Heal (GR22): a conversation whose keys or gate do not agree is stopped, and mended.
 *
 * Who may founds it anew; who may not, or only missed a commit, asks own devices and those who may
 * act to remove and add this device in one commit. Nothing is ever accepted and ignored.
 */
import { encodeNote, type NoteOf } from "@yanshu/content";
import { type Group, type OwnKeyPackage, sealTo } from "@yanshu/mls";
import { countDiagnostic, readConversation, setFrozen } from "@yanshu/store";
import {
  accountIdOf,
  type Bytes,
  ByteWriter,
  type ConversationId,
  concat,
  deviceIdOf,
  encodeParts,
  equalBytes,
  historyOf,
  toHex,
  utf8,
} from "@yanshu/wire";
import { type Engine, ownOf, topicOf } from "../core/engine.ts";
import { makeKeyPackage, registerPoints } from "../identity/points.ts";
import { jobsOf } from "./commits.ts";
import { plan } from "./jobs.ts";
import { insertLine } from "./lines.ts";
import { mayRefound, roleOf } from "./store-group.ts";

export type HealReason = "missed-commit" | "gate" | "fork" | "refused-commit" | "lost";
const reasonNumbers: Readonly<Record<HealReason, number>> = {
  "missed-commit": 1,
  gate: 2,
  fork: 3,
  "refused-commit": 4,
  lost: 5,
};
const askAgainMs = 60_000;
const asksBeforeRefounding = 3;

/** Stops the conversation and starts its healing; harmless when that is under way. In the turn. */
export function heal(engine: Engine, conversation: ConversationId, why: HealReason): void {
  const row = readConversation(engine.db, conversation);
  const group = row?.group_id == null ? undefined : engine.groups.get(toHex(row.group_id));
  const isHere = row?.state === "open" || row?.state === "request-out";
  if (!isHere || group === undefined || row.frozen !== null) return;
  const own = ownOf(engine).account;
  const refounds = why !== "missed-commit" && mayRefound(group, own);
  engine.db.transaction(() => {
    setFrozen(engine.db, conversation, why);
    countDiagnostic(engine.db, `heal-${why}`);
    if (why === "fork") insertLine(engine, conversation, own, { kind: "fork" });
    if (refounds) planRefound(engine, conversation);
  });
  engine.changed(topicOf(conversation), "chats");
  if (refounds) engine.kick(conversation);
  else void askForHeal(engine, conversation, group, why);
}

/** After a restart: what was frozen is still to be mended. In the turn. */
export function resumeHealing(engine: Engine): void {
  const frozen = engine.db.all<{ conversation: Bytes; frozen: HealReason }>(
    "SELECT conversation, frozen FROM conversations WHERE frozen IS NOT NULL",
  );
  for (const { conversation, frozen: why } of frozen) {
    if (jobsOf(engine, conversation).some(({ job }) => job.kind === "refound")) continue;
    engine.db.transaction(() => setFrozen(engine.db, conversation, undefined));
    heal(engine, conversation, why);
  }
}

function planRefound(engine: Engine, conversation: ConversationId): void {
  if (!jobsOf(engine, conversation).some(({ job }) => job.kind === "refound"))
    plan(engine, conversation, { kind: "refound", without: [] });
}

/** @param asked how often it was asked for already, with `made`. */
async function askForHeal(
  engine: Engine,
  conversation: ConversationId,
  group: Group,
  why: HealReason,
  asked = 0,
  made?: OwnKeyPackage,
): Promise<void> {
  const own = ownOf(engine);
  const isStillNeeded = () => readConversation(engine.db, conversation)?.frozen != null;
  // Asked until somebody did it: the note may be lost, or nobody may be awake.
  const askLater = (times: number, keyPackage: OwnKeyPackage | undefined) =>
    engine.ports.after(askAgainMs, () => {
      if (isStillNeeded()) void askForHeal(engine, conversation, group, why, times, keyPackage);
    });
  if (asked >= asksBeforeRefounding && mayRefound(group, own.account)) {
    // Nobody can help: all who could are stopped as well.
    engine.db.transaction(() => planRefound(engine, conversation));
    engine.kick(conversation);
    return;
  }
  if (!engine.link.isReady("signed")) {
    askLater(asked, made);
    return;
  }
  const helpers = helpersOf(engine, group);
  const list = engine.lists.get(own.account);
  if (!isStillNeeded() || list === undefined) return;
  // One package serves all the asking: each costs home an address for good.
  const offered = made ?? (await makeKeyPackage(engine, "hand"));
  askLater(asked + 1, offered);
  if (helpers.length === 0 || !(await registerPoints(engine))) return;
  const unsigned = {
    conversation,
    reason: reasonNumbers[why],
    epoch: group.epoch,
    device: own.device,
    keyPackage: offered.bytes,
  };
  const signature = await engine.ports.crypto.sign(own.deviceKey.privateKey, healBytes(unsigned));
  const note = encodeNote({ kind: "heal", ...unsigned, history: historyOf(list), signature });
  const parts = await Promise.all(
    helpers.map(async (member) => ({
      target: { kind: "address" as const, address: member.address },
      envelope: await sealTo(engine.ports.crypto, member.sealKey, note),
    })),
  );
  await engine.link.post({ mode: "deposit" }, encodeParts(parts));
}

/** Own other devices first; then those who may act: admins, the other side, or whoever there is. */
function helpersOf(engine: Engine, group: Group): Group["members"] {
  const own = ownOf(engine);
  const others = group.members.filter((member) => !equalBytes(member.device, own.device));
  const mine = others.filter((member) => equalBytes(member.account, own.account));
  const acting = others.filter((member) => group.state.kind !== "group" || roleOf(group, member.account) !== undefined);
  return [...new Set([...mine, ...(acting.length > 0 ? acting : others)])].slice(0, 8);
}

/** Somebody's device asks to be let in again. In the turn. */
export async function answerHeal(engine: Engine, note: NoteOf<"heal">): Promise<void> {
  const { crypto } = engine.ports;
  const row = readConversation(engine.db, note.conversation);
  const group = row?.group_id == null ? undefined : engine.groups.get(toHex(row.group_id));
  if (row === undefined || group === undefined || row.state !== "open" || row.frozen !== null) return;
  const account = accountIdOf(crypto.sha256, note.history.inception);
  await engine.lists.take(note.history);
  const device = engine.lists.devices(account).find(({ id }) => equalBytes(id, note.device));
  const isMember = group.members.some((member) => equalBytes(member.account, account));
  const read = await engine.mls.readKeyPackage(note.keyPackage);
  const honest =
    device !== undefined &&
    isMember &&
    (await crypto.verify(device.key, healBytes(note), note.signature)) &&
    read !== undefined &&
    equalBytes(read.account, account) &&
    equalBytes(read.device, note.device) &&
    equalBytes(deviceIdOf(crypto.sha256, read.deviceKey), note.device);
  if (!honest) {
    countDiagnostic(engine.db, "heal-refused");
    return;
  }
  const wantsNewGroup = note.reason !== reasonNumbers["missed-commit"] && note.reason !== reasonNumbers.lost;
  engine.db.transaction(() => {
    if (wantsNewGroup && mayRefound(group, ownOf(engine).account)) planRefound(engine, note.conversation);
    else plan(engine, note.conversation, { kind: "replace", account, device: note.device, package: note.keyPackage });
  });
  engine.kick(note.conversation);
}

function healBytes(note: Pick<NoteOf<"heal">, "conversation" | "reason" | "epoch" | "device" | "keyPackage">): Bytes {
  const numbers = new ByteWriter(5).u8(note.reason).u32(note.epoch).finish();
  return concat(utf8("yanshu heal v1\0"), note.conversation, numbers, note.device, note.keyPackage);
}
