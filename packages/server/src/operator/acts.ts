/**
 * Acts: what the operator does to a server (docs/spec/delivery.md DS140, DS142, DS143): invite, suspend, remove.
 * Accounts are meant by the number under which the database has them; nobody's name is known here.
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
  /** Where other servers write into the log as well: they hear of it by what stands there. */
  readonly peers: Pick<PeerLog, "call"> | undefined;
  /** Its devices that are connected here are not let in any more. */
  readonly suspended: (devices: readonly DeviceRef[]) => void;
  /** As the account's own devices would (DS56); answers those. */
  readonly remove: (account: AccountRef) => Promise<Outcome<readonly DeviceRef[]>>;
};

export type Invited = { readonly ref: number; readonly code: Bytes };

export class OperatorActs {
  private readonly ports: ActPorts;

  constructor(ports: ActPorts) {
    this.ports = ports;
  }

  /**
   * A new invitation; its code is told here and never again.
   *
   * @param people how many it lets in; undefined: as many as come.
   */
  invite(people: number | undefined, endsMs: number | undefined): Promise<Outcome<Invited>> {
    const code = this.newCode();
    return this.ports.committed(() =>
      accept({ ref: this.ports.invitations.addInvitation(this.hashOf(code), people, endsMs), code }),
    );
  }

  /**
   * Another code in the place of the one that was lost; what is left, and until when, stays. Refused `unknown-list`
   * where there is none.
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

  /** Or lets it in again. Refused `unknown-account`. */
  async suspend(account: AccountRef, isSuspended: boolean): Promise<Outcome<{ readonly devices: number }>> {
    const { log, peers } = this.ports;
    const outcome = await this.ports.committed(
      () => {
        if (log.byRef(account) === undefined) return refuse("unknown-account");
        log.setSuspended(account, isSuspended);
        const devices = log.devices(account).map(({ ref }) => ref);
        // In the same transaction, so that no server goes on with one whose account is shut out (DS185).
        if (isSuspended) for (const device of devices) peers?.call(device, "superseded");
        return accept(devices);
      },
      (ahead) => {
        ahead.moves = true; // None of them is being let in elsewhere meanwhile.
      },
    );
    if (!outcome.ok) return outcome;
    if (isSuspended) this.ports.suspended(outcome.value);
    return accept({ devices: outcome.value.length });
  }

  /** As the account's own devices would (DS56). Refused `unknown-account`. */
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
