/**
 * A stolen device that keeps its owner's others from putting it out, by signing two histories of one list (ID7), and
 * what it tells them then (docs/spec/sync.md SY84).
 */
import { expect, setDefaultTimeout, test } from "bun:test";
import { encodeSyncItem, type SyncItem } from "@yanshu/content";
import { ownConversationId } from "@yanshu/mls";
import { fromHex, historyOf, toHex } from "@yanshu/wire";
import { World } from "../index.ts";
import { crypto, sayInTheDark } from "../world/turned.ts";
import { entryBy, keyOn, listAt } from "./accounts.ts";

setDefaultTimeout(120_000);

test("[SY84] what a device tells its own while it contradicts itself takes nothing away, and what the others tell counts", async () => {
  const world = new World({ seed: 9931 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  const [tablet, laptop] = [await world.linkDevice(ann), await world.linkDevice(ann)];
  await world.until("both are in the chat", () =>
    [tablet, laptop].every((one) => one.view("conversation", chat)?.state === "open"),
  );
  await world.pass(120_000);
  const own = toHex(ownConversationId(crypto.sha256, fromHex(ann.account)));
  const [list, thief] = [await listAt(world, ann.account), await keyOn(tablet)];
  const named = list.entries.at(-1)?.body.devices ?? [];
  const rivals = [await entryBy(list, thief, named), await entryBy(list, thief, [...named, crypto.random(32)])];
  const history = { ...historyOf(list), entries: [...historyOf(list).entries, ...rivals] };
  const stampMs = world.clock.nowMs() + 1_000;
  const known = { name: "Ben", remark: "", verified: "none" } as const;
  const about = { kind: "contact", account: fromHex(ben.account), history, ...known } as const;
  const tells = async (item: SyncItem, already: number) => {
    await sayInTheDark(
      world,
      tablet,
      own,
      [{ kind: "sync", items: [encodeSyncItem(item)], complete: false }],
      1,
      world.clock.nowMs(),
      already,
    );
    await world.pass(20_000);
  };
  await tells({ ...about, state: "contact", stampMs }, 0);
  for (const one of [ann, laptop]) expect(one.client.diagnostics()["account-frozen"]).toBeGreaterThan(0);
  await tells({ ...about, state: "blocked", stampMs: stampMs + 1 }, 1);
  await tells({ kind: "erased", stampMs: stampMs + 2 }, 2);
  for (const one of [ann, laptop]) {
    expect(one.view("contacts").map(({ account }) => account)).toEqual([ben.account]);
    expect(one.view("conversation", chat)?.state).toBe("open");
    expect(one.view("status").phase).toBe("ready");
  }
  expect(world.bugs()).toEqual([]);
});
