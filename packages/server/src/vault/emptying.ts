/**
 * Emptying: what is no more anybody's leaves the disk in steps of a mebibyte or so, each in a commit of its own, between which others
 * are served (docs/spec/delivery.md DS131): the segments of a vault that was switched off, and the letters of a device that went.
 * What that is stands in the log, so that a crash leaves nothing behind.
 */
import { Fair } from "../core/fair.ts";
import type { GroupCommit } from "../core/group-commit.ts";
import { accept, done, type Outcome } from "../core/outcome.ts";
import type { Clock } from "../core/ports.ts";
import type { AccountRef, DeviceRef, Log } from "../log/log.ts";

const segmentsPerStep = { count: 64, bytes: 1024 * 1024 };
const lettersPerStep = 32;
const retryMs = 1_000;

type Task = {
  /** Inside a transaction; answers whether there is more. */
  readonly step: () => boolean;
  /** Who waits for it to be gone. */
  readonly over: (() => void)[];
  /** It was asked for once more since its last step. */
  isAskedAgain: boolean;
};

/** Letters of all devices that went have one turn together: nobody waits for them. */
const lettersPlace = "letters";

export class Emptying {
  /** What is not done yet: one for each vault and each device, however often it was asked for. */
  private readonly tasks = new Map<string, Task>();
  /** Their names, in turn by whose they are (DS180); but for the one that is at work, and those that rest after a failure. */
  private readonly waiting = new Fair<string>();
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
    const place = `vault ${account}`;
    this.begin(place, place, () => this.log.vaults.dropPassed(account, segmentsPerStep) > 0, over);
  }

  queue(device: DeviceRef): void {
    const { delivery } = this.log;
    this.begin(lettersPlace, `${lettersPlace} ${device}`, () => {
      const last = delivery.backlog(device, 0, lettersPerStep).at(-1);
      if (last !== undefined) delivery.ack(device, 0, last.id);
      return last !== undefined;
    });
  }

  /** Who asks for what is under way waits for that. */
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
    const place = name.startsWith(lettersPlace) ? lettersPlace : name;
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

/** The vault is switched; once it is off, what it held is on its way from the disk. */
export function switchVault({ vaults }: Pick<Log, "vaults">, account: AccountRef, isOn: boolean): typeof done {
  // Asked again, it stays as it is: what devices put there since is not to go.
  if (vaults.vault(account).isOn !== isOn) vaults.setVault(account, isOn);
  return done;
}
