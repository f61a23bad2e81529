/**
 * Inbox: pushes in the order of their arrival, each taken once the one before it is stored
 * (docs/spec/sync.md SY3, SY20).
 *
 * A push that this client cannot take is set aside: counted and acknowledged, so that it holds up nothing
 * that follows. When the disk is why it was not taken, nothing is acknowledged: the same push is tried again.
 */
import { countDiagnostic, StorageError } from "@yanshu/store";
import type { Push } from "@yanshu/wire";
import type { Engine } from "../core/engine.ts";
import type { Cancel } from "../ports.ts";
import { receiveBatch } from "./batch.ts";
import { receivePush } from "./receive.ts";

/** Pushes in one transaction: enough to spare the disk, few enough that what a person does is not kept waiting. */
const batchMax = 200;
/** What follows another push that soon is part of a backlog, and waits so long for more of it. */
const gatherMs = 20;
const retryMsMin = 1_000;
const retryMsMax = 60_000;

export type Inbox = ReturnType<typeof createInbox>;

/** @param stored is told of each push once what it said is on disk, or it was set aside. */
export function createInbox(engine: Engine, stored: (push: Push) => void) {
  let waiting: Push[] = [];
  let heardMs = Number.NEGATIVE_INFINITY;
  let gathering: Cancel | undefined;
  let running = false;
  let failures = 0;
  /** How many pushes are to be taken one by one, because one of them failed the batch that they were in. */
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
    if (first === undefined) return; // Its connection went meanwhile.
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
      alone = batch.length; // One of them is why; the others are not to suffer for it.
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

  /** Answers whether it is counted: a disk that cannot even take that gets another try. */
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
     * What was not taken comes again on the next connection. @param isOf whether it was to come on the one that is
     * gone.
     */
    forget: (isOf: (push: Push) => boolean) => {
      waiting = waiting.filter((push) => !isOf(push));
      alone = 0;
      gathering?.();
      gathering = undefined;
      failures = 0;
      retry?.();
      retry = undefined;
      if (waiting.length > 0) run(); // Of another connection: it does not come again.
    },
    /** Whether something is being taken now; what waits for the disk is not. */
    isTaking: () => running,
    /** Whether more has come than was taken. */
    isBehind: () => waiting.length > 0,
  };
}
