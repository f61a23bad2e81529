/**
 * P1, P3: what home keeps for an account that comes back, and for its devices, written by home itself and a removed
 * device.
 */
import { encodeBody } from "@yanshu/content";
import { decodeLink, fromHex, historyOf } from "@yanshu/wire";
import {
  crypto,
  deviceKeyOf,
  epochAt,
  forgeRecord,
  forgeSegment,
  keyFirst,
  listAt,
  openedBy,
} from "../../attacks/evil-home.ts";
import { allOf } from "../check.ts";
import { type Attack, comesTrue, people, watchedWorld } from "./attack.ts";
import { diagnosticsOf, noticed } from "./operator.ts";

const minuteMs = 60_000;
const words = "only for my daughter";

/**
 * Ann has lost every device. Home seals a record of its own: Mallory as her daughter, and keys of the vault to come.
 */
export const forgedRecord: Attack = async (weakness = {}) => {
  const world = watchedWorld(543, weakness);
  const [ann, ben, mallory] = await people(world, "Ann", "Ben", "Mallory");
  await world.befriend(ann, ben);
  const { account } = ann;
  const card = (await ann.api.recoveryCard()).words.join(" ");
  await world.pass(minuteMs);
  const link = decodeLink(await world.during(mallory.api.myLink()));
  if (link?.kind !== "contact") throw new Error("Mallory has no link");
  const epoch = epochAt(await listAt(world, account));
  const keys = [keyFirst(), keyFirst(), keyFirst()];
  const by = weakness.stolenKey === true ? await deviceKeyOf(ann) : await crypto.signatureKeyPair(crypto.random(32));
  ann.crash();
  const stampMs = world.clock.nowMs();
  await forgeRecord(world, account, by, {
    keys: keys.map((key, more) => ({ epoch: epoch + more, key })),
    items: [
      { kind: "profile", name: "Ann", stampMs },
      {
        kind: "contact",
        account: link.link.account,
        name: "Ben",
        remark: "my daughter",
        state: "contact",
        verified: "scanned",
        history: historyOf(await listAt(world, mallory.account)),
        stampMs,
      },
    ],
    rights: [{ account: link.link.account, capabilities: [link.link.capability] }],
  });
  const phone = await world.device("Ann");
  await world.during(phone.api.restoreAccount({ card, areOthersLost: true }));
  const isTaken = await comesTrue(world, () => phone.view("status").cameBack !== undefined);
  await world.pass(minuteMs);
  const shown = phone.view("contacts");
  const chat = phone.view("chats")[0]?.conversation;
  if (chat !== undefined) await phone.say(chat, words);
  await world.pass(15 * minuteMs);
  const opened = (await Promise.all(keys.map((key) => openedBy(world, account, key)))).flat();
  const came = phone.view("status").cameBack?.kind ?? "nothing";
  return allOf(
    "P3.forged-record",
    "a recovery record that home made: nobody in it is shown, no key of it seals, and the person is told",
    {
      "nobody in it is shown": shown.length === 0,
      "nothing said to them": !mallory.view("chats").some((one) => mallory.reads(one.conversation).includes(words)),
      "home opens nothing new": opened.length === 0,
      "the person is told": came === "unvouched",
    },
    isTaken,
    `it says: ${came}; ${diagnosticsOf(phone)}`,
  );
};

/**
 * Ann removed her tablet. Who has it, and home, put into the vault that Ben said what he did not, and took back what he
 * did.
 */
export const forgedHistory: Attack = async (weakness = {}) => {
  const world = watchedWorld(544, weakness);
  const [ann, ben] = await people(world, "Ann", "Ben");
  const chat = await world.befriend(ann, ben);
  const tablet = await world.linkDevice(ann);
  await ben.say(chat, "eight o'clock");
  await world.until("all have it", () => [ann, tablet].every((one) => one.reads(chat).includes("eight o'clock")));
  await world.pass(2 * minuteMs);
  const epoch = epochAt(await listAt(world, ann.account));
  const key = tablet.disk.get<{ key: Uint8Array }>("SELECT key FROM vault_keys")?.key ?? new Uint8Array();
  const by = await deviceKeyOf(weakness.stolenKey === true ? ann : tablet);
  await world.during(ann.api.revokeDevice(tablet.view("status").me?.device ?? ""));
  await world.pass(minuteMs);
  const nowMs = world.clock.nowMs();
  const said = ann.disk.all<{ id: Uint8Array }>(
    "SELECT id FROM messages WHERE kind = 'text' AND author = ?",
    fromHex(ben.account),
  );
  const base = { conversation: fromHex(chat), author: fromHex(ben.account), order: new Uint8Array(7).fill(250) };
  const rest = { atMs: nowMs, sentMs: nowMs, editedMs: 0, versions: [], marks: [] };
  const body = encodeBody({ kind: "text", text: "send the money" });
  await forgeSegment(world, ann.account, {
    key,
    by,
    epoch,
    held: {
      messages: [
        { ...base, ...rest, id: crypto.random(16), kind: "text", body },
        ...said.map(({ id }) => ({ ...base, ...rest, id, kind: "recalled", body: new Uint8Array() })),
      ],
    },
  });
  ann.crash();
  await ann.switchOn();
  await world.pass(5 * minuteMs);
  const fresh = await world.linkDevice(ann);
  await comesTrue(world, () => fresh.reads(chat).includes("eight o'clock"), 180_000);
  const both = [ann, fresh];
  return allOf(
    "P4.forged-history",
    "what a removed device and home write into the vault: believed by no device that is left, nor by a new one",
    {
      "no word is added": both.every((one) => !one.reads(chat).includes("send the money")),
      "no word is taken": both.every((one) => one.reads(chat).includes("eight o'clock")),
      noticed: noticed(ann, "vault-not-believed") > 0,
    },
    said.length > 0 && key.length === 32,
    diagnosticsOf(ann, fresh),
  );
};
