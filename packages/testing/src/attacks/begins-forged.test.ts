/** A stolen device names in the record where the epoch begins that puts it out: it writes nothing after it was put out (VA24). */
import { expect, setDefaultTimeout, test } from "bun:test";
import { encodeBody } from "@yanshu/content";
import { fromHex, historyOf } from "@yanshu/wire";
import { World } from "../index.ts";
import { crypto, deviceKeyOf, epochAt, forgeRecord, forgeSegment, listAt } from "./evil-home.ts";

setDefaultTimeout(120_000);

const minuteMs = 60_000;

test("[VA24] a record says where the epoch begins that was begun by coming back: who was put out by it writes nothing more", async () => {
  const world = new World({ seed: 9801 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  const { account } = ann;
  const card = (await ann.api.recoveryCard()).words.join(" ");
  await ben.say(chat, "eight o'clock");
  await world.until("it came", () => ann.reads(chat).includes("eight o'clock"));
  await world.pass(2 * minuteMs);
  const thief = await deviceKeyOf(ann);
  const epoch = epochAt(await listAt(world, account));
  const key = ann.disk.get<{ key: Uint8Array }>("SELECT key FROM vault_keys")?.key ?? new Uint8Array();
  const stampMs = world.clock.nowMs();
  const history = historyOf(await listAt(world, ben.account));
  ann.crash();
  await forgeRecord(world, account, thief, {
    keys: [{ epoch, key }],
    begins: [{ epoch: epoch + 1, at: Number.MAX_SAFE_INTEGER }],
    items: [
      {
        kind: "contact",
        account: fromHex(ben.account),
        name: "Ben",
        remark: "",
        state: "contact",
        verified: "none",
        history,
        stampMs,
      },
    ],
  });
  const phone = await world.device("Ann");
  await world.during(phone.api.restoreAccount({ card, areOthersLost: true }));
  await world.until("what was said is back", () => phone.reads(chat).includes("eight o'clock"), 300_000);
  await world.pass(10 * minuteMs);
  const nowMs = world.clock.nowMs();
  await forgeSegment(world, account, {
    key,
    by: thief,
    epoch,
    held: {
      messages: [
        {
          conversation: fromHex(chat),
          author: fromHex(ben.account),
          id: crypto.random(16),
          order: new Uint8Array(7).fill(250),
          atMs: nowMs,
          sentMs: nowMs,
          editedMs: 0,
          kind: "text",
          body: encodeBody({ kind: "text", text: "send the money" }),
          versions: [],
          marks: [],
        },
      ],
    },
  });
  phone.crash();
  await phone.switchOn();
  await world.pass(10 * minuteMs);
  expect(phone.reads(chat)).not.toContain("send the money");
  expect(phone.client.diagnostics()["vault-not-believed"] ?? 0).toBeGreaterThan(0);
  expect(world.bugs()).toEqual([]);
});
