/**
 * Meeting: lets a device receive notes from a device that it does not know (docs/spec/identity.md ID12, ID38), at an
 * address in the server's memory. The connection is separate, so that home cannot link the account to the connection
 * that posts (DS50).
 */
import { decodeNote, encodeNote, type Note } from "@yanshu/content";
import { openSealed, sealTo } from "@yanshu/mls";
import { type Address, type Bytes, encodeParts, idBytes, limits, type Push } from "@yanshu/wire";
import type { Engine } from "../core/engine.ts";

export const meetingMsMax = limits.rendezvousMinutes * 60_000;
const nonceBytes = 16;

/** A device's address for notes, and the key that seals them. */
export type Peer = { readonly address: Address; readonly sealKey: Bytes };

export type Meeting = Peer & {
  readonly nonce: Bytes;
  /** Returns whether home accepted the note. */
  readonly send: (peer: Peer, note: Note) => Promise<boolean>;
  readonly close: () => void;
};

/**
 * @param heard is called in the turn, once a note.
 * @returns undefined when home could not be reached.
 */
export async function meet(
  engine: Engine,
  server: string,
  heard: (note: Note) => Promise<void> | void,
): Promise<Meeting | undefined> {
  const { crypto } = engine.ports;
  const seal = await crypto.sealKeyPair();
  const address = crypto.random(idBytes.address);
  const take = async (push: Push): Promise<void> => {
    // The seal names the address: what was sealed for another place does not open here.
    const plain = await openSealed(crypto, seal.privateKey, { purpose: "meeting", address }, push.envelope);
    const note = plain === undefined ? undefined : decodeNote(plain);
    if (note !== undefined) await heard(note);
  };
  // Registered again on each new socket, because home forgets the address with the old one.
  const errand = await engine.link.errand(
    server,
    async (call) => (await call("rendezvous", { address })).kind === "ok",
    (push) => void engine.turn.take(() => take(push)).catch(engine.failed),
  );
  if (errand === undefined) return undefined;
  return {
    address,
    sealKey: seal.publicKey,
    nonce: crypto.random(nonceBytes),
    close: errand.close,
    send: async (peer, note) => {
      const envelope = await sealTo(
        crypto,
        peer.sealKey,
        { purpose: "meeting", address: peer.address },
        encodeNote(note),
      );
      const parts = encodeParts([{ target: { kind: "address", address: peer.address }, envelope }]);
      return (await errand.post({ mode: "deposit" }, parts)).kind === "ok";
    },
  };
}
