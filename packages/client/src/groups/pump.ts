/**
 * Pump: keeps each conversation moving, one step at a time (docs/spec/sync.md SY2).
 *
 * First the commit in flight, then what a commit must do (stale leaves out, jobs), then the oldest
 * unsent message. State changes in the turn; waiting for the network does not, so that the commit a
 * stale post waits for can arrive meanwhile.
 */
import type { Group } from "@yanshu/mls";
import {
  clearFlight,
  conversationsWithWork,
  deleteJob,
  deletePending,
  firstInOutbox,
  type OutboxRow,
  type PendingRow,
  postponeJob,
  readConversation,
  readGroup,
  readPending,
  readPendingOf,
  setHeld,
  setMessageState,
} from "@yanshu/store";
import {
  type Bytes,
  type ConversationId,
  decodePostHeaderBytes,
  equalBytes,
  type PostHeader,
  toHex,
} from "@yanshu/wire";
import { type Engine, ownOf, sameBytes, topicOf } from "../core/engine.ts";
import type { PostAnswer } from "../core/link.ts";
import { registerPoints } from "../identity/points.ts";
import type { Cancel } from "../ports.ts";
import { accepted, encryptNext, expectEcho } from "../sync/outbox.ts";
import { adoptOwn } from "./adopt.ts";
import { claimByAnyRight } from "./claim.ts";
import { type Draw, dueJobs, jobsOf, prepareCommit, staleLeaves } from "./commits.ts";
import { accountsToFound, gatherPackages, prepareFounding } from "./found.ts";
import { heal } from "./heal.ts";
import { plan, type StoredJob } from "./jobs.ts";
import { nextStateOf } from "./next-state.ts";
import { addressesOf } from "./posting.ts";
import { liveGroup } from "./store-group.ts";

/** How long our own accepted commit may take to come back before the server counts as having dropped it. */
const echoMsMax = 30_000;
/** How long the commit that made a post stale may take to arrive before it counts as dropped. */
const commitMsMax = 30_000;
const triesMax = 5;
const retryMsMin = 1_000;
const retryMsMax = 60_000;

/** One thing to post, whose exact bytes are stored. */
type Step =
  | { readonly kind: "commit"; readonly pending: PendingRow; readonly lists: readonly (readonly Bytes[])[] }
  | { readonly kind: "message"; readonly item: OutboxRow; readonly group: Group }
  | { readonly kind: "draw"; readonly group: Group; readonly jobs: readonly StoredJob[] }
  | { readonly kind: "found"; readonly job: StoredJob }
  | { readonly kind: "rest"; readonly untilMs?: number };

