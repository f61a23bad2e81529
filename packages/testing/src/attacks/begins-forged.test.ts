/**
 * A stolen device names in the record where the epoch begins that puts it out: it writes nothing after it was put out
 * (VA24).
 */
import { expect, setDefaultTimeout, test } from "bun:test";
import { encodeBody } from "@yanshu/content";
import { decodeResult, decodeServerFrame, encodeResult, fromHex, historyOf } from "@yanshu/wire";
import { World } from "../index.ts";
import { crypto, deviceKeyOf, epochAt, forgeRecord, forgeSegment, homeOf, listAt } from "./evil-home.ts";

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

test("[VA30] one false answer of home, that its vault is empty, does not take from who comes back what a device had put there that was removed since", async () => {
  const world = new World({ seed: 9802 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  const { account } = ann;
  const card = (await ann.api.recoveryCard()).words.join(" ");
  const laptop = await world.linkDevice(ann);
  await world.pass(5 * minuteMs);
  world.network.cutOff(ann.device);
  await ben.say(chat, "the key is under the mat");
  await world.until("the laptop reads it", () => laptop.reads(chat).includes("the key is under the mat"));
  await world.pass(2 * minuteMs);
  world.network.letBack(ann.device);
  await world.pass(5 * minuteMs);
  await world.during(ann.api.revokeDevice(laptop.view("status").me?.device ?? ""));
  await world.pass(20 * minuteMs);
  const epoch = epochAt(await listAt(world, account));
  const begins = (one: typeof ann) =>
    one.disk.get<{ at: number }>("SELECT at FROM vault_begins WHERE epoch = ?", epoch)?.at;
  const at = begins(ann);
  expect(at).toBeGreaterThan(0);
  ann.crash();
  let lies = 1;
  world.network.meddle("Ann 3", (frame) => {
    const decoded = decodeServerFrame(frame);
    if (decoded.type !== "result" || lies === 0) return [frame];
    try {
      const state = decodeResult("vaultState", decoded.body);
      lies--;
      return [encodeResult(decoded.request, "vaultState", { ...state, next: state.start })];
    } catch {
      return [frame]; // It answers something else.
    }
  });
  const phone = await world.device("Ann");
  expect(phone.device).toBe("Ann 3");
  await world.during(phone.api.restoreAccount({ card, areOthersLost: true }));
  await world.until("it was lied to", () => lies === 0);
  await world.until("what was said is back", () => phone.reads(chat).includes("the key is under the mat"), 300_000);
  await world.pass(20 * minuteMs);
  expect(begins(phone)).toBe(at);
  expect(phone.client.diagnostics()["vault-not-believed"] ?? 0).toBe(0);
  expect(world.bugs()).toEqual([]);
});

test("[VA30] a record that names a place that is never reached holds up who comes back for no longer than home says so for ten minutes", async () => {
  const world = new World({ seed: 9803 });
  const ann = await world.person("Ann");
  const { account } = ann;
  const card = (await ann.api.recoveryCard()).words.join(" ");
  await world.pass(2 * minuteMs);
  const own = await deviceKeyOf(ann);
  const epoch = epochAt(await listAt(world, account));
  const key = ann.disk.get<{ key: Uint8Array }>("SELECT key FROM vault_keys")?.key ?? new Uint8Array();
  ann.crash();
  await forgeRecord(world, account, own, {
    keys: [{ epoch, key }],
    begins: [{ epoch, at: Number.MAX_SAFE_INTEGER }],
    items: [{ kind: "profile", name: "Ann", stampMs: world.clock.nowMs() }],
  });
  const phone = await world.device("Ann");
  await world.during(phone.api.restoreAccount({ card, areOthersLost: true }));
  const begin = () => phone.disk.get<{ at: number }>("SELECT at FROM vault_begins WHERE epoch = ?", epoch)?.at;
  await world.until("the record was read", () => begin() === Number.MAX_SAFE_INTEGER, 300_000);
  await world.until("home was asked again", () => begin() !== Number.MAX_SAFE_INTEGER, 60 * minuteMs);
  expect(begin()).toBeLessThanOrEqual(world.log.features.backup.vault(homeOf(world, account).ref).next);
  expect(phone.disk.get("SELECT 1 FROM vault_begins WHERE epoch = ?", epoch + 1)).toBeDefined();
});
