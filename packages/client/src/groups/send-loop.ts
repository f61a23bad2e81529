/**
 * Send loop: keeps each conversation moving, one step at a time (docs/spec/sync.md SY2).
 *
 * First the commit in flight, then due commits (stale leaves, jobs), then the oldest unsent message. State changes in
 * the turn; network waits are outside of it, so that the commit a stale post waits for can arrive meanwhile.
 */
import type { Group, Member } from "@yanshu/mls";
import {
  clearFlight,
  conversationsWithWork,
  countDiagnostic,
  deleteJob,
  firstInOutbox,
  markPosted,
  type OutboxRow,
  type PendingRow,
  readConversation,
  readGroup,
  readPending,
  readPendingOf,
  setHeld,
  setMessageState,
  voidPending,
} from "@yanshu/store";
import {
  type AccountId,
  ByteReader,
  type Bytes,
  type ConversationId,
  concat,
  decodePostHeaderBytes,
  encodePostHeader,
  equalBytes,
  limits,
  type PostHeader,
  toHex,
  utf8,
  zeroHash,
} from "@yanshu/wire";
import { unpack } from "../cbor.ts";
import type { PostAnswer } from "../connection/link.ts";
import { type Engine, kindOf, ownOf, sameBytes, topicOf } from "../core/engine.ts";
import { claimByAnyRight } from "../group-state/claim.ts";
import { deposit } from "../group-state/deposit.ts";
import { giveUpJobs } from "../group-state/given-up.ts";
import { isDue, type Job, jobsOf, plan, planLate, putOff, type StoredJob } from "../group-state/jobs.ts";
import { isLeafOutdated } from "../group-state/leaf-claims.ts";
import { insertLine } from "../group-state/lines.ts";
import { nextStateOf } from "../group-state/next-state.ts";
import { farOf, gateAt, listTarget, type Place, serversBeside, uploadList } from "../group-state/places.ts";
import { takeRenewal } from "../group-state/renew.ts";
import { afterStale, type Stale } from "../group-state/stale.ts";
import { liveGroup } from "../group-state/store-group.ts";
import { registerAddresses, registerBefore } from "../identity/delivery-addresses.ts";
import { dropItem } from "../messages/clear.ts";
import { accepted, encryptNext, expectEcho, waitsForEcho } from "../messages/outbox.ts";
import type { Cancel } from "../ports.ts";
import { speakable } from "../values/speakable.ts";
import { adoptOwn, giveUpPending } from "./adopt.ts";
import { comeBackParts } from "./come-back-note.ts";
import { type Draw, dueJobs, prepareCommit, staleLeaves, withRevokedOwn } from "./commits.ts";
import {
  accountsToFound,
  addedAtOnceMax,
  gatherPackages,
  isDrawnLately,
  isReached,
  isStillToFound,
  prepareFounding,
} from "./create-group.ts";
import { handsOnFirst } from "./ownership-handover.ts";
import { mayFoundAnew, resumeResync, startResync } from "./resync.ts";
import { groupWithout } from "./strayed.ts";

/** How long our own accepted commit may take to come back before the server counts as having dropped it. */
const echoMsMax = 30_000;
/** How long the commit that made a post stale may take to arrive before it counts as dropped. */
const commitMsMax = 30_000;
const triesMax = 5;
const retryMsMin = 1_000;
const retryMsMax = 60_000;
const wholeMax = 4_096;
/** Type and number of a request. */
const postFrameHeadBytes = 5;
/** The longest wait that a server can impose. */
const waitMsMax = 3_600_000;
/** After so many refusals in a row of what is within the limits a line says so: some four minutes. */
const refusalsUntold = 8;

/** The server that takes a post, and the lists that it may name. */
type Destination = {
  readonly at: string;
  readonly lists: readonly (readonly Place[])[];
  /** The post must reach all of them or none. */
  readonly isForAll: boolean;
  readonly group: Group;
};

/** The next step of a conversation. Bytes to post are stored before. */
type Step =
  | { readonly kind: "commit"; readonly pending: PendingRow; readonly to: Destination }
  | { readonly kind: "message"; readonly item: OutboxRow; readonly group: Group }
  | { readonly kind: "draw"; readonly group: Group; readonly jobs: readonly StoredJob[] }
  | { readonly kind: "create"; readonly job: StoredJob }
  | { readonly kind: "rest"; readonly untilMs?: number };

