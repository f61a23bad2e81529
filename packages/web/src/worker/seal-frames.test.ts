/** The server fills the slots of a group call as it likes: who is seen and heard there is who the key belongs to. */
import { expect, test } from "bun:test";
import { FrameSealer, kidOf } from "@yanshu/mls/sframe";
import type { FromSeal, SealOptions } from "../shared/seal-messages.ts";
import { SealFrames } from "./seal-frames.ts";

const maya = { seat: 1, kid: kidOf({ seat: 1, generation: 0, step: 0 }), key: new Uint8Array(32).fill(1) };
const ben = { seat: 2, kid: kidOf({ seat: 2, generation: 0, step: 0 }), key: new Uint8Array(32).fill(2) };
const picture = Uint8Array.from({ length: 60 }, (_, at) => at);

async function call() {
  const owners: ReadonlyMap<number, number>[] = [];
  const frames = new SealFrames(
    () => 0,
    (message: FromSeal) => {
      if (message.kind === "owners") owners.push(new Map(message.seats));
    },
  );
  frames.use({ own: undefined, others: [maya, ben] });
  const sealers = { maya: new FrameSealer(), ben: new FrameSealer() };
  await sealers.maya.use(maya.kid, maya.key);
  await sealers.ben.use(ben.kid, ben.key);
  const slot = (index: number, kind: SealOptions["kind"] = "picture"): SealOptions => ({ side: "open", index, kind });
  /** A frame of theirs, as the server hands it out. */
  const sent = async (by: keyof typeof sealers, isVoice = false) => {
    const sealed = await sealers[by].seal(picture, isVoice ? 0 : 1, isVoice);
    if (sealed === undefined) throw new Error("it has a key");
    return { data: sealed.buffer as ArrayBuffer, type: isVoice ? undefined : "delta" } as { data: ArrayBuffer };
  };
  return { frames, owners, slot, sent, latest: () => owners.at(-1) };
}

test("[CA101] packets of one speaker in another's slot are shown under the name of the key, never of the slot", async () => {
  const { frames, latest, slot, sent } = await call();
  expect(await frames.open(await sent("maya"), slot(20))).toBe(true);
  expect(await frames.open(await sent("ben"), slot(21))).toBe(true);
  expect(latest()).toEqual(new Map([[20, maya.seat], [21, ben.seat]])); // biome-ignore format: one line
  // The server swaps the two. What it shows waits until no name of the other is above it.
  const swapped = frames.open(await sent("ben"), slot(20));
  let isOpen = false;
  void swapped.then(() => (isOpen = true));
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(latest()).toEqual(new Map([[20, ben.seat]]));
  expect(isOpen).toBe(false);
  frames.shown();
  expect(await swapped).toBe(true);
  const back = frames.open(await sent("maya"), slot(21));
  await new Promise((resolve) => setTimeout(resolve, 5));
  frames.shown();
  expect(await back).toBe(true);
  expect(latest()).toEqual(new Map([[20, ben.seat], [21, maya.seat]])); // biome-ignore format: one line
});

test("[CA101] a voice in another's slot lights who speaks; one frame in two slots is heard once, and changes no name", async () => {
  const { frames, latest, slot, sent } = await call();
  const frame = await sent("maya", true);
  const again = { data: frame.data.slice(0) };
  expect(await frames.open(frame, slot(0, "voice"))).toBe(true);
  expect(await frames.open(again, slot(1, "voice"))).toBe(false);
  expect(latest()).toEqual(new Map([[0, maya.seat]]));
  expect(await frames.open(await sent("ben", true), slot(0, "voice"))).toBe(true);
  expect(latest()).toEqual(new Map([[0, ben.seat]]));
  expect(frames.counts).toMatchObject({ opened: 2, replayed: 1, refused: 0, noKey: 0 });
});

test("[CA101] a way that is made anew tells who is in its slots, also where they are the same", async () => {
  const { frames, owners, slot, sent } = await call();
  await frames.open(await sent("maya"), slot(20));
  await frames.open(await sent("maya"), slot(20));
  expect(owners.length).toBe(1);
  frames.begin(slot(20));
  await frames.open(await sent("maya"), slot(20));
  expect(owners.length).toBe(2);
});

test("[CA116] a seat that nobody in the call has a key of is in no slot: it is neither heard nor seen", async () => {
  const { frames, owners, slot, sent } = await call();
  frames.use({ own: undefined, others: [ben] });
  expect(await frames.open(await sent("maya", true), slot(0, "voice"))).toBe(false);
  expect(await frames.open(await sent("maya"), slot(20))).toBe(false);
  expect(owners).toEqual([]);
  expect(await frames.open(await sent("ben", true), slot(0, "voice"))).toBe(true);
  expect(frames.counts).toMatchObject({ opened: 1, noKey: 2 });
});
