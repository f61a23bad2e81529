/** R4.5: what a push service gets: wake-ups of one length, with nothing in them, that say not whose they are. */

import type { Hex } from "@yanshu/client";
import { createBunPush, keysOf } from "@yanshu/server";
import { PushHost } from "../../push/host.ts";
import type { Person } from "../../world/person.ts";
import { World } from "../../world/world.ts";
import { allOf, type Check } from "../check.ts";

const subject = "mailto:home@yan.test";

export async function wakeups(): Promise<Check> {
  const host = await PushHost.open();
  try {
    return await wake(host);
  } finally {
    await host.close();
  }
}

async function wake(host: PushHost): Promise<Check> {
  const push = createBunPush({ keys: keysOf(new Uint8Array(32).fill(9)), subject, loopback: true });
  const world = new World({ seed: 608, push });
  const [ann, ben, cat] = [await world.person("Ann"), await world.person("Ben"), await world.person("Cat")];
  const chats: [Person, Hex][] = [
    [ben, await world.befriend(ann, ben)],
    [cat, await world.befriend(ann, cat)],
  ];
  const phones = [host.subscribe(), host.subscribe()] as const;
  for (const [i, [person]] of chats.entries())
    await world.during(person.api.subscribePush(phones[i] as (typeof phones)[0]));
  await world.pass(3_000);
  ben.crash();
  cat.crash();
  for (const text of ["短", "一封长得多的信".repeat(200)]) {
    for (const [, chat] of chats) await ann.say(chat, text);
    await world.pass(5_000);
    const sofar = phones.reduce((sum, phone) => sum + host.received(phone).length, 0);
    for (let i = 0; i < 2_000 && received(host, phones).length < sofar + 2; i++) {
      await world.pass(1);
      await Bun.sleep(1);
    }
    await world.pass(60_000);
  }
  const all = received(host, phones);
  const lengths = new Set(all.map(({ bytes }) => bytes));
  const plain = new Set(all.map((one) => Buffer.from(one.plain).toString("hex")));
  const ids = [ann, ben, cat].flatMap((one) => [
    accountOf(one),
    ...one.disk
      .all<{ address: Uint8Array }>("SELECT address FROM addresses")
      .map(({ address }) => Buffer.from(address).toString("hex")),
  ]);
  const spoken = all.map(({ headers, claims }) => JSON.stringify([headers, claims])).join("\n");
  const headerNames = new Set(all.map(({ headers }) => Object.keys(headers).sort().join()));
  return allOf(
    "P2.wakeups",
    "a push service gets wake-ups of one length that all say the same, and no id but the address that it gave itself",
    {
      "one length": lengths.size === 1,
      "one content": plain.size === 1,
      "no account, no address of ours": ids.every((id) => !spoken.includes(id)),
      "the same for every account": headerNames.size === 1 && new Set(all.map(({ claims }) => claims.sub)).size === 1,
    },
    all.length >= 4 && host.faults.length === 0,
    `${all.length} wake-ups of two accounts for short and long messages: ${[...lengths].join()} bytes sealed, ${all[0]?.plain.length ?? 0} bytes inside`,
  );
}

function received(host: PushHost, phones: readonly Parameters<PushHost["received"]>[0][]) {
  return phones.flatMap((phone) => host.received(phone));
}

function accountOf(person: Person): string {
  const inception = person.disk.get<{ value: Uint8Array }>("SELECT value FROM meta WHERE key = 'inception'")?.value;
  return Buffer.from(inception ?? "none").toString("hex");
}
