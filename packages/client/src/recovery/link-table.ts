/**
 * Link table: what either side of linking needs (docs/spec/identity.md ID12). One linking at a time, over a
 * connection of its own that opens the rendezvous address and goes when linking ends, so that home cannot lay
 * the account beside the connection that posts (DS50).
 */
import type { Note } from "@yanshu/content";
import type { LinkingView } from "../api/core.ts";
import type { Engine } from "../core/engine.ts";
import type { ClientErrorCode } from "../errors.ts";
import type { Cancel } from "../ports.ts";
import { type Meeting, meet, meetingMsMax } from "./meeting.ts";

/** One linking, from one side. */
export type Talk = Omit<Meeting, "close"> & {
  readonly side: "new" | "old";
  /** False once it ended, for whatever reason. */
  readonly isOn: () => boolean;
};

export type LinkTable = ReturnType<typeof createLinkTable>;

export function createLinkTable(engine: Engine) {
  const { ports } = engine;
  let current: { readonly talk: Talk; readonly close: () => void } | undefined;
  let expiry: Cancel | undefined;
  /** The phase to return to when the linking ends. */
  let phaseAfter: Engine["phase"] = "new";

  function show(view: LinkingView): void {
    engine.linking = view;
    engine.changed("linking", "status");
  }

  function leave(): void {
    current?.close();
    current = undefined;
  }

  /** Ends the linking under way, if there is one. */
  function end(view: LinkingView): void {
    expiry?.();
    leave();
    if (engine.phase === "linking") engine.phase = phaseAfter;
    show(view);
  }

  function stop(why: ClientErrorCode): void {
    if (current !== undefined) end({ side: current.talk.side, step: "stopped", why });
  }

  /**
   * Opens a rendezvous at `server`; `heard` is called in the turn, once a note. A linking before it is over.
   *
   * @returns undefined when home could not be reached.
   */
  async function open(
    side: Talk["side"],
    server: string,
    heard: (note: Note) => Promise<void> | void,
  ): Promise<Talk | undefined> {
    leave();
    if (side === "new" && engine.phase !== "linking") {
      phaseAfter = engine.phase;
      engine.phase = "linking";
    }
    const meeting = await meet(engine, server, async (note) => {
      if (talk.isOn()) await heard(note);
    });
    if (meeting === undefined) return undefined;
    leave(); // Closes a meeting that was begun meanwhile.
    const { close, ...rest } = meeting;
    const talk: Talk = { ...rest, side, isOn: () => current?.talk === talk };
    current = { talk, close };
    expiry?.();
    expiry = ports.after(meetingMsMax, () => stop("link-expired"));
    return talk;
  }

  return {
    open,
    show,
    stop,
    end,
    /**
     * The device list names this device, so it belongs to the account, whether the other device learns of it or not.
     */
    settled: () => {
      expiry?.();
      phaseAfter = "ready";
    },
  };
}
