/**
 * Emptying: deletes large data in steps of about a mebibyte, each in its own commit, so that others are served in
 * between (docs/spec/delivery.md DS131): what features kept of a deleted account, and the queues of deleted devices.
 * The log knows what is left to delete, so that nothing is forgotten after a crash.
 */
import { allFeatures, type Log } from "../log/feature-tables.ts";
import type { AccountRef, DeviceRef } from "../log/log.ts";
import { Fair } from "./fair.ts";
import type { GroupCommit } from "./group-commit.ts";
import { accept, type Outcome } from "./outcome.ts";
import type { Clock } from "./ports.ts";

const messagesPerStep = 32;
const retryMs = 1_000;

type Task = {
  /** Inside a transaction; returns whether there is more. */
  readonly step: () => boolean;
  /** Called once all is deleted. */
  readonly over: (() => void)[];
  /** The task was requested again since its last step. */
  isAskedAgain: boolean;
};

/** The queues of all deleted devices share one turn: nobody waits for them. */
const messagesPlace = "messages";

export class Emptying {
  /** Tasks that are not done: one for each account and feature, and one for each device. */
  private readonly tasks = new Map<string, Task>();
  /**
   * Names of tasks that wait, in turn by owner (DS180). The running one, and those that pause after a failure, are not
   * in it.
   */
  private readonly waiting = new Fair<string>();
  private isAtWork = false;
  private readonly log: Pick<Log, "features" | "delivery" | "accounts">;
  private readonly commits: GroupCommit;
  private readonly clock: Pick<Clock, "after">;

  constructor(log: Pick<Log, "features" | "delivery" | "accounts">, commits: GroupCommit, clock: Pick<Clock, "after">) {
    this.log = log;
    this.commits = commits;
    this.clock = clock;
  }

  /** Queues what was left to delete when the last server process ended. */
  start(): void {
    for (const { name, leaving } of allFeatures)
      if (leaving !== undefined)
        for (const account of leaving.waiting(this.log.features[name as keyof Log["features"]]))
          this.ofFeature(name, account, () => undefined);
    this.orphans();
  }

  /** Queues the messages of devices that were deleted, such as before a crash. */
  orphans(): void {
    for (const device of this.log.accounts.orphans()) this.queue(device);
  }

  /** Inside a commit: detaches from the account everything that features delete in steps. */
  letGo(account: AccountRef): void {
    for (const { name, leaving } of allFeatures)
      leaving?.begin(this.log.features[name as keyof Log["features"]], account);
  }

  /**
   * Deletes what all features detached from the account, one feature after another. @param over called when all is
   * deleted.
   */
  account(account: AccountRef, over: () => void): void {
    const names = allFeatures.flatMap(({ name, leaving }) => (leaving === undefined ? [] : [name]));
    const next = (at: number): void => {
      const name = names[at];
      if (name === undefined) over();
      else this.ofFeature(name, account, () => next(at + 1));
    };
    next(0);
  }

  /** Deletes what one feature detached from the account. @param over called when all is deleted. */
  ofFeature(name: string, account: AccountRef, over: () => void): void {
    const place = `${name} ${account}`;
    const leaving = allFeatures.find((feature) => feature.name === name)?.leaving;
    const tables = this.log.features[name as keyof Log["features"]];
    this.begin(place, place, () => leaving?.step(tables, account) === true, over);
  }

  queue(device: DeviceRef): void {
    const { delivery } = this.log;
    this.begin(messagesPlace, `${messagesPlace} ${device}`, () => {
      const last = delivery.backlog(device, 0, messagesPerStep).at(-1);
      if (last !== undefined) delivery.ack(device, 0, last.id);
      return last !== undefined;
    });
  }

  /** Adds a task. If one of this name exists, `over` is called when that one ends. */
  private begin(place: string, name: string, step: () => boolean, over: () => void = () => undefined): void {
    const held = this.tasks.get(name);
    if (held !== undefined) {
      held.over.push(over);
      held.isAskedAgain = true;
      return;
    }
    this.tasks.set(name, { step, over: [over], isAskedAgain: false });
    this.queueUp(place, name);
  }

  private queueUp(place: string, name: string): void {
    this.waiting.add(place, name);
    if (!this.isAtWork) this.work();
  }

  private work(): void {
    const name = this.waiting.take();
    const task = name === undefined ? undefined : this.tasks.get(name);
    this.isAtWork = task !== undefined;
    if (name === undefined || task === undefined) return;
    const place = name.startsWith(`${messagesPlace} `) ? messagesPlace : name;
    this.commits.inTurn(
      "emptying",
      (): Outcome<boolean> => {
        task.isAskedAgain = false;
        return accept(task.step());
      },
      (outcome) => {
        try {
          // A task that failed waits, without blocking others.
          if (!outcome.ok) this.clock.after(retryMs, () => this.queueUp(place, name));
          else if (outcome.value || task.isAskedAgain) this.waiting.add(place, name);
          else {
            this.tasks.delete(name);
            for (const over of task.over) over();
          }
        } finally {
          this.work();
        }
      },
    );
  }
}
