/** Packets: what a red packet costs that many take of (docs/spec/packets.md). */
import { commitment, type Opener, split } from "@yanshu/client/split";
import { createBunCrypto } from "@yanshu/mls/bun";
import type { Bytes } from "@yanshu/wire";
import { middle, percentile, row } from "../rows.ts";
import { accountOf, comesTrue, comesTrueForAll, groupOf, type Someone, withFamily } from "../whole-clients.ts";
import { type Scenario, unlessQuick } from "./scenario.ts";

const { sha256 } = createBunCrypto();

export const packets: Scenario = {
  name: "packets",
  isLong: true,
  about:
    "a red packet of a hundred, reckoned; and forty people of one group who take of one within a second: from each one's tap until their device knows the places of all. All forty are in one process, so the machine does the work of all their devices",
  run: async (conditions) => {
    const taken = await withFamily(conditions.quick ? 4 : 40, ({ owner, others }) => packetMs(owner, others));
    return [
      row("packets: one of 100 reckoned", reckonedMs(), "ms", unlessQuick(conditions, { atMost: 5 })),
      row("packets: forty take of one, p95", percentile(taken, 0.95), "ms", unlessQuick(conditions, { atMost: 2_000 })),
    ];
  },
};

/** All commitments looked at and all pots cut: what a device does at the last secret; the middle of nine. */
function reckonedMs(): number {
  const random = (length: number): Bytes => crypto.getRandomValues(new Uint8Array(length));
  const packet = { id: random(16), total: 8_800_00, shares: 100, mode: "lucky" } as const;
  const openers = Array.from({ length: packet.shares }, (_, place): Opener => {
    const [account, left, right] = [new Uint8Array(32).fill(place), random(32), random(32)];
    const of = (side: "left" | "right", secret: Bytes) => commitment(sha256, packet.id, account, side, secret);
    return {
      account,
      commitments: { left: of("left", left), right: of("right", right) },
      shown: { left: [left], right: [right] },
    };
  });
  const times = Array.from({ length: 9 }, () => {
    const since = performance.now();
    if (!split(sha256, packet, openers, "closed").isDone) throw new Error("it is not reckoned to its end");
    return performance.now() - since;
  });
  return middle(times);
}

/** From each one's tap until their own device knows the places of all; the taps are spread over a second. */
async function packetMs(owner: Someone, others: readonly Someone[]): Promise<readonly number[]> {
  const chat = await groupOf(owner, others, "一大家人");
  const shares = others.length;
  const id = await owner.api.sendPacket(chat, {
    of: "points",
    currency: "",
    total: shares * 100,
    shares,
    mode: "lucky",
    wish: "平安喜乐",
  });
  const ref = { author: accountOf(owner), id };
  const args = [chat, 20] as const;
  await comesTrueForAll("sees the packet", others, "timeline", args, ({ items }) =>
    items.some((item) => item.id === id),
  );
  return Promise.all(
    others.map(async (one, at) => {
      await Bun.sleep((at * 1_000) / shares);
      const since = performance.now();
      await one.api.takePacket(chat, ref);
      await comesTrue("all have their places", one, "timeline", args, ({ items }) => {
        const body = items.find((item) => item.id === id)?.body;
        return body?.kind === "packet" && body.lots.length === shares;
      });
      return performance.now() - since;
    }),
  );
}