export function createSendLoop(engine: Engine) {
  const running = new Set<string>();
  const again = new Set<string>();
  const timers = new Map<string, Cancel>();
  const failures = new Map<string, number>();
  /** Commits that the gate accepted and whose echo is on its way, by hex post hash. */
  const taken = new Set<string>();
  /** Messages that the gate accepted and that count once their echo came, by hex envelope hash. */
  const answered = new Set<string>();
  /** When the key packages of a conversation's founding were claimed, in Unix milliseconds. */
  const drawnMs = new Map<string, number>();
  /** Destinations for which every server accepted its part of the list, in this run. */
  const whole = new Set<string>();
  let stopped = false;

  function schedule(conversation?: ConversationId): void {
    if (stopped || engine.own === undefined) return;
    if (conversation === undefined) {
      for (const one of [...conversationsWithWork(engine.db), ...withRevokedOwn(engine)]) schedule(one);
      return;
    }
    const key = toHex(conversation);
    timers.get(key)?.();
    timers.delete(key);
    if (running.has(key)) {
      again.add(key);
      return;
    }
    running.add(key);
    void run(conversation)
      .catch((error: unknown) => {
        engine.failed(error);
        if (!stopped) scheduleSendAfter(conversation, retryMsMax); // Waiting items stay, and are tried again.
      })
      .finally(() => {
        running.delete(key);
        if (again.delete(key)) schedule(conversation);
      });
  }

  function scheduleSendAfter(conversation: ConversationId, ms: number): void {
    const key = toHex(conversation);
    timers.get(key)?.();
    timers.set(
      key,
      engine.ports.after(ms, () => {
        timers.delete(key);
        schedule(conversation);
      }),
    );
  }

  async function run(conversation: ConversationId): Promise<void> {
    while (!stopped && engine.link.isReady("anonymous") && engine.link.isReady("signed")) {
      const step = await engine.turn.take(() => nextStep(engine, conversation));
      switch (step.kind) {
        case "rest":
          if (step.untilMs !== undefined)
            scheduleSendAfter(conversation, Math.max(50, step.untilMs - engine.ports.nowMs()));
          return;
        case "draw":
          if (!(await draw(step.group, step.jobs))) return;
          break;
        case "create":
          if (!(await drawFounding(conversation, step.job))) return;
          break;
        case "commit":
          if (!(await postCommit(conversation, step))) return;
          break;
        case "message":
          if (!(await postMessage(conversation, step))) return;
          break;
      }
    }
  }

  // Each of these returns whether to go on at once.

  async function draw(group: Group, jobs: readonly StoredJob[]): Promise<boolean> {
    const drawn = new Map<number, readonly Bytes[]>();
    for (const stored of jobs) {
      const { id, job, tries } = stored;
      const account = job.kind === "add" ? job.account : ownOf(engine).account;
      if (job.kind === "add-device" ? job.package !== undefined : job.kind !== "add") continue;
      const only = job.kind === "add-device" ? [job.device] : undefined;
      const claimed = await claimByAnyRight(engine, account, only === undefined ? {} : { only });
      if (claimed.kind === "claimed" && claimed.packages.length > 0)
        drawn.set(
          id,
          claimed.packages.map((one) => one.bytes),
        );
      else if (claimed.kind === "failed" && claimed.why === "lost") return false;
      // An account that gives us no capability cannot be added: the job is given up, not repeated for ever.
      else if (job.kind === "add" && claimed.kind === "failed" && claimed.why === "bad-capability" && tries >= triesMax)
        await giveUpAdd(group, stored, job.account);
      else postpone(id, tries);
    }
    return engine.turn.take(async () => {
      const live = engine.groups.get(toHex(group.groupId));
      // Meanwhile this device may have been removed, have left, or go on in another group.
      const row = readConversation(engine.db, group.state.conversation);
      const isHere = row !== undefined && speakable.has(row.state) && row.frozen === null;
      if (live === undefined || live.epoch !== group.epoch || !isHere) return true;
      if (!sameBytes(row.group_id, group.groupId)) return true;
      if (readPending(engine.db, group.groupId) === undefined)
        await prepareCommit(engine, live, fitting(dueJobs(engine, live)), drawn);
      return true;
    });
  }

  /**
   * Who was in the group before it was founded anew is not forgotten: all are told, and their devices called (GR57).
   */
  async function giveUpAdd(group: Group, stored: StoredJob, account: AccountId): Promise<void> {
    const before = groupWithout(engine, group, account);
    const { conversation } = group.state;
    engine.db.transaction(() => {
      if (before === undefined) return giveUpJobs(engine, conversation, [stored]);
      deleteJob(engine.db, stored.id);
      plan(engine, conversation, { kind: "left-out", account });
    });
    if (before === undefined) return;
    const parts = await comeBackParts(engine, before, group.state, [account]);
    if (await registerAddresses(engine)) await deposit(engine, parts);
  }

  async function drawFounding(conversation: ConversationId, stored: StoredJob): Promise<boolean> {
    const { job, id, tries } = stored;
    if (job.kind !== "create" && job.kind !== "recreate") return true;
    const accounts = await accountsToFound(engine, conversation, job);
    const row = readConversation(engine.db, conversation);
    if (row === undefined) return false;
    drawnMs.set(toHex(conversation), engine.ports.nowMs());
    const packages = await gatherPackages(engine, kindOf(engine, row), job, accounts, tries);
    if ("kind" in packages) {
      if (packages.why === "lost") return false;
      if (job.isLate && tries >= triesMax) engine.db.transaction(() => deleteJob(engine.db, id));
      else postpone(id, tries);
      return true;
    }
    const outcome = await engine.turn.take(async () => {
      // Meanwhile this device may have left, another founding may have come, or somebody may have been removed.
      if (!(await isStillToFound(engine, conversation, stored, accounts))) return "overtaken";
      if (!job.isLate || !(await isReached(engine, conversation, packages)))
        return prepareFounding(engine, conversation, id, job, packages, accounts, tries);
      engine.db.transaction(() => deleteJob(engine.db, id));
      return "reached";
    });
    if (outcome === "impossible") {
      const isOver = tries >= triesMax && job.kind === "recreate" && canDoWithout(conversation);
      if (isOver) await engine.turn.take(() => letBe(conversation, id));
      else postpone(id, tries);
    }
    return true;
  }

  /** What has no group, or is stopped and may be founded by this device alone, waits for its founding. */
  function canDoWithout(conversation: ConversationId): boolean {
    const row = readConversation(engine.db, conversation);
    const group = row?.group_id == null ? undefined : engine.groups.get(toHex(row.group_id));
    return group !== undefined && (row?.frozen == null || !mayFoundAnew(engine, group));
  }

  function letBe(conversation: ConversationId, job: number): void {
    engine.db.transaction(() => deleteJob(engine.db, job));
    resumeResync(engine, conversation);
  }

  function postpone(job: number, tries: number): void {
    const waitMs = Math.round(Math.min(retryMsMax, retryMsMin * 2 ** tries) * (0.5 + engine.ports.chance() / 2));
    engine.db.transaction(() => putOff(engine, job, waitMs));
  }

  async function postCommit(conversation: ConversationId, step: Extract<Step, { kind: "commit" }>): Promise<boolean> {
    const { pending } = step;
    if (taken.has(toHex(pending.post_hash))) return false;
    // Home must know an address before others learn it, else it drops what they send there.
    if (!(await registerAddresses(engine))) {
      // Home refused; no new connection will reschedule it.
      if (engine.link.isReady("signed")) tryLater(conversation);
      return false;
    }
    // The previous home too: its gates deliver only to addresses that it knows (HM68).
    if (engine.link.isBefore(step.to.at) && !(await registerBefore(engine))) {
      tryLater(conversation);
      return false;
    }
    const header = decodePostHeaderBytes(pending.header);
    const isStill = await engine.turn.take(async () => {
      const still = readPending(engine.db, pending.group_id);
      if (still === undefined || !equalBytes(still.post_hash, pending.post_hash)) return false;
      const isOld = still.creates === 1 && !isDrawnLately(engine, drawnMs.get(toHex(conversation)) ?? 0);
      if (still.posted === 1) {
        const { isFoundedAnew } = kindOf(engine, readConversation(engine.db, conversation));
        if (isOld && isFoundedAnew) await goesLate(still);
        return true;
      }
      engine.db.transaction(() =>
        isOld ? giveUpPending(engine, pending.group_id) : markPosted(engine.db, pending.group_id),
      );
      return !isOld;
    });
    if (!isStill) return true;
    const first = await postWithLists(header, pending.parts, step.to);
    const isRefused = first.kind === "error" && first.code === "peer-refused";
    const answer = isRefused && (await meetBefore()) ? await postWithLists(header, pending.parts, step.to) : first;
    const isUnmet = answer.kind === "error" && answer.code === "peer-refused" && pending.creates === 0;
    const unmet = isUnmet ? await refusedOf(step.to) : "lost";
    return engine.turn.take(async () => {
      const still = readPending(engine.db, pending.group_id);
      // Meanwhile its echo, or another's commit, may have settled it.
      if (still === undefined || !equalBytes(still.post_hash, pending.post_hash)) return true;
      if (answer.kind === "ok" || (answer.kind === "error" && wasTaken(pending, answer))) {
        failures.delete(toHex(conversation));
        if (still.creates === 1) {
          await adoptOwn(engine, still);
          return true;
        }
        awaitEcho(still);
        return false;
      }
      if (unmet !== "lost") goOnWithout(still, step.to.group, unmet);
      return refusedPost(
        conversation,
        pending.group_id,
        answer,
        header.mode === "commit" ? header.epoch : undefined,
        () => engine.db.transaction(() => voidPending(engine.db, pending.group_id)),
        isWithinLimits(header, pending.parts),
      );
    });
  }

  /** Home may not know the previous home, to which this device speaks by itself (PE68). Returns whether it does now. */
  async function meetBefore(): Promise<boolean> {
    const { server } = engine.before;
    return server !== undefined && engine.link.isBefore(server) && (await engine.link.meet(server));
  }

  async function goesLate(pending: PendingRow): Promise<void> {
    const { state } = await nextStateOf(engine, pending);
    engine.db.transaction(() => planLate(engine, pending, state.founding));
  }

  /**
   * The answer may overtake messages of the epoch that the commit ends, because they come on another connection; the
   * echo of our commit cannot. So the next epoch begins with the echo, in everybody's order.
   */
  function awaitEcho(pending: PendingRow): void {
    const key = toHex(pending.post_hash);
    taken.add(key);
    engine.ports.after(echoMsMax, () => {
      const adopting = engine.turn.take(async () => {
        const still = stopped ? undefined : readPending(engine.db, pending.group_id);
        if (still === undefined || !equalBytes(still.post_hash, pending.post_hash)) taken.delete(key);
        else if (await isHeard(still)) await adoptOwn(engine, still);
        else awaitEcho(still);
      });
      adopting.catch((error: unknown) => {
        engine.failed(error);
        if (!stopped) awaitEcho(pending);
      });
    });
  }

  /** Whether messages through the commit's gate would have arrived by now. */
  async function isHeard(pending: PendingRow): Promise<boolean> {
    const { state } = await nextStateOf(engine, pending);
    const { link } = engine;
    return link.isBefore(state.gateServer) ? link.before.isReady() : link.isReady("signed");
  }

  async function postMessage(conversation: ConversationId, step: Extract<Step, { kind: "message" }>): Promise<boolean> {
    const { item, group } = step;
    if (item.envelope_hash !== null && answered.has(toHex(item.envelope_hash))) return false;
    const header: PostHeader = {
      mode: "application",
      gate: group.state.gate,
      epoch: group.epoch,
      token: group.keys.postToken,
    };
    const { hasPeer } = kindOf(engine, group.state);
    const to = { at: gateAt(engine, group), lists: [group.members], isForAll: hasPeer, group };
    const answer = await postWithLists(header, item.parts as Bytes, to);
    return engine.turn.take(() => {
      const still = firstInOutbox(engine.db, conversation);
      if (still === undefined || !sameBytes(still.envelope_hash, item.envelope_hash)) return true;
      if (answer.kind === "ok") {
        failures.delete(toHex(conversation));
        if (waitsForEcho(engine, still)) {
          awaitOwn(conversation, still);
          return false;
        }
        expectEcho(engine, still.envelope_hash);
        accepted(engine, still);
        return true;
      }
      return refusedPost(
        conversation,
        group.groupId,
        answer,
        header.epoch,
        () => engine.db.transaction(() => clearFlight(engine.db, item.id)),
        isWithinLimits(header, item.parts as Bytes),
      );
    });
  }

  /**
   * Home took it, and its place among what others say matters: it comes with the echo. One that does not come within
   * half a minute was dropped: then others tell the place, and what waits behind it goes on.
   */
  function awaitOwn(conversation: ConversationId, { id, envelope_hash }: OutboxRow): void {
    const hash = toHex(envelope_hash ?? zeroHash);
    answered.add(hash);
    engine.ports.after(echoMsMax, () => {
      answered.delete(hash);
      if (stopped) return;
      const accepting = engine.turn.take(() => {
        const still = firstInOutbox(engine.db, conversation);
        if (still === undefined || !equalBytes(still.id, id) || !sameBytes(still.envelope_hash, envelope_hash)) return;
        if (!engine.link.isReady("signed")) return; // The same bytes go when the connection is back, and are answered.
        expectEcho(engine, envelope_hash);
        accepted(engine, still);
      });
      accepting.catch(engine.failed).finally(() => schedule(conversation));
    });
  }

  /** In the turn. `again` deletes the bytes in flight, so that they are made anew for another epoch. */
  function refusedPost(
    conversation: ConversationId,
    groupId: Bytes,
    answer: Exclude<PostAnswer, { kind: "ok" }>,
    postedEpoch: number | undefined,
    makeAnew: () => void,
    isWithin: boolean,
  ): boolean {
    const group = engine.groups.get(toHex(groupId));
    if (answer.kind === "lost") {
      // The same bytes go when the connection is back. A connection to another server must be asked for.
      if (group !== undefined && farOf(engine, group.state.gateServer) !== undefined) tryLater(conversation);
      return false;
    }
    switch (answer.code) {
      case "stale-epoch":
        return refusedAsStale(
          conversation,
          groupId,
          { posted: postedEpoch, held: group?.epoch, named: answer.epoch },
          makeAnew,
        );
      case "unknown-gate":
      case "bad-post-token":
      case "bad-signature":
        // A gate that denies the keys of this epoch is dead or lying.
        startResync(engine, conversation, "gate");
        return false;
      case "too-large":
      case "malformed":
        return refusedForGood(conversation, groupId, answer.code, isWithin);
      default:
        tryLater(conversation, answer.waitMs);
        return false;
    }
  }

  /**
   * A server says that a post can never be taken. Of one within the limits that is its word alone (SY66): a removal, or
   * what nobody sees by itself, is posted again until it is taken, and nothing goes out before it. A message is shown
   * as failed, and goes again at a tap. What is beyond the limits cannot get smaller.
   */
  function refusedForGood(conversation: ConversationId, groupId: Bytes, why: string, isWithin: boolean): boolean {
    const pending = readPending(engine.db, groupId);
    const item = pending === undefined ? firstInOutbox(engine.db, conversation) : undefined;
    if (isWithin && item?.shown !== 1) {
      tryLater(conversation);
      const refused = pending?.post_hash ?? item?.id;
      if (refused !== undefined && (failures.get(toHex(conversation)) ?? 0) >= refusalsUntold)
        sayHeldUp(conversation, refused);
      return false;
    }
    if (pending === undefined) holdFirst(conversation, why);
    else giveUpCommit(groupId);
    return true;
  }

  /** Once for each post. */
  function sayHeldUp(conversation: ConversationId, refused: Bytes): void {
    const id = engine.ports.crypto.sha256(concat(utf8("held up"), refused)).subarray(0, 16);
    engine.db.transaction(() => insertLine(engine, conversation, ownOf(engine).account, { kind: "held-up" }, id));
  }

  /** @param waitMs how long the server asked us to wait: we try not earlier, and not much later (WI24). */
  function tryLater(conversation: ConversationId, waitMs?: number): void {
    const key = toHex(conversation);
    if (waitMs !== undefined) {
      scheduleSendAfter(conversation, Math.min(waitMs, waitMsMax) + engine.ports.chance() * retryMsMin);
      return;
    }
    const tries = (failures.get(key) ?? 0) + 1;
    failures.set(key, tries);
    scheduleSendAfter(
      conversation,
      Math.min(retryMsMax, retryMsMin * 2 ** (tries - 1)) * (0.5 + engine.ports.chance() / 2),
    );
  }

  function refusedAsStale(conversation: ConversationId, groupId: Bytes, stale: Stale, makeAnew: () => void): boolean {
    switch (afterStale(stale)) {
      case "wait":
        // The commit is in our queue, before anything that could be sent now.
        waitForCommit(conversation, groupId, stale.held ?? 0);
        return false;
      case "resync":
        startResync(engine, conversation, "gate");
        return false;
      case "again":
        makeAnew();
        return true;
    }
  }

  function giveUpCommit(groupId: Bytes, isGivenUp: (job: number) => boolean = () => true): void {
    engine.db.transaction(() => {
      const pending = readPending(engine.db, groupId);
      if (pending === undefined) return;
      const made = unpack<number[]>(pending.jobs).filter(isGivenUp);
      giveUpJobs(
        engine,
        pending.conversation,
        made.map((id) => ({ id })),
      );
      voidPending(engine.db, groupId);
      countDiagnostic(engine.db, "commit-given-up");
    });
  }

  /**
   * The commit adds accounts at a server that the gate's server does not talk to: they stay out, the rest is done
   * (PE43).
   */
  function goOnWithout(pending: PendingRow, next: Group, unmet: ReadonlySet<string>): void {
    const there = next.members.filter(({ server }) => unmet.has(server));
    const made = unpack<number[]>(pending.jobs);
    const adding = jobsOf(engine, pending.conversation).filter(({ id, job }) => made.includes(id) && adds(job, there));
    if (adding.length > 0) giveUpCommit(pending.group_id, (job) => adding.some(({ id }) => id === job));
  }

  function waitForCommit(conversation: ConversationId, groupId: Bytes, epoch: number): void {
    engine.ports.after(commitMsMax, () => {
      const group = engine.groups.get(toHex(groupId));
      const row = readConversation(engine.db, conversation);
      if (stopped || group === undefined || group.epoch > epoch || !sameBytes(row?.group_id, groupId)) return;
      startResync(engine, conversation, "missed-commit");
    });
  }

  function holdFirst(conversation: ConversationId, why: string): void {
    const item = firstInOutbox(engine.db, conversation);
    if (item === undefined) return;
    if (item.shown === 0) {
      // The item is invisible, and must not block those after it.
      engine.db.transaction(() => dropItem(engine, item));
      return;
    }
    engine.db.transaction(() => {
      setHeld(engine.db, item.id, why);
      setMessageState(engine.db, conversation, ownOf(engine).account, item.id, "failed");
    });
    engine.changed(topicOf(conversation), "chats");
  }

  /** Posts; a list that the server does not hold is uploaded first, then the same bytes are posted again. */
  async function postWithLists(header: PostHeader, parts: Bytes, to: Destination): Promise<PostAnswer> {
    const answer = await postTo(header, parts, to);
    engine.saidFar(to.group);
    return answer;
  }

  async function postTo(header: PostHeader, parts: Bytes, to: Destination): Promise<PostAnswer> {
    const { at, lists } = to;
    const far = farOf(engine, at);
    // Only the answer to the upload of a list names servers that get nothing.
    const isOfSeveral = lists.some((places) => serversBeside(engine, at, places).length > 0);
    const before = isOfSeveral && !whole.has(nameOf(engine, to)) ? await upload(to) : undefined;
    if (before !== undefined) return before;
    const first = await engine.link.post(header, parts, far);
    if (first.kind !== "error" || first.code !== "unknown-list") return first;
    return (await upload(to)) ?? engine.link.post(header, parts, far);
  }

  /** The servers that get nothing of what is posted to the destination. */
  async function refusedOf({ at, lists }: Destination): Promise<ReadonlySet<string> | "lost"> {
    const refused = new Set<string>();
    for (const places of lists) {
      const uploaded = await uploadList(engine, at, places);
      if (uploaded === "lost") return "lost";
      for (const server of uploaded) refused.add(server);
    }
    return refused;
  }

  /** Returns undefined if the post may be sent. */
  async function upload(to: Destination): Promise<PostAnswer | undefined> {
    const refused = await refusedOf(to);
    if (refused === "lost") return { kind: "lost" };
    const name = nameOf(engine, to);
    whole.delete(name);
    if (refused.size === 0) {
      if (whole.size >= wholeMax) whole.clear();
      whole.add(name);
      return undefined;
    }
    // In a chat of two it would reach nobody; a group goes on with the members that it reaches.
    return to.isForAll ? { kind: "error", code: "peer-refused", epoch: 0, lastHash: zeroHash } : undefined;
  }

  return {
    schedule,
    stop: () => {
      stopped = true;
      for (const cancel of timers.values()) cancel();
      timers.clear();
    },
  };
}

