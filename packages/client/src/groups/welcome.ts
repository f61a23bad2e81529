/**
 * Welcome (DS9, GR18): a note and an envelope meet, and this device joins. What becomes of it
 * depends on who invites: own devices and contacts open the conversation, a stranger's is a quiet
 * request, a blocked account's is refused.
 */
import {
  foundingLeapMax,
  type Joined,
  type Member,
  mayRefound,
  type OwnKeyPackage,
  openGroupEnvelope,
} from "@yanshu/mls";
import {
  countDiagnostic,
  deleteKeyPackage,
  deletePending,
  deleteWaiting,
  deleteWelcomeNote,
  forgetGroup,
  forgetHeard,
  insertConversation,
  type KeyPackageRow,
  raiseFounding,
  readContact,
  readConversation,
  readGroup,
  readKeyPackage,
  readPendingOf,
  readWaiting,
  readWelcomeNote,
  retireAddress,
  setConversationState,
  touchConversation,
  writeContact,
} from "@yanshu/store";
import { type AccountId, type Bytes, equalBytes, limits, toHex } from "@yanshu/wire";
import { type Engine, ownOf, topicOf } from "../core/engine.ts";
import { reconcileLater } from "../identity/reconcile.ts";
import { statusOfNew, supersede } from "./adopt.ts";
import { ownAddress } from "./commits.ts";
import { openKnown } from "./known.ts";
import { accountsOf, expectFromStart, liveGroup, writeState } from "./store-group.ts";

/** Where this device was before it was invited again: what was said meanwhile was not for it. */
const outside: ReadonlySet<string> = new Set(["removed", "left", "declined"]);

/** Both halves may be there: opens the Welcome, if so. In the turn. */
export async function tryWelcome(engine: Engine, tag: Bytes): Promise<void> {
  const note = readWelcomeNote(engine.db, tag);
  const waiting = readWaiting(engine.db, tag);
  if (note === undefined || waiting.length === 0) return;
  for (const envelope of waiting) {
    // Read anew each time: the same Welcome may have come twice, and the first one used the package up.
    const row = readKeyPackage(engine.db, note.address);
    const body = await openGroupEnvelope(engine.ports.crypto, { tag, key: note.key }, envelope.envelope);
    if (body !== undefined && row !== undefined) {
      for (const history of body.histories) await engine.lists.take(history);
      await join(engine, body.mls, row);
    } else {
      countDiagnostic(engine.db, "welcome-refused");
    }
  }
  engine.db.transaction(() => {
    for (const envelope of waiting) deleteWaiting(engine.db, envelope.waiting);
    deleteWelcomeNote(engine.db, tag);
  });
}

async function join(engine: Engine, welcome: Bytes, row: KeyPackageRow): Promise<void> {
  const own: OwnKeyPackage = {
    bytes: row.bytes,
    secret: row.secret,
    ref: row.ref,
    address: row.address,
    expiresAtMs: row.expires_ms,
  };
  const group = await engine.mls.join(welcome, own, engine.lists.judge);
  if ("refused" in group) {
    countDiagnostic(engine.db, "welcome-refused");
    return;
  }
  const verdict = await admit(engine, group);
  if (verdict === "refuse") {
    countDiagnostic(engine.db, "welcome-refused");
    engine.db.transaction(() => {
      if (row.last_resort === 0) {
        deleteKeyPackage(engine.db, row.address);
        retireAddress(engine.db, row.address, engine.ports.nowMs());
      }
    });
    return;
  }
  enter(engine, group, row, verdict);
}

type Verdict = "refuse" | { readonly status: "active" | "superseded"; readonly replaces: boolean };

/** Whether this group may stand for its conversation, beside what is held of it. */
async function admit(engine: Engine, group: Joined): Promise<Verdict> {
  const { db } = engine;
  const own = ownOf(engine);
  const { state } = group;
  const accounts = accountsOf(group.members);
  if (state.kind === "direct") {
    const peer = accounts.find((account) => !equalBytes(account, own.account));
    if (peer === undefined) return "refuse";
    if (readContact(db, peer)?.state === "blocked") {
      // Refused, but counted: whoever unblocks founds above it, where both can meet.
      const founding = readConversation(db, state.conversation)?.founding ?? 0;
      if (state.founding <= founding + foundingLeapMax)
        db.transaction(() => raiseFounding(db, state.conversation, state.founding));
      return "refuse";
    }
  }
  const row = readConversation(db, state.conversation);
  if (row === undefined || row.state === "declined") return { status: "active", replaces: false };
  if (row.state === "left" && row.kind === "group") return { status: "active", replaces: false };
  const held = row.group_id === null ? undefined : await liveGroup(engine, row.group_id);
  if (held === undefined) return { status: "active", replaces: false };
  if (equalBytes(held.state.gate, state.gate)) {
    // Re-added, after a removal or a heal: the same group, later, by somebody who was in it.
    // Whoever is out may be invited by somebody who came since.
    const inviterWasHere =
      row.state === "removed" || held.members.some((member) => equalBytes(member.account, group.inviter.account));
    const isSameGroup = equalBytes(held.groupId, group.groupId) && held.state.founding === state.founding;
    return isSameGroup && inviterWasHere && group.epoch > held.epoch ? { status: "active", replaces: true } : "refuse";
  }
  // Who signed the Welcome, not who stands first in the tree: places can be chosen, a signature cannot.
  const inviter = group.inviter.account;
  const accountsHeld = accountsOf(held.members);
  const byOwnDevice = isOwnDevice(engine, group.inviter);
  const status = statusOfNew(engine, row, group);
  if (state.founding > row.founding + foundingLeapMax) return "refuse";
  if (status === "active" && !byOwnDevice && !mayRefound({ state: held.state, accounts: accountsHeld }, inviter, state))
    return "refuse";
  // A founding that came second is read until drained, if it is from somebody who was there.
  if (!byOwnDevice && !accountsHeld.some((account) => equalBytes(account, inviter))) return "refuse";
  return { status, replaces: false };
}

