/**
 * Inbox: handles pushes in the order of arrival, each once the one before it is stored (docs/spec/sync.md SY3, SY20).
 *
 * A push that this client cannot handle is set aside: counted and acknowledged, so that it blocks nothing after it. If
 * the disk is the reason, nothing is acknowledged, and the same push is tried again.
 */
import { countDiagnostic, StorageError } from "@yanshu/store";
import type { Push } from "@yanshu/wire";
import type { Engine } from "../core/engine.ts";
import type { Cancel } from "../ports.ts";
import { receiveBatch } from "./batch.ts";
import { receivePush } from "./receive.ts";

/** Pushes in one transaction: enough to spare the disk, few enough that a person's action does not wait for long. */
const batchMax = 200;
/** A push that follows another within this time belongs to a backlog, and waits this long for more of it. */
const gatherMs = 20;
const retryMsMin = 1_000;
const retryMsMax = 60_000;

export type Inbox = ReturnType<typeof createInbox>;

/** @param stored gets each push once its content is on disk, or it was set aside. */
export function createInbox(engine: Engine, stored: (push: Push) => void) {
  let waiting: Push[] = [];
  let heardMs = Number.NEGATIVE_INFINITY;
  let gathering: Cancel | undefined;
  let running = false;
  let failures = 0;
  /** How many pushes are handled alone, because one of them failed the batch that they were in. */
  let alone = 0;
  let retry: Cancel | undefined;

  function take(push: Push): void {
    waiting.push(push);
    const nowMs = engine.ports.nowMs();
    const isBacklog = Math.abs(nowMs - heardMs) < gatherMs;
    heardMs = nowMs;
    if (retry !== undefined || running) return;
    if (isBacklog && waiting.length < batchMax) gathering ??= engine.ports.after(gatherMs, run);
    else run();
  }

  function run(): void {
    gathering?.();
    gathering = undefined;
    if (running) return;
    running = true;
    drain()
      .catch(engine.failed)
      .finally(() => {
        running = false;
      });
  }

  async function drain(): Promise<void> {
    while (retry === undefined && waiting.length > 0) await engine.turn.take(takeSome);
  }

  /** In the turn. */
  async function takeSome(): Promise<void> {
    const batch = waiting.slice(0, batchMax);
    const [first] = batch;
    if (first === undefined) return; // The connection closed meanwhile, and its pushes were dropped.
    if (alone > 0) {
      alone--;
      return takeOne(first);
    }
    try {
      const taken = await receiveBatch(engine, batch);
      if (taken === 0) return takeOne(first);
      if (taken === "each") {
        alone = batch.length;
        return;
      }
      failures = 0;
      for (const push of batch.slice(0, taken)) done(push);
    } catch (error) {
      if (error instanceof StorageError) {
        engine.failed(error);
        return tryLater();
      }
      alone = batch.length; // One of them failed the batch; alone, the others succeed.
    }
  }

  async function takeOne(push: Push): Promise<void> {
    try {
      await receivePush(engine, push);
    } catch (error) {
      engine.failed(error);
      if (error instanceof StorageError || !setAside()) return tryLater();
    }
    failures = 0;
    done(push);
  }

  function done(push: Push): void {
    if (waiting[0] === push) waiting.shift();
    stored(push);
  }

  /** Returns whether the push was counted; if the disk cannot store even that, the push is tried again. */
  function setAside(): boolean {
    try {
      engine.db.transaction(() => countDiagnostic(engine.db, "set-aside"));
      return true;
    } catch {
      return false;
    }
  }

  function tryLater(): void {
    const waitMs = Math.min(retryMsMax, retryMsMin * 2 ** Math.min(failures++, 10));
    retry = engine.ports.after(waitMs * (0.5 + engine.ports.chance() / 2), () => {
      retry = undefined;
      run();
    });
  }

  return {
    take,
    /**
     * Drops unhandled pushes, which come again on the next connection. @param isOf whether a push came on the
     * connection that closed.
     */
    forget: (isOf: (push: Push) => boolean) => {
      waiting = waiting.filter((push) => !isOf(push));
      alone = 0;
      gathering?.();
      gathering = undefined;
      failures = 0;
      retry?.();
      retry = undefined;
      if (waiting.length > 0) run(); // These came on another connection, so they do not come again.
    },
    /** Whether a push is being handled now. False while one waits for the disk. */
    isTaking: () => running,
    /** Whether pushes wait. */
    isBehind: () => waiting.length > 0,
  };
}
