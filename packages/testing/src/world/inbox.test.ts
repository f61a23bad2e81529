/** What a device does with pushes that it cannot take, and when its disk is full. */
import { expect, test } from "bun:test";
import type { Ports } from "@yanshu/client";
import { type Person, World } from "../index.ts";

/** A fault of the program that one text wakes: whatever stores it throws. */
function failingOn(text: string): (ports: Ports, person: Person) => Ports {
  const needle = Buffer.from(text);
  return (ports, person) => ({
    ...ports,
    database: {
      ...ports.database,
      run: (sql, ...params) => {
        const isIt = sql.startsWith("INSERT INTO messages") && Buffer.from(params[5] as Uint8Array).includes(needle);
        if (isIt && person.name === "Ben") throw new Error("a fault of the program");
        return ports.database.run(sql, ...params);
      },
    },
  });
}

function queueOf(world: World, person: Person): number {
  const account = world.log.accounts.find(Buffer.from(person.account, "hex"));
  const [device] = account === undefined ? [] : world.log.accounts.devices(account.ref);
  return device === undefined ? 0 : world.log.delivery.queueLength(device.ref);
}

test("[SY20] a push that makes the client fail is set aside and counted, and what follows is read", async () => {
  const world = new World({ seed: 71, wrapPorts: failingOn("poison") });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  await ann.say(chat, "before");
  await ann.say(chat, "poison");
  await ann.say(chat, "after");
  await world.until("Ben reads on", () => ben.reads(chat).includes("after"));
  await world.pass(10_000);
  expect(ben.reads(chat).slice(1)).toEqual(["before", "after"]);
  expect(ben.client.diagnostics()["set-aside"]).toBeGreaterThanOrEqual(1);
  expect(Object.keys(ben.client.diagnostics()).filter((what) => what.startsWith("unopenable"))).toEqual([]);
  expect(queueOf(world, ben)).toBe(0); // Acknowledged: it does not come again.
  ben.crash();
  await ben.switchOn();
  await ben.say(chat, "and I hear you");
  await world.until("Ann reads", () => ann.reads(chat).includes("and I hear you"));
  expect(world.bugs().map((bug) => (bug as Error).message)).toContain("a fault of the program");
});

test("[SY21] [SE10] a backlog is stored in few transactions, and one that fails in the middle takes no other with it", async () => {
  const failing = failingOn("poison");
  let transactions = 0;
  let wasTakingIn = false;
  let isTakingIn = () => false;
  const world = new World({
    seed: 74,
    wrapPorts: (ports, person) => {
      const wrapped = failing(ports, person);
      if (person.name !== "Ben") return wrapped;
      const { database } = wrapped;
      const counted = <T>(work: () => T): T => {
        transactions++;
        wasTakingIn ||= isTakingIn();
        return database.transaction(work);
      };
      return { ...wrapped, database: { ...database, transaction: counted } };
    },
  });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  await ann.say(chat, "first");
  await world.until("Ben reads", () => ben.reads(chat).includes("first"));
  await world.pass(1_000); // And acknowledges.

  const away = async (texts: readonly string[]) => {
    world.network.cutOff(ben.device);
    for (const text of texts) await ann.say(chat, text);
    await world.until("home has all", () => ann.view("status").unsent === 0);
    transactions = 0;
    isTakingIn = () => ben.client.isTakingIn();
    world.network.letBack(ben.device);
    await world.until("Ben has the last", () => ben.reads(chat).includes(texts.at(-1) as string));
  };
  const many = Array.from({ length: 300 }, (_, i) => `message ${i}`);
  await away(many);
  expect(transactions).toBeLessThan(30);
  expect([wasTakingIn, ben.client.isTakingIn()]).toEqual([true, false]);
  expect(ben.reads(chat).slice(2)).toEqual(many);
  expect(ben.client.diagnostics()).toEqual({});

  const more = ["a", "b", "poison", "c", "d"];
  await away(more);
  await world.pass(10_000);
  expect(ben.reads(chat).slice(302)).toEqual(["a", "b", "c", "d"]);
  expect(ben.client.diagnostics()["set-aside"]).toBeGreaterThanOrEqual(1);
  expect(queueOf(world, ben)).toBe(0);
});

/** Ann has all keys of the group, and signs as nobody while `isForging` says so. */
function forging(isForging: () => boolean): (ports: Ports, person: Person) => Ports {
  type Suite = { readonly signature: { readonly sign: (key: Uint8Array, message: Uint8Array) => Promise<Uint8Array> } };
  return (ports, person) => {
    const suite = ports.crypto.suite as Suite;
    const { sign } = suite.signature;
    const signature = {
      ...suite.signature,
      sign: async (key: Uint8Array, message: Uint8Array) =>
        person.name === "Ann" && isForging() ? new Uint8Array(64) : sign(key, message),
    };
    return { ...ports, crypto: { ...ports.crypto, suite: { ...suite, signature } } };
  };
}

test("[SY21] a backlog's signatures are checked together, and one that is wrong is nobody's word and holds up no other", async () => {
  let isForging = false;
  const world = new World({ seed: 75, wrapPorts: forging(() => isForging) });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  await world.until("Ben is there", () => ben.reads(chat).length > 0);
  world.network.cutOff(ben.device);
  for (const text of ["a", "b", "forged", "c", "d"]) {
    isForging = text === "forged";
    await ann.say(chat, text);
    await world.until("home has it", () => ann.view("status").unsent === 0);
  }
  isForging = false;
  world.network.letBack(ben.device);
  await world.until("Ben has the last", () => ben.reads(chat).includes("d"));
  expect(
    ben
      .reads(chat)
      .slice(1)
      .filter((text) => text !== "forged"),
  ).toEqual(["a", "b", "c", "d"]);
  expect(ben.client.diagnostics()).toMatchObject({ "refused-crypto": 1, gap: 1 });
  // It was not heard, so it is asked for again; said anew and signed, it is Ann's word.
  await world.until("Ben has it from her", () => ben.reads(chat).includes("forged"));
  await world.until("all is acknowledged", () => queueOf(world, ben) === 0);
});

test("[SY20] [ST14] a full disk acknowledges nothing; with the room everything comes, once and in order", async () => {
  const world = new World({ seed: 72 });
  const [ann, ben] = [await world.person("Ann"), await world.person("Ben")];
  const chat = await world.befriend(ann, ben);
  await world.pass(2_000);
  const pages = Number(ben.disk.get("PRAGMA page_count")?.["page_count"]);
  ben.disk.script(`PRAGMA max_page_count = ${pages}`);
  const messages = Array.from({ length: 30 }, (_, i) => `${i} ${"long ".repeat(400)}`);
  for (const message of messages) await ann.say(chat, message);
  await world.until("home has all", () => ann.view("status").unsent === 0);
  await world.pass(120_000);
  const readWhenFull = ben.reads(chat).length - 1;
  expect(readWhenFull).toBeLessThan(messages.length);
  expect(queueOf(world, ben)).toBe(messages.length - readWhenFull); // Home keeps what is not on Ben's disk.
  ben.disk.script("PRAGMA max_page_count = 1000000");
  await world.until("Ben has all", () => ben.reads(chat).length === messages.length + 1, 180_000);
  expect(ben.reads(chat).slice(1)).toEqual(messages);
  expect(ben.client.diagnostics()["set-aside"]).toBeUndefined();
  expect(ben.client.diagnostics()["gap"]).toBeUndefined();
});
