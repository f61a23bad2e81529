/**
 * A meeting of somebody who keeps to no rules (docs/spec/identity.md ID12, ID38): an address where they hear notes, and
 * what they say to others'.
 */
import { decodeNote, encodeNote, type Note, type NoteOf } from "@yanshu/content";
import { openSealed, sealTo } from "@yanshu/mls";
import { createBunCrypto } from "@yanshu/mls/bun";
import { type Address, type Bytes, decodeServerFrame, encodeCall, encodeParts, type Push } from "@yanshu/wire";
import { postInTheDark } from "./dark.ts";
import type { World } from "./world.ts";

const crypto = createBunCrypto();

/** Where somebody takes notes, and how they are sealed to it. */
export type MeetingPlace = { readonly address: Address; readonly sealKey: Bytes };

export type DarkMeeting = MeetingPlace & {
  readonly heard: readonly Note[];
  /** Waits for the first note of this kind. */
  readonly hears: <K extends Note["kind"]>(kind: K) => Promise<NoteOf<K>>;
};

export async function meetInTheDark(world: World): Promise<DarkMeeting> {
  const seal = await crypto.sealKeyPair();
  const address = crypto.random(16);
  const heard: Note[] = [];
  const take = async (push: Push): Promise<void> => {
    const plain = await openSealed(crypto, seal.privateKey, { purpose: "meeting", address }, push.envelope);
    const note = plain && decodeNote(plain);
    if (note !== undefined) heard.push(note);
  };
  let isOpen = false;
  const socket = world.network.connect("somebody who waits in the dark", {
    open: () => {
      socket.send(encodeCall(1, "hello", { versions: [1] }));
      socket.send(encodeCall(2, "rendezvous", { address }));
    },
    message: (bytes) => {
      const frame = decodeServerFrame(bytes);
      if (frame.type === "ok" || (frame.type === "result" && frame.request === 2)) isOpen = true;
      if (frame.type === "push") void take(frame.push);
    },
    closed: () => undefined,
  });
  await world.until("they wait", () => isOpen);
  const hears = async <K extends Note["kind"]>(kind: K): Promise<NoteOf<K>> => {
    const found = () => heard.find((note): note is NoteOf<K> => note.kind === kind);
    await world.until(`they hear ${kind}`, () => found() !== undefined);
    return found() as NoteOf<K>;
  };
  return { address, sealKey: seal.publicKey, heard, hears };
}

/** Says it to the device that waits there, and gives it the time to be heard. */
export async function tellInTheDark(world: World, { address, sealKey }: MeetingPlace, ...notes: Note[]): Promise<void> {
  const posts = [];
  for (const note of notes) {
    const envelope = await sealTo(crypto, sealKey, { purpose: "meeting", address }, encodeNote(note));
    posts.push({
      header: { mode: "deposit" as const },
      parts: encodeParts([{ target: { kind: "address", address }, envelope }]),
    });
  }
  postInTheDark(world, "somebody who speaks in the dark", [address], posts);
  await world.pass(2_000);
}