/** @param unexpected is told of what only a bug can throw. */
export function createPump(engine: Engine, unexpected: (error: unknown) => void) {
  const running = new Set<string>();
  const again = new Set<string>();
  const timers = new Map<string, Cancel>();
  const failures = new Map<string, number>();
  /** Commits that the gate has taken and whose echo is on its way, by post hash. */
  const taken = new Set<string>();
  let stopped = false;

  function kick(conversation?: ConversationId): void {
    if (stopped || engine.own === undefined) return;
    if (conversation === undefined) {
      for (const one of conversationsWithWork(engine.db)) kick(one);
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
      .catch(unexpected)
      .finally(() => {
        running.delete(key);
        if (again.delete(key)) kick(conversation);
      });
  }

  function kickAfter(conversation: ConversationId, ms: number): void {
    const key = toHex(conversation);
    timers.get(key)?.();
    timers.set(
      key,
      engine.ports.after(ms, () => {
        timers.delete(key);
        kick(conversation);
      }),
    );
  }

  async function run(conversation: ConversationId): Promise<void> {
    while (!stopped && engine.link.isReady("anonymous") && engine.link.isReady("signed")) {
      const step = await engine.turn.take(() => nextStep(engine, conversation));
      switch (step.kind) {
        case "rest":
          if (step.untilMs !== undefined) kickAfter(conversation, Math.max(50, step.untilMs - engine.ports.nowMs()));
          return;
        case "draw":
          if (!(await draw(step.group, step.jobs))) return;
          break;
        case "found":
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

  // Each of these answers whether to go on at once.

  async function draw(group: Group, jobs: readonly StoredJob[]): Promise<boolean> {
    const drawn = new Map<number, readonly Bytes[]>();
    for (const { id, job, tries } of jobs) {
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
      // Who gives us no right to reach them cannot be added: the wish is dropped, not repeated for ever.
      else if (job.kind === "add" && claimed.kind === "failed" && claimed.why === "bad-capability" && tries >= triesMax)
        engine.db.transaction(() => deleteJob(engine.db, id));
      else postpone(id, tries);
    }
    return engine.turn.take(async () => {
      const live = engine.groups.get(toHex(group.groupId));
      // Meanwhile this device may have been removed, or have left.
      const state = readConversation(engine.db, group.state.conversation)?.state;
      const isHere = state === "open" || state === "request-out" || state === "forming";
      if (live === undefined || live.epoch !== group.epoch || !isHere) return true;
      if (readPending(engine.db, group.groupId) === undefined)
        await prepareCommit(engine, live, dueJobs(engine, live), drawn);
      return true;
    });
  }

  async function drawFounding(conversation: ConversationId, stored: StoredJob): Promise<boolean> {
    const { job, id, tries } = stored;
    if (job.kind !== "found" && job.kind !== "refound") return true;
    const accounts = await accountsToFound(engine, conversation, job);
    const packages = await gatherPackages(engine, job, accounts, tries);
    if ("kind" in packages) {
      if (packages.why !== "lost") postpone(id, tries);
      return packages.why !== "lost";
    }
    const outcome = await engine.turn.take(() => prepareFounding(engine, conversation, id, job, packages));
    if (outcome === "impossible") {
      if (tries >= triesMax) engine.db.transaction(() => deleteJob(engine.db, id));
      else postpone(id, tries);
    }
    return true;
  }

  function postpone(job: number, tries: number): void {
    const waitMs = Math.round(Math.min(retryMsMax, retryMsMin * 2 ** tries) * (0.5 + engine.ports.chance() / 2));
    engine.db.transaction(() => postponeJob(engine.db, job, engine.ports.nowMs() + waitMs));
  }

  async function postCommit(conversation: ConversationId, step: Extract<Step, { kind: "commit" }>): Promise<boolean> {
    const { pending } = step;
    if (taken.has(toHex(pending.post_hash))) return false;
    // Nobody may learn of an address before home knows it, else what they send is skipped.
    if (!(await registerPoints(engine))) return false;
    const header = decodePostHeaderBytes(pending.header);
    const answer = await postWithLists(header, pending.parts, step.lists);
    return engine.turn.take(async () => {
      const still = readPending(engine.db, pending.group_id);
      // Meanwhile its echo, or another's commit, may have settled it.
      if (still === undefined || !equalBytes(still.post_hash, pending.post_hash)) return true;
      if (answer.kind === "ok" || (answer.kind === "error" && equalBytes(answer.lastHash, pending.post_hash))) {
        failures.delete(toHex(conversation));
        if (still.creates === 1) {
          await adoptOwn(engine, still);
          return true;
        }
        awaitEcho(still);
        return false;
      }
      if (answer.kind === "error" && pending.creates === 1 && answer.code === "gate-exists") {
        engine.db.transaction(() => deletePending(engine.db, pending.group_id));
        return true;
      }
      return refusedPost(
        conversation,
        pending.group_id,
        answer,
        header.mode === "commit" ? header.epoch : undefined,
        () => engine.db.transaction(() => deletePending(engine.db, pending.group_id)),
      );
    });
  }

  /**
   * The answer comes on another connection than the messages of the epoch that it ends, and may overtake
   * them; our own commit in the queue cannot. So the next epoch begins with that, in everybody's order.
   */
  function awaitEcho(pending: PendingRow): void {
    const key = toHex(pending.post_hash);
    taken.add(key);
    engine.ports.after(echoMsMax, () => {
      void engine.turn.take(async () => {
        const still = stopped ? undefined : readPending(engine.db, pending.group_id);
        if (still === undefined || !equalBytes(still.post_hash, pending.post_hash)) taken.delete(key);
        else if (engine.link.isReady("signed")) await adoptOwn(engine, still);
        else awaitEcho(still);
      });
    });
  }

  async function postMessage(conversation: ConversationId, step: Extract<Step, { kind: "message" }>): Promise<boolean> {
    const { item, group } = step;
    const header: PostHeader = {
      mode: "application",
      gate: group.state.gate,
      epoch: group.epoch,
      token: group.keys.postToken,
    };
    const answer = await postWithLists(header, item.parts as Bytes, [addressesOf(group.members)]);
    return engine.turn.take(() => {
      const still = firstInOutbox(engine.db, conversation);
      if (still === undefined || !sameBytes(still.envelope_hash, item.envelope_hash)) return true;
      if (answer.kind === "ok") {
        failures.delete(toHex(conversation));
        expectEcho(engine, still.envelope_hash);
        accepted(engine, still);
        return true;
      }
      return refusedPost(conversation, group.groupId, answer, header.epoch, () =>
        engine.db.transaction(() => clearFlight(engine.db, item.id)),
      );
    });
  }

  /** In the turn. `again` forgets the bytes in flight, so that they are made anew for another epoch. */
  function refusedPost(
    conversation: ConversationId,
    groupId: Bytes,
    answer: Exclude<PostAnswer, { kind: "ok" }>,
    postedEpoch: number | undefined,
    makeAnew: () => void,
  ): boolean {
    if (answer.kind === "lost") return false; // The same bytes go when the connection is back.
    const group = engine.groups.get(toHex(groupId));
    switch (answer.code) {
      case "stale-epoch":
        if (group === undefined || answer.epoch > group.epoch) {
          // The commit is on its way in our queue, ordered before anything we could still do.
          waitForCommit(conversation, groupId, group?.epoch ?? 0);
          return false;
        }
        // Behind us, or stale by the very epoch that was named: a gate that lies, or was set back.
        if (answer.epoch < group.epoch || answer.epoch === postedEpoch) {
          heal(engine, conversation, "gate");
          return false;
        }
        makeAnew();
        return true;
      case "unknown-gate":
      case "bad-post-token":
      case "bad-signature":
        // A gate that denies what this epoch derives is dead or lying.
        heal(engine, conversation, "gate");
        return false;
      case "too-large":
      case "malformed":
        holdFirst(conversation, answer.code);
        return false;
      default: {
        const key = toHex(conversation);
        const tries = (failures.get(key) ?? 0) + 1;
        failures.set(key, tries);
        kickAfter(
          conversation,
          Math.min(retryMsMax, retryMsMin * 2 ** (tries - 1)) * (0.5 + engine.ports.chance() / 2),
        );
        return false;
      }
    }
  }

  function waitForCommit(conversation: ConversationId, groupId: Bytes, epoch: number): void {
    engine.ports.after(commitMsMax, () => {
      const group = engine.groups.get(toHex(groupId));
      const row = readConversation(engine.db, conversation);
      if (stopped || group === undefined || group.epoch > epoch || !sameBytes(row?.group_id, groupId)) return;
      heal(engine, conversation, "missed-commit");
    });
  }

  function holdFirst(conversation: ConversationId, why: string): void {
    const item = firstInOutbox(engine.db, conversation);
    if (item === undefined) return;
    engine.db.transaction(() => {
      setHeld(engine.db, item.id, why);
      setMessageState(engine.db, conversation, ownOf(engine).account, item.id, "failed");
    });
    engine.changed(topicOf(conversation), "chats");
  }

  /** A list that the server does not hold is uploaded, then the same bytes are posted again. */
  async function postWithLists(
    header: PostHeader,
    parts: Bytes,
    lists: readonly (readonly Bytes[])[],
  ): Promise<PostAnswer> {
    const first = await engine.link.post(header, parts);
    if (first.kind !== "error" || first.code !== "unknown-list") return first;
    for (const addresses of lists) {
      const uploaded = await engine.link.call("anonymous", "uploadList", { addresses: [...addresses] });
      if (uploaded.kind === "lost") return { kind: "lost" };
    }
    return engine.link.post(header, parts);
  }

  return {
    kick,
    stop: () => {
      stopped = true;
      for (const cancel of timers.values()) cancel();
      timers.clear();
    },
  };
}

/** What this conversation does next; in the turn. */
async function nextStep(engine: Engine, conversation: ConversationId): Promise<Step> {
  const row = readConversation(engine.db, conversation);
  if (row === undefined) return { kind: "rest" };
  const nowMs = engine.ports.nowMs();
  const [pending] = readPendingOf(engine.db, conversation);
  if (pending !== undefined) return { kind: "commit", pending, lists: await listsOf(engine, pending) };

  const jobs = jobsOf(engine, conversation);
  const founding = jobs.find(({ job }) => job.kind === "found" || job.kind === "refound");
  if (founding !== undefined) {
    if (founding.dueMs <= nowMs) return { kind: "found", job: founding };
    if (founding.job.kind === "found") return { kind: "rest", untilMs: founding.dueMs };
  }
  if (row.group_id === null || row.frozen !== null) return { kind: "rest", ...untilOf(jobs, nowMs) };
  const group = await liveGroup(engine, row.group_id);
  if (group === undefined) return { kind: "rest" };
  const isOpen = row.state === "open" || row.state === "request-out" || row.state === "forming";
  if (!isOpen && row.state !== "left") return { kind: "rest" };
  if (group.members.some((member) => engine.lists.isFrozen(member.account))) return { kind: "rest" };

  if (isOpen) planFreshAddress(engine, conversation, group, jobs);
  const due = isOpen ? dueJobs(engine, group).filter(({ job }) => job.kind !== "found" && job.kind !== "refound") : [];
  if (isOpen && (due.length > 0 || staleLeaves(engine, group).length > 0)) {
    if (due.some(needsDraw)) return { kind: "draw", group, jobs: due };
    const nothing: Draw = new Map();
    if (await prepareCommit(engine, group, due, nothing)) {
      const made = readPending(engine.db, group.groupId);
      if (made !== undefined) return { kind: "commit", pending: made, lists: await listsOf(engine, made) };
    }
    if (staleLeaves(engine, group).length > 0) return { kind: "rest", untilMs: nowMs + retryMsMin };
  }
  const item = await encryptNext(engine, row, group);
  if (item !== undefined) return { kind: "message", item, group: engine.groups.get(toHex(group.groupId)) ?? group };
  return { kind: "rest", ...untilOf(jobsOf(engine, conversation), nowMs) };
}

/** DS4: joined by a last-resort package, whose address others know too: a fresh one before anything is said. */
function planFreshAddress(
  engine: Engine,
  conversation: ConversationId,
  group: Group,
  jobs: readonly StoredJob[],
): void {
  const isDue = readGroup(engine.db, group.groupId)?.fresh === 0 && !jobs.some(({ job }) => job.kind === "refresh");
  if (isDue) engine.db.transaction(() => plan(engine, conversation, { kind: "refresh" }));
}

function needsDraw({ job }: StoredJob): boolean {
  return job.kind === "add" || (job.kind === "add-device" && job.package === undefined);
}

function untilOf(jobs: readonly StoredJob[], nowMs: number): { untilMs?: number } {
  const later = jobs.map(({ dueMs }) => dueMs).filter((dueMs) => dueMs > nowMs);
  return later.length === 0 ? {} : { untilMs: Math.min(...later) };
}

/** The address lists that a stored post may name: those of its epoch, and those whom it adds. */
async function listsOf(engine: Engine, pending: PendingRow): Promise<readonly (readonly Bytes[])[]> {
  const before = await liveGroup(engine, pending.group_id);
  const next = await nextStateOf(engine, pending);
  if (pending.creates === 1 || before === undefined) return [addressesOf(next.members)];
  const added = next.members.filter(
    (member) => !before.members.some((other) => equalBytes(other.address, member.address)),
  );
  const newcomers = added.filter((member) => member.leaf !== next.ownLeaf);
  return newcomers.length === 0 ? [addressesOf(before.members)] : [addressesOf(before.members), addressesOf(newcomers)];
}
