/**
 * Link table: what either side of linking needs (docs/spec/identity.md ID12). One linking at a time, over a
 * connection of its own that opens the rendezvous address and goes when linking ends, so that home cannot lay
 * the account beside the connection that posts (DS50).
 */
import { decodeNote, encodeNote, type Note } from "@yanshu/content";
import { openSealed, sealTo } from "@yanshu/mls";
import { type Address, type Bytes, encodeParts, equalBytes, idBytes, limits, type Push } from "@yanshu/wire";
import type { ClientErrorCode, LinkingView } from "../api.ts";
import type { Engine } from "../core/engine.ts";
import type { Errand } from "../core/link.ts";
import type { Cancel } from "../ports.ts";

export const linkMsMax = limits.rendezvousMinutes * 60_000;
const nonceBytes = 16;

/** Where a device takes notes, and how they are sealed to it. */
export type Peer = { readonly address: Address; readonly sealKey: Bytes };

/** One linking, from one side. */
export type Talk = Peer & {
  readonly side: "new" | "old";
  readonly nonce: Bytes;
  /** False once it ended, for whatever reason. */
  readonly isOn: () => boolean;
  readonly send: (peer: Peer, note: Note) => Promise<boolean>;
};

export type LinkTable = ReturnType<typeof createLinkTable>;

export function createLinkTable(engine: Engine) {
  const { ports } = engine;
  const { crypto } = ports;
  let current: { readonly talk: Talk; readonly close: () => void } | undefined;
  let expiry: Cancel | undefined;
  /** What this device is again when the linking under way ends. */
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
    const seal = await crypto.sealKeyPair();
    const address = crypto.random(idBytes.address);
    const take = async (push: Push): Promise<void> => {
      const here = push.target.kind === "address" && equalBytes(push.target.address, address);
      const plain = here ? await openSealed(crypto, seal.privateKey, push.envelope) : undefined;
      const note = plain === undefined ? undefined : decodeNote(plain);
      if (note !== undefined && talk.isOn()) await heard(note);
    };
    // Once more on each new socket: home forgets the address with the old one.
    const errand = await engine.link.errand(
      server,
      async (call) => (await call("rendezvous", { address })).kind === "ok",
      (push) => void engine.turn.take(() => take(push)).catch(engine.failed),
    );
    if (errand === undefined) return undefined;
    leave(); // One that was begun meanwhile.
    const talk: Talk = {
      side,
      address,
      sealKey: seal.publicKey,
      nonce: crypto.random(nonceBytes),
      isOn: () => current?.talk === talk,
      send: (peer, note) => send(errand, peer, note),
    };
    current = { talk, close: errand.close };
    expiry?.();
    expiry = ports.after(linkMsMax, () => stop("link-expired"));
    return talk;
  }

  async function send(errand: Errand, peer: Peer, note: Note): Promise<boolean> {
    const envelope = await sealTo(crypto, peer.sealKey, encodeNote(note));
    const parts = encodeParts([{ target: { kind: "address", address: peer.address }, envelope }]);
    return (await errand.post({ mode: "deposit" }, parts)).kind === "ok";
  }

  return {
    open,
    show,
    stop,
    end,
    /** The account named this device, so it lives here, whether or not the other one hears of it. */
    settled: () => {
      expiry?.();
      phaseAfter = "ready";
    },
  };
}
