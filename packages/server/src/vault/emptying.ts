/**
 * Emptying: what is no more anybody's leaves the disk in steps of a mebibyte or so, each in a commit of its own, between which others
 * are served (docs/spec/delivery.md DS131): the segments of a vault that was switched off, and the letters of a device that went.
 * What that is stands in the log, so that a crash leaves nothing behind.
 */
import type { GroupCommit } from "../core/group-commit.ts";
import { accept, done, type Outcome } from "../core/outcome.ts";
import type { Clock } from "../core/ports.ts";
import type { AccountRef, DeviceRef, Log } from "../log/log.ts";

const segmentsPerStep = { count: 64, bytes: 1024 * 1024 };
const lettersPerStep = 32;
const retryMs = 1_000;

/** Inside a transaction; answers whether there is more. */
type Task = { readonly step: () => boolean; readonly over: () => void };

export class Emptying {
  private readonly tasks: Task[] = [];
  private isAtWork = false;
  private readonly log: Pick<Log, "vaults" | "delivery" | "accounts">;
  private readonly commits: GroupCommit;
  private readonly clock: Pick<Clock, "after">;

  constructor(log: Pick<Log, "vaults" | "delivery" | "accounts">, commits: GroupCommit, clock: Pick<Clock, "after">) {
    this.log = log;
    this.commits = commits;
    this.clock = clock;
  }

  /** What a server before this one did not come to. */
  start(): void {
    for (const account of this.log.vaults.withPassed()) this.vault(account);
    this.orphans();
  }

  /** Letters of devices that are no more, as after a crash. */
  orphans(): void {
    for (const device of this.log.accounts.orphans()) this.queue(device);
  }

  /** The segments before the vault's first place go. @param over is told once they are gone. */
  vault(account: AccountRef, over: () => void = () => undefined): void {
    this.begin({ step: () => this.log.vaults.dropPassed(account, segmentsPerStep) > 0, over });
  }

  queue(device: DeviceRef): void {
    const { delivery } = this.log;
    this.begin({
      step: () => {
        const last = delivery.backlog(device, 0, lettersPerStep).at(-1);
        if (last !== undefined) delivery.ack(device, 0, last.id);
        return last !== undefined;
      },
      over: () => undefined,
    });
  }

  private begin(task: Task): void {
    this.tasks.push(task);
    if (!this.isAtWork) this.work();
  }

  private work(): void {
    const [task] = this.tasks;
    this.isAtWork = task !== undefined;
    if (task === undefined) return;
    this.commits.inTurn(
      "emptying",
      (): Outcome<boolean> => accept(task.step()),
      (outcome) => {
        if (!outcome.ok) {
          this.tasks.push(...this.tasks.splice(0, 1)); // What cannot be done is in nobody else's way.
          this.clock.after(retryMs, () => this.work());
          return;
        }
        if (!outcome.value) {
          this.tasks.shift();
          task.over();
        }
        this.work();
      },
    );
  }
}

/** The vault is switched; once it is off, what it held is on its way from the disk. */
export function switchVault({ vaults }: Pick<Log, "vaults">, account: AccountRef, isOn: boolean): typeof done {
  // Asked again, it stays as it is: what devices put there since is not to go.
  if (vaults.vault(account).isOn !== isOn) vaults.setVault(account, isOn);
  return done;
}
