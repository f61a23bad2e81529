/**
 * Emptying: what is no longer anybody's leaves the disk in steps of a mebibyte or so, each in a commit of its own,
 * between which others are served (docs/spec/delivery.md DS131): what a feature lets go of an account, and the messages
 * of a device that went. What that is stands in the log, so that a crash leaves nothing behind.
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
  /** Called once it is gone. */
  readonly over: (() => void)[];
  /** It was asked for once more since its last step. */
  isAskedAgain: boolean;
};

/** Messages of all devices that went have one turn together: nobody waits for them. */
const messagesPlace = "messages";

export class Emptying {
  /** What is not done yet: one for each account of a feature and each device, however often it was asked for. */
  private readonly tasks = new Map<string, Task>();
  /**
   * Their names, in turn by whose they are (DS180); but for the one that is at work, and those that rest after a
   * failure.
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

  /** What a server before this one did not come to. */
  start(): void {
    for (const { name, leaving } of allFeatures)
      if (leaving !== undefined)
        for (const account of leaving.waiting(this.log.features[name as keyof Log["features"]]))
          this.ofFeature(name, account, () => undefined);
    this.orphans();
  }

  /** Messages of devices that are no more, as after a crash. */
  orphans(): void {
    for (const device of this.log.accounts.orphans()) this.queue(device);
  }

  /** Inside a commit: nothing that would leave in steps is the account's any more. */
  letGo(account: AccountRef): void {
    for (const { name, leaving } of allFeatures)
      leaving?.begin(this.log.features[name as keyof Log["features"]], account);
  }

  /**
   * What all features let go of the account leaves, one feature after another. @param over is called once it is gone.
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

  /** @param over is called once what the feature let go of the account is gone. */
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

  /** Where it is under way already, `over` waits for that. */
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
          // What cannot be done now is in nobody else's way.
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
