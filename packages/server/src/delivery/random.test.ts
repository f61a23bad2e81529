/**
 * Random play: whatever two devices and the server do, nothing that was answered is lost, nothing is
 * shown twice to who drops repeats by id, and each connection reads in order (DS18–DS22, DS36).
 */
import { expect, test } from "bun:test";
import fc from "fast-check";
import type { Client } from "../testkit/client.ts";
import { Group } from "../testkit/group.ts";
import type { Device } from "../testkit/person.ts";
import { TestServer } from "../testkit/test-server.ts";

/** A device that acknowledges what it stored, and remembers it across connections. */
class Reader {
  readonly stored = new Map<number, string>();
  client: Client | undefined;
  private read = 0;
  private readonly device: Device;

  constructor(device: Device) {
    this.device = device;
  }

  async connect(home: TestServer): Promise<void> {
    this.client = await this.device.signIn(home);
    this.read = 0;
  }

  /** Stores what came, or all but the last of it, in one range of consecutive pushes, and acknowledges it. */
  store(allButLast = false): void {
    const { client } = this;
    if (client === undefined) return;
    const end = client.pushes.length - Number(allButLast);
    const fresh = client.pushes.slice(this.read, end);
    this.read = Math.max(this.read, end);
    for (const { id, envelope } of fresh) this.stored.set(id, new TextDecoder().decode(envelope));
    if (fresh.length > 0) client.ack({ first: fresh[0]?.id as number, last: fresh.at(-1)?.id as number });
  }

  inOrder(): boolean {
    const ids = this.client?.pushes.map(({ id }) => id) ?? [];
    return ids.every((id, i) => i === 0 || id > (ids[i - 1] as number));
  }

  drop(): void {
    this.client?.close();
    this.client = undefined;
  }
}

const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.constant("say" as const) },
    { weight: 2, arbitrary: fc.constant("say many" as const) },
    { weight: 3, arbitrary: fc.constantFrom("store 0" as const, "store 1" as const) },
    { weight: 2, arbitrary: fc.constantFrom("most 0" as const, "most 1" as const) },
    { weight: 2, arbitrary: fc.constantFrom("drop 0" as const, "drop 1" as const) },
    { weight: 3, arbitrary: fc.constantFrom("connect 0" as const, "connect 1" as const) },
    { weight: 2, arbitrary: fc.constantFrom("tick" as const, "four seconds" as const) },
    { weight: 1, arbitrary: fc.constantFrom("crash" as const, "commit" as const) },
  ),
  { minLength: 5, maxLength: 60 },
);

async function play(actions: readonly string[], topicFrom: number): Promise<void> {
  const config = { topicFrom, postsPerMinute: { address: 1e9, list: 1e9, connection: 1e9, prefix: 1e9 } };
  const home = new TestServer({ config });
  const people = [await home.person("alice"), await home.person("bob")];
  const readers = people.map(({ phone }) => new Reader(phone));
  const addresses = [];
  for (const [i, reader] of readers.entries()) {
    await reader.connect(home);
    addresses.push(await (people[i] as (typeof people)[0]).phone.address(reader.client as Client));
  }
  let sender = await home.client();
  const group = new Group("random");
  await group.found(sender, addresses);
  const asked = new Map<number, string>();
  const accepted: string[] = [];
  const settle = () => {
    for (const [request, text] of asked) {
      const answer = sender.answered(request);
      if (answer?.type === "ok") accepted.push(text);
      if (answer !== undefined) asked.delete(request);
    }
  };
  let said = 0;
  const say = () => {
    const text = `${said++}`;
    asked.set(sender.postLater(group.application(), group.parts(text)), text);
  };
  for (const action of actions) {
    const [verb, which] = action.split(" ");
    const reader = readers[Number(which)];
    if (action === "say") say();
    else if (action === "say many") for (let i = 0; i < 30; i++) say();
    else if (verb === "store") reader?.store();
    else if (verb === "most") reader?.store(true);
    else if (verb === "drop") reader?.drop();
    else if (verb === "connect") await reader?.connect(home);
    else if (action === "tick") await home.clock.pass(1);
    else if (action === "four seconds") await home.clock.pass(4_000);
    else if (action === "commit") {
      await home.clock.pass(2);
      const parts = group.parts(`commit ${group.epoch}`);
      await sender.post(group.commit(parts), parts);
      group.epoch++;
    } else if (action === "crash") {
      settle();
      asked.clear();
      home.crash([sender, ...readers.flatMap(({ client }) => client ?? [])]);
      for (const each of readers) each.client = undefined;
      sender = await home.client();
      await group.upload(sender, addresses);
    }
    settle();
    for (const each of readers) expect(each.inOrder()).toBe(true);
  }
  await home.clock.pass(50);
  settle();
  for (const reader of readers) {
    reader.store();
    await reader.connect(home);
    for (let i = 0; i < 8; i++) {
      reader.store();
      await home.clock.pass(50);
    }
    expect(reader.inOrder()).toBe(true);
    const texts = [...reader.stored]
      .sort(([a], [b]) => a - b)
      .map(([, text]) => text)
      .filter((text) => /^\d+$/.test(text));
    expect(new Set(texts).size).toBe(texts.length);
    expect(texts.filter((text) => accepted.includes(text))).toEqual(accepted);
  }
  await home.clock.pass(5_000);
  expect(home.server.counts()).toMatchObject({ outstanding: 0, commitFailures: 0 });
  for (const device of [1, 2]) expect(home.log.delivery.queueLength(device)).toBe(0);
  home.server.stop();
  home.log.close();
}

for (const topicFrom of [64, 1])
  test(`[DS36] random play loses nothing, doubles nothing, and keeps order (topics from ${topicFrom})`, async () => {
    await fc.assert(
      fc.asyncProperty(steps, (actions) => play(actions, topicFrom)),
      { numRuns: 100 },
    );
  }, 60_000);