/** Whether a post is one that any server takes, by the limits of the protocol (WI3). */
function isWithinLimits(header: PostHeader, parts: Bytes): boolean {
  const count = new ByteReader(parts).u32();
  const frameBytes = postFrameHeadBytes + encodePostHeader(header).length + parts.length;
  return count > 0 && count <= limits.partsMax && frameBytes <= limits.frameBytesMax;
}

/**
 * Whether a refusal shows that the post was accepted before (GR15.3). A new gate is named after a key that only this
 * device has: if the gate exists, this post made it, and its latest post is by a member who went on from there.
 */
function wasTaken(pending: PendingRow, { code, lastHash }: Extract<PostAnswer, { kind: "error" }>): boolean {
  return equalBytes(lastHash, pending.post_hash) || (pending.creates === 1 && code === "gate-exists");
}

/** The conversation's next step; in the turn. */
async function nextStep(engine: Engine, conversation: ConversationId): Promise<Step> {
  const row = readConversation(engine.db, conversation);
  if (row === undefined) return { kind: "rest" };
  const nowMs = engine.ports.nowMs();
  const pendings = readPendingOf(engine.db, conversation);
  // While frozen, the gate has accepted something that this device refused or never got: no commit of ours can follow.
  const pending = row.frozen === null ? pendings[0] : pendings.find(({ creates }) => creates === 1);
  if (pending !== undefined) return { kind: "commit", pending, to: await destinationOf(engine, pending) };

  const jobs = jobsOf(engine, conversation);
  const founding = jobs.find(({ job }) => job.kind === "create" || job.kind === "recreate");
  if (founding !== undefined) {
    if (isDue(founding, nowMs)) return { kind: "create", job: founding };
    if (founding.job.kind === "create") return { kind: "rest", untilMs: founding.dueMs };
  }
  if (row.group_id === null || row.frozen !== null) return { kind: "rest", ...untilOf(jobs, nowMs) };
  const group = await liveGroup(engine, row.group_id);
  if (group === undefined) return { kind: "rest" };
  const isOpen = row.state === "open" || row.state === "request-out" || row.state === "forming";
  if (!isOpen && row.state !== "left") return { kind: "rest" };
  const isStopped = isHeldUp(engine, row);

  if (isOpen && !isStopped) planFreshAddress(engine, conversation, group, jobs);
  const wanted = isOpen ? dueJobs(engine, group) : [];
  const due = fitting(
    wanted.filter(({ job }) => (isStopped ? endsFrozen(engine, job) : isChange(job)) && isItsTurn(engine, job, row)),
  );
  if (isStopped && due.length === 0) return { kind: "rest", ...untilOf(jobs, nowMs) };
  if (isOpen && (due.length > 0 || staleLeaves(engine, group).length > 0)) {
    if (due.some(needsDraw)) return { kind: "draw", group, jobs: due };
    const nothing: Draw = new Map();
    if (await prepareCommit(engine, group, due, nothing)) {
      const made = readPending(engine.db, group.groupId);
      if (made !== undefined) return { kind: "commit", pending: made, to: await destinationOf(engine, made) };
    }
    if (staleLeaves(engine, group).length > 0) return { kind: "rest", untilMs: nowMs + retryMsMin };
  }
  // The peer's devices are all gone, and new ones must be added (GR17.8) or the group founded again (GR31.5): a message
  // now would reach nobody.
  if (row.peer !== null && !group.members.some((member) => sameBytes(member.account, row.peer)))
    return { kind: "rest", ...untilOf(jobs, nowMs) };
  const handover = isOpen ? handsOnFirst(engine, group) : undefined;
  if (handover !== undefined) return { kind: "rest", untilMs: handover.dueMs };
  const item = await encryptNext(engine, row, group);
  if (item !== undefined) return { kind: "message", item, group: engine.groups.get(toHex(group.groupId)) ?? group };
  if (takeRenewal(engine, group) && (await prepareCommit(engine, group, [], new Map(), true))) {
    const made = readPending(engine.db, group.groupId);
    if (made !== undefined) return { kind: "commit", pending: made, to: await destinationOf(engine, made) };
  }
  return { kind: "rest", ...untilOf(jobsOf(engine, conversation), nowMs) };
}

