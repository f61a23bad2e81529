/**
 * History for new members, in the background (docs/spec/groups.md GR32): this device fetches parts that it was handed,
 * and hands over parts to others. All tasks are stored, so a crash at any point only means that one part is done again.
 */
import { forgetOldHandovers } from "@yanshu/store";
import type { Engine } from "../core/engine.ts";
import type { Cancel } from "../ports.ts";
import { handNext } from "./hand-over.ts";
import { openTold, takeNext } from "./take.ts";

const dayMs = 86_400_000;
const retryMs = 20_000;
/** Pause between two parts, for other work. */
const paceMs = 110;

export type HistoryWorker = {
  /** Call this when there is a task, or home can be reached again. */
  readonly wake: () => void;
  readonly stop: () => void;
};

export function createHistory(engine: Engine): HistoryWorker {
  const { db, ports } = engine;
  let isRunning = false;
  let isWanted = false;
  let isStopped = false;
  let timer: Cancel | undefined;

  function plan(ms: number): void {
    timer?.();
    timer = ports.after(ms, run);
  }

  function run(): void {
    timer = undefined;
    isWanted ||= isRunning;
    const { media } = ports;
    if (isRunning || isStopped || media === undefined || engine.phase !== "ready") return;
    if (!engine.link.isReady("signed")) return; // The link calls `wake` when it is ready.
    isRunning = true;
    isWanted = false;
    work(media)
      .catch((error: unknown) => {
        engine.failed(error);
        return "later" as const;
      })
      .then((step) => {
        isRunning = false;
        if (isStopped) return;
        if (step === "later") plan(retryMs * (0.5 + ports.chance()));
        else if (isWanted) plan(0);
      })
      .catch(engine.failed);
  }

  /** First what this device lacks, then what others lack. */
  async function work(media: NonNullable<typeof ports.media>): Promise<"later" | "done"> {
    db.transaction(() => forgetOldHandovers(db, Math.floor(ports.nowMs() / dayMs)));
    for (;;) {
      await openTold(engine);
      const taken = await takeNext(engine, media);
      const step = taken === "done" ? await handNext(engine, media) : taken;
      if (step !== "more" || isStopped) return step === "more" ? "later" : step;
      await new Promise<void>((go) => void ports.after(paceMs, go));
    }
  }

  return {
    wake: () => plan(0),
    stop: () => {
      isStopped = true;
      timer?.();
    },
  };
}
