/** On which homes the account is, and how it goes to another (docs/spec/homes.md). */
import type { UnixMs } from "@yanshu/wire";
import type { Hex } from "./hex.ts";

/**
 * Why the other home does not have all: `unreachable`, it did not answer; `refused`, it does not take this account or
 * this device; `full`, it has no more room; `home`, the own home did not answer; `strange`, another server than the one
 * that was named answers there.
 */
export type HomeFault = "unreachable" | "refused" | "full" | "home" | "strange";

/** An invite of a server, which home's operator offers as a reserve (HM117), or to which home goes (HM118). */
export type OfferedHome = { readonly server: string; readonly link: string };

/** Where people are looked for whose home is gone, as this device's was (HM83). */
export type MeetingView = {
  /** Meeting places besides home. */
  readonly places: readonly string[];
  /** Accounts that are looked for and were not found yet. */
  readonly missing: readonly Hex[];
};

export type HomesView = {
  /** Where this device is signed in. */
  readonly home: string;
  /** Where the account is besides, as far as this device was told. */
  readonly others: readonly string[];
  /** Where another device of the account went, and this one did not (HM70). */
  readonly moved?: string;
  /**
   * The home of before, at which this device goes on being reached by those who stay there: whether it is connected, or
   * does not answer.
   */
  readonly before?: {
    readonly server: string;
    readonly isReached: boolean;
    readonly isAway: boolean;
    /** As that of home. */
    readonly leavingMs?: UnixMs;
  };
  /** Not before then home lets go of the account, for a device asked it to; any device may say no (`stayHome`). */
  readonly leavingMs?: UnixMs;
  /** Absent: no meeting place is known, and nobody is looked for. */
  readonly meeting?: MeetingView;
  /** What home's operator offers as a reserve, where there is none (HM117). */
  readonly offered?: OfferedHome;
  /** Where home goes, as its operator says, until the account is there (HM118). */
  readonly next?: OfferedHome;
  /** Where all is kept that brings the account back, should home be gone. */
  readonly reserve?: {
    readonly server: string;
    /** Parts of the history that are there, of so many. */
    readonly done: number;
    readonly of: number;
    /** All that this device has is there. */
    readonly isWhole: boolean;
    /** When all of it was there last, people and groups as well. */
    readonly wholeMs?: UnixMs;
    /** Why not all is there. */
    readonly fault?: HomeFault;
    /** This program does not reach it: its copy stays there for its days where the account is deleted here (HM49). */
    readonly isOutOfReach?: true;
    /** A device that is removed by now named it: a thief may have. */
    readonly isByRemoved?: true;
    /** As that of home. */
    readonly leavingMs?: UnixMs;
  };
};

export type HomesViews = { readonly homes: { readonly args: readonly []; readonly value: HomesView } };

export type HomesApi = {
  /**
   * `link`: an invite of another home, or a link of somebody there, which keeps from now on what brings the account
   * back; what was kept elsewhere is carried no more. Rejects with `bad-link`, `not-allowed` where it is the own home
   * or this program reaches no other, `offline`, `server-unreachable`, `wrong-server`, `strange-server` where
   * another server answers at a known name, `refused`, or why the invite lets nobody in.
   */
  readonly setReserve: (link: string) => Promise<void>;
  /** Home's vault and the reserve are looked at at once: somebody waits. */
  readonly carryNow: () => Promise<void>;
  /** Nothing is carried to the reserve any more; it lets go of the account after its days. */
  readonly dropReserve: () => Promise<void>;
  /** The person wants no reserve for now: nobody asks again of the one that is offered. */
  readonly putOffReserve: () => Promise<void>;
  /**
   * No home lets go of the account that a device asked to: home, the one of before, and the reserve. Rejects with
   * `offline`, or `server-unreachable` where it is one of the others that was not told.
   */
  readonly stayHome: () => Promise<void>;
  /**
   * People of a home that is gone are looked for at that server as well. Rejects with `bad-link` where it is no name of
   * a server.
   */
  readonly meetAt: (place: string) => Promise<void>;
  /**
   * This device goes to another home. While the own home answers what lies there goes along, and who stays there is
   * reached as before. Rejects as `setReserve`, and with `not-allowed` where nothing is named and there is no server to
   * go to, or two; with `refused` where `to` names a server that is neither of them.
   *
   * @param to an invite link, or one of somebody who is there (HM77); or the name of the server that the person
   * confirmed, which is the reserve or where
   *   another device of the account went.
   */
  readonly moveHome: (to?: string) => Promise<void>;
};