function enter(engine: Engine, group: Joined, row: KeyPackageRow, verdict: Exclude<Verdict, "refuse">): void {
  const { db, ports } = engine;
  const own = ownOf(engine);
  const { state } = group;
  const nowMs = ports.nowMs();
  const stored = engine.mls.store(group);
  const peer =
    state.kind === "direct"
      ? accountsOf(group.members).find((account) => !equalBytes(account, own.account))
      : undefined;
  const held = readConversation(db, state.conversation);
  db.transaction(() => {
    if (held === undefined)
      insertConversation(db, {
        conversation: state.conversation,
        kind: state.kind,
        ...(peer === undefined ? {} : { peer }),
        state: "open",
        title: state.name,
        activeMs: nowMs,
      });
    if (verdict.replaces && readGroup(db, group.groupId) !== undefined) {
      retireAddress(db, readGroup(db, group.groupId)?.address ?? ownAddress(group), nowMs);
      forgetGroup(db, group.groupId);
    }
    if (verdict.status === "active") {
      supersede(engine, state.conversation, group.groupId);
      // A creation of ours that lost the tie is void before it is answered.
      for (const pending of readPendingOf(db, state.conversation)) {
        if (pending.creates === 1 && state.founding > (held?.founding ?? 0)) continue;
        if (!equalBytes(pending.group_id, group.groupId)) deletePending(db, pending.group_id);
      }
    }
    writeState(engine, {
      group,
      base: stored.base,
      ratchets: stored.patches,
      status: verdict.status,
      address: row.address,
      fresh: row.last_resort === 0,
    });
    if (row.last_resort === 0) deleteKeyPackage(db, row.address);
    if (held !== undefined && outside.has(held.state)) forgetHeard(db, state.conversation, own.device);
    if (state.founding === 1 && group.epoch === 1) expectFromStart(engine, group, group.members);
    settleState(engine, group, held?.state, peer);
    touchConversation(db, state.conversation, nowMs);
  });
  engine.groups.set(toHex(group.groupId), group);
  engine.changed(topicOf(state.conversation), "chats", "contacts", "people");
  reconcileLater(engine, state.conversation); // Whoever invited may not have had packages of every own device.
  engine.kick(state.conversation);
}

/** One of the own devices that counts now; a revoked one has no say. */
function isOwnDevice(engine: Engine, member: Member): boolean {
  return equalBytes(member.account, ownOf(engine).account) && engine.lists.judge(member) === "listed";
}

function settleState(engine: Engine, group: Joined, held: string | undefined, peer: AccountId | undefined): void {
  const { db, ports } = engine;
  const own = ownOf(engine);
  const { conversation } = group.state;
  const byOwnDevice = isOwnDevice(engine, group.inviter);
  if (peer !== undefined) {
    const contact = readContact(db, peer);
    if (contact?.state === "requested") {
      // Both wrote first: both accepted.
      writeContact(db, peer, { state: "contact" }, ports.nowMs());
      openKnown(engine);
      setConversationState(db, conversation, "open");
    } else if (contact?.state === "contact") {
      setConversationState(db, conversation, "open");
    } else if (!byOwnDevice && held !== "open") {
      writeContact(db, peer, { state: "incoming" }, ports.nowMs());
      setConversationState(db, conversation, "request-in");
    }
    return;
  }
  const knowsSomebody =
    byOwnDevice ||
    group.members.some(
      (member) => !equalBytes(member.account, own.account) && readContact(db, member.account)?.state === "contact",
    );
  if (held === undefined || held === "removed" || held === "left" || held === "declined")
    setConversationState(db, conversation, knowsSomebody || group.state.kind === "own" ? "open" : "request-in");
}

/** How long halves wait for one another. */
export const waitingMsMax = limits.queueDays * 86_400_000;
