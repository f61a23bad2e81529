/** What is said of a packet too early, or by whom it is not for (docs/spec/packets.md RP6, RP10). */
import { expect, test } from "bun:test";
import type { Body, BodyOf } from "@yanshu/content";
import { createBunCrypto } from "@yanshu/mls/bun";
import { openBunDatabase } from "@yanshu/store/bun";
import type { Bytes } from "@yanshu/wire";
import type { Said } from "../../feature.ts";
import { ben, bytes, chatsIn, conversation, nowMs } from "../../testing/chat.ts";
import { clientFeatures } from "../index.ts";
import { packets } from "./index.ts";
import { dayMs } from "./standing.ts";

const chat = chatsIn(createBunCrypto(), () => openBunDatabase(":memory:"), clientFeatures);

/** Ben gave a packet to the group, for Ann alone. */
async function given() {
  const made = await chat("group");
  const { context } = made.engine;
  if (context === undefined) throw new Error("no context");
  const forWhom = [made.own.account];
  const packet: BodyOf<"packet"> = {
    kind: "packet",
    of: "points",
    currency: "",
    total: 100,
    shares: 1,
    mode: "equal",
    wish: "",
    cover: 0,
    forWhom,
  };
  const { id } = made.hears(packet);
  const take: Body = { kind: "packetTake", author: ben, id, left: bytes(1, 32), right: bytes(2, 32) };
  const isThere = () => made.row(id)?.kind === "packet";
  return { ...made, context, id, take, isThere };
}

test("[RP6] an end that is said within the day is not kept, so that a later one counts", async () => {
  const { context, id, hears } = await given();
  const ends = () => context.marks(conversation, { author: ben, id }, "packetOver").length;
  hears({ kind: "packetOver", id }, { sentAtMs: nowMs + dayMs - 1 });
  expect(ends()).toBe(0);
  hears({ kind: "packetOver", id }, { sentAtMs: nowMs + dayMs });
  expect(ends()).toBe(1);
});

test("[RP10] a packet is taken back though somebody took for whom it is not, and not once it was opened", async () => {
  const takenBack = async (by: "ann" | "bens") => {
    const made = await given();
    made.hears(made.take, {}, made[by]);
    made.hears({ kind: "packetBack", id: made.id });
    return !made.isThere();
  };
  expect([await takenBack("bens"), await takenBack("ann")]).toEqual([true, false]);
});

test("[RP10] one's own opening hinders nobody before home told its place", async () => {
  const { context, id, own, take, hears, isThere } = await given();
  const said = { conversation, by: own.account, id: bytes(90, 16) as Bytes, sentAtMs: nowMs, body: take };
  packets.apply?.packetTake?.(context, said as unknown as Said<"packetTake">);
  expect(context.marks(conversation, { author: ben, id }, "packetTake")).toHaveLength(1);
  hears({ kind: "packetBack", id });
  expect(isThere()).toBe(false);
});
