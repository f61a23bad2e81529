/**
 * Acts: the operator's commands on accounts (docs/spec/delivery.md DS140, DS142, DS143): invite, suspend, remove.
 * Accounts are named by their numbers in the database; the server does not know names.
 */
import { type Bytes, capabilityHashOf, idBytes } from "@yanshu/wire";
import type { LookAhead } from "../core/group-commit.ts";
import { accept, type Outcome, refuse } from "../core/outcome.ts";
import type { Clock, Random, SyncPrimitives } from "../core/ports.ts";
import type { FeatureTables } from "../log/feature-tables.ts";
import type { AccountLog, AccountRef, DeviceRef, PeerLog } from "../log/log.ts";

export type ActPorts = {
  readonly log: AccountLog;
  readonly invitations: FeatureTables["invitations"];
  readonly clock: Clock;
  readonly random: Random;
  readonly primitives: SyncPrimitives;
  /** Runs in a transaction, and settles when it is on disk. */
  readonly committed: <T>(run: () => Outcome<T>, ahead?: LookAhead) => Promise<Outcome<T>>;
  /** Tells other servers that share the log, if there are any. */
  readonly peers: Pick<PeerLog, "call"> | undefined;
  /** Ends the sessions of a suspended account's devices here. */
  readonly suspended: (devices: readonly DeviceRef[]) => void;
  /** Deletes the account, as its own devices can (DS56). Returns those devices. */
  readonly remove: (account: AccountRef) => Promise<Outcome<readonly DeviceRef[]>>;
};

export type Invited = { readonly ref: number; readonly code: Bytes };

export class OperatorActs {
  private readonly ports: ActPorts;

  constructor(ports: ActPorts) {
    this.ports = ports;
  }

  /**
   * Creates an invitation. Its token is returned here, and is not stored.
   *
   * @param people how many accounts it lets in; undefined: any number.
   */
  invite(people: number | undefined, endsMs: number | undefined): Promise<Outcome<Invited>> {
    const code = this.newCode();
    return this.ports.committed(() =>
      accept({ ref: this.ports.invitations.addInvitation(this.hashOf(code), people, endsMs), code }),
    );
  }

  /**
   * Replaces the token of an invitation, such as one that was lost. How many it still lets in, and its end, stay.
   * Refused with `unknown-list` if there is no such invitation.
   */
  replace(ref: number): Promise<Outcome<Invited>> {
    const code = this.newCode();
    return this.ports.committed(() =>
      this.ports.invitations.replaceInvitation(ref, this.hashOf(code)) ? accept({ ref, code }) : refuse("unknown-list"),
    );
  }

  end(ref: number): Promise<Outcome<boolean>> {
    return this.ports.committed(() => accept(this.ports.invitations.endInvitation(ref, this.ports.clock.nowMs())));
  }

  invitations(): ReturnType<FeatureTables["invitations"]["invitations"]> {
    return this.ports.invitations.invitations();
  }

  /** Suspends the account, or lets it in again. Refused with `unknown-account` if there is none. */
  async suspend(account: AccountRef, isSuspended: boolean): Promise<Outcome<{ readonly devices: number }>> {
    const { log, peers } = this.ports;
    const outcome = await this.ports.committed(
      () => {
        if (log.byRef(account) === undefined) return refuse("unknown-account");
        log.setSuspended(account, isSuspended);
        const devices = log.devices(account).map(({ ref }) => ref);
        // In the same transaction, so that no server keeps a session of a suspended account (DS185).
        if (isSuspended) for (const device of devices) peers?.call(device, "superseded");
        return accept(devices);
      },
      (ahead) => {
        ahead.moves = true; // None of the devices can sign in at another server meanwhile.
      },
    );
    if (!outcome.ok) return outcome;
    if (isSuspended) this.ports.suspended(outcome.value);
    return accept({ devices: outcome.value.length });
  }

  /** Deletes the account, as its own devices can (DS56). Refused with `unknown-account` if there is none. */
  async remove(account: AccountRef): Promise<Outcome<{ readonly devices: number }>> {
    const outcome = await this.ports.remove(account);
    return outcome.ok ? accept({ devices: outcome.value.length }) : outcome;
  }

  private newCode(): Bytes {
    return this.ports.random(idBytes.token);
  }

  private hashOf(code: Bytes): Bytes {
    return capabilityHashOf(this.ports.primitives.sha256, code);
  }
}