/**
 * ID20: in a chat of two with a frozen account nothing is sent, and a frozen account sends nothing at all; a group goes
 * on without the leaves of a frozen account.
 */
function isHeldUp({ lists, own }: Engine, { peer }: { readonly peer: Bytes | null }): boolean {
  return [own?.account, peer].some((account) => account != null && lists.isFrozen(account));
}

/**
 * DS4: a leaf added by a last-resort package has an address that others know: it gets a fresh one before anything is
 * sent. The same if the leaf names a replaced entry (ID44), since the commit makes it anew.
 */
function planFreshAddress(
  engine: Engine,
  conversation: ConversationId,
  group: Group,
  jobs: readonly StoredJob[],
): void {
  const isWanted = readGroup(engine.db, group.groupId)?.fresh === 0 || isLeafOutdated(engine, group);
  const isDue = isWanted && !jobs.some(({ job }) => job.kind === "refresh");
  if (isDue) engine.db.transaction(() => plan(engine, conversation, { kind: "refresh" }));
}

/** Whether a commit in the group can do the job; the other jobs make another group. */
function isChange(job: Job): boolean {
  return job.kind !== "create" && job.kind !== "recreate";
}

/** Whether the job adds one of these leaves. */
function adds(job: Job, leaves: readonly Member[]): boolean {
  switch (job.kind) {
    case "add":
    case "join":
      return leaves.some(({ account }) => equalBytes(account, job.account));
    case "add-device":
    case "replace":
      return leaves.some(({ device }) => equalBytes(device, job.device));
    default:
      return false;
  }
}

