/**
 * Roster of a group call: who is in it, made of nothing but what devices of the conversation said of themselves under
 * their signatures (docs/spec/calls.md CA91). A seat of which no device said so is nobody's: it has no face, and is
 * given no key.
 */
import type { Hex } from "../../feature.ts";

export type Here = {
  readonly device: Hex;
  readonly account: Hex;
  readonly seat: number;
  /** X25519, of this call alone, in hex. */
  readonly key: Hex;
  readonly voice: boolean;
  readonly picture: boolean;
};
/** `screen`: the picture is that of its screen. */
export type There = Here & { readonly screen: boolean };
/** `isOld`: heard before this device sat down again, and not since: another device may have its seat by now. */
type Entry = There & { readonly heardMs: number; emptyMs: number | undefined; isOld: boolean };

export type RosterChange =
  /** It was there before with the same key: nothing is due to it. */
  | { readonly kind: "same" }
  /**
   * `isAgain`: it was there with another key, or on another seat: what was given to it there is void. `out`: who had
   * its seat when the room was another.
   */
  | { readonly kind: "came"; readonly isAgain: boolean; readonly out?: Hex }
  /** Another device that was heard lately sits there, or it came or changed less than five seconds ago. */
  | { readonly kind: "refused" };

/** Who says nothing for so long is gone: each says that it is there every five seconds. */
export const silentMsMax = 20_000;
/** A seat that home says is empty may be taken again by its device, whose network changed. */
export const emptyMsMax = 4_000;
/** Of one device one change counts in so long: each makes everybody draw or step keys. */
const changeMs = 5_000;

export class Roster {
  private readonly entries = new Map<Hex, Entry>();
  /** When each device came or changed last, also of those who left. */
  private readonly changedMs = new Map<Hex, number>();

  get all(): readonly There[] {
    return [...this.entries.values()];
  }

  get(device: Hex): There | undefined {
    return this.entries.get(device);
  }

  heard(here: Here, nowMs: number): RosterChange {
    const before = this.entries.get(here.device);
    const there = [...this.entries.values()].find(({ device, seat }) => seat === here.seat && device !== here.device);
    // @checks CA91
    if (there?.isOld === false) return { kind: "refused" };
    const isSame = before !== undefined && before.key === here.key && before.seat === here.seat;
    if (!isSame) {
      if (nowMs - (this.changedMs.get(here.device) ?? Number.NEGATIVE_INFINITY) < changeMs) return { kind: "refused" };
      this.changedMs.set(here.device, nowMs);
    }
    if (there !== undefined) this.entries.delete(there.device);
    const screen = isSame && here.picture && before.screen;
    this.entries.set(here.device, { ...here, screen, heardMs: nowMs, emptyMs: undefined, isOld: false });
    if (isSame) return { kind: "same" };
    return { kind: "came", isAgain: before !== undefined, ...(there !== undefined && { out: there.device }) };
  }

  /** This device sits down again, perhaps in a room that was made anew: seats may be given to others. */
  age(): void {
    for (const entry of this.entries.values()) entry.isOld = true;
  }

  /** A device that is here shows its screen, or shows it no more. Returns whether that is new. */
  shows(device: Hex, seat: number, screen: boolean): boolean {
    const entry = this.entries.get(device);
    // @checks CA194
    if (entry === undefined || entry.seat !== seat || entry.screen === (screen && entry.picture)) return false;
    this.entries.set(device, { ...entry, screen: screen && entry.picture });
    return true;
  }

  left(device: Hex): boolean {
    return this.entries.delete(device);
  }

  /**
   * Takes out who is gone: silent, on a seat that is empty, or of no device of the conversation any more.
   * @param seats those that home says are taken; undefined where it cannot be asked just now. Returns who went.
   */
  sweep(nowMs: number, seats: ReadonlySet<number> | undefined, isMember: (device: Hex) => boolean): readonly Here[] {
    const gone: Here[] = [];
    for (const entry of this.entries.values()) {
      if (seats === undefined || seats.has(entry.seat)) entry.emptyMs = undefined;
      else entry.emptyMs ??= nowMs;
      const isEmpty = entry.emptyMs !== undefined && nowMs - entry.emptyMs >= emptyMsMax;
      const isSilent = seats !== undefined && nowMs - entry.heardMs >= silentMsMax;
      if (isMember(entry.device) && !isEmpty && !isSilent) continue;
      this.entries.delete(entry.device);
      gone.push(entry);
    }
    return gone;
  }

  /** Nobody is known any more. */
  clear(): void {
    this.entries.clear();
    this.changedMs.clear();
  }
}