/** Messages written before the group is dissolved are sent first. */
function isItsTurn(engine: Engine, job: Job, { conversation }: { readonly conversation: ConversationId }): boolean {
  const first = job.kind === "dissolve" ? firstInOutbox(engine.db, conversation) : undefined;
  return first === undefined || first.held !== null;
}

/** The jobs for one commit. */
function fitting(jobs: readonly StoredJob[]): readonly StoredJob[] {
  // A dissolving commit holds nothing else: others would refuse it.
  const end = jobs.find(({ job }) => job.kind === "dissolve");
  if (end !== undefined) return [end];
  const adds = jobs.filter(({ job }) => job.kind === "add" || job.kind === "join");
  const goes = (account: AccountId) =>
    jobs.some(({ job }) => job.kind === "remove" && equalBytes(job.account, account));
  const later = new Set(adds.slice(addedAtOnceMax));
  // An account that left and asks to join again is removed first.
  return jobs.filter((stored) => !later.has(stored) && !(stored.job.kind === "join" && goes(stored.job.account)));
}

function nameOf(engine: Engine, { at, lists }: Destination): string {
  return [at, ...lists.map((places) => toHex(listTarget(engine, at, places).list))].join(" ");
}

function endsFrozen(engine: Engine, job: Job): boolean {
  return job.kind === "dissolve" || (job.kind === "remove" && engine.lists.isFrozen(job.account));
}

function needsDraw({ job }: StoredJob): boolean {
  return job.kind === "add" || (job.kind === "add-device" && job.package === undefined);
}

function untilOf(jobs: readonly StoredJob[], nowMs: number): { untilMs?: number } {
  const later = jobs.map(({ dueMs }) => dueMs).filter((dueMs) => dueMs > nowMs);
  return later.length === 0 ? {} : { untilMs: Math.min(...later) };
}

/**
 * The server of a stored post, and the address lists that it may name: those of its epoch and of the leaves it adds.
 */
async function destinationOf(engine: Engine, pending: PendingRow): Promise<Destination> {
  const before = await liveGroup(engine, pending.group_id);
  const next = await nextStateOf(engine, pending);
  const to = { at: gateAt(engine, next), isForAll: kindOf(engine, next.state).hasPeer, group: next };
  if (pending.creates === 1 || before === undefined) return { ...to, lists: [next.members] };
  const added = next.members.filter(
    (member) => !before.members.some((other) => equalBytes(other.address, member.address)),
  );
  const newcomers = added.filter((member) => member.leaf !== next.ownLeaf);
  return { ...to, lists: newcomers.length === 0 ? [before.members] : [before.members, newcomers] };
}
