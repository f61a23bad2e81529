/** Servers that share one PostgreSQL: real processes, on loopback. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeParts, encodePost, type ServerFrame } from "@yanshu/wire";
import { Group } from "../../testkit/group.ts";
import { caller, type Home, homeOver } from "../../testkit/home.ts";
import { Person } from "../../testkit/person.ts";
import { hasPostgres, PostgresCluster } from "../../testkit/postgres.ts";
import { endAll, Socket, settle, until } from "../../testkit/process.ts";

const folder = mkdtempSync(join(tmpdir(), "yanshu-shared-"));
let cluster: PostgresCluster;

const home = (log: string, ...flags: readonly string[]): Promise<Home> => homeOver(folder, log, ...flags);

async function end(...homes: readonly Home[]): Promise<void> {
  for (const { child } of homes) child.kill("SIGTERM");
  for (const { ended } of homes) expect(await ended).toBe(0);
}

async function uploaded(socket: Socket, addresses: readonly Uint8Array[]): Promise<Uint8Array> {
  return (await socket.call("uploadList", { addresses })).hash;
}

const addressOf = (n: number) => new Uint8Array(16).fill(n);

describe.skipIf(!hasPostgres)("PostgreSQL, shared", () => {
  beforeAll(async () => {
    cluster = await PostgresCluster.begin();
  }, 60_000);
  afterAll(() => {
    endAll();
    cluster.end();
    rmSync(folder, { recursive: true });
  }, 60_000);

  test("[DS73] of two commits that race through two servers a gate takes exactly one, and each server tells of it", async () => {
    const url = cluster.database();
    const homes = [await home(url), await home(url)] as const;
    const [one, other] = [await caller(homes[0]), await caller(homes[1])];
    const group = new Group("Dinner");
    const addresses = [addressOf(9)];
    group.list = await uploaded(one, addresses);
    await uploaded(other, addresses);
    const founding = group.parts("welcome");
    expect(await one.post(group.create(founding), founding)).toMatchObject({ type: "ok" });
    const took = { one: 0, other: 0 };
    for (let epoch = 1; epoch <= 40; epoch++) {
      const said = (name: string) => {
        const parts = group.parts(`${name} ${epoch}`);
        return [group.commit(parts, epoch), parts] as const;
      };
      const answers = await Promise.all([one.post(...said("one")), other.post(...said("other"))]);
      const isTaken = (answer: ServerFrame) => answer.type === "ok";
      expect(answers.filter(isTaken)).toHaveLength(1);
      expect(answers.find((answer) => !isTaken(answer))).toMatchObject({ code: "stale-epoch", epoch: epoch + 1 });
      took[answers[0]?.type === "ok" ? "one" : "other"]++;
      const late = group.parts(`late ${epoch}`);
      for (const socket of [one, other])
        expect(await socket.post(group.application(epoch), late)).toMatchObject({ code: "stale-epoch" });
      const now = group.parts(`now ${epoch}`);
      for (const socket of [one, other])
        expect(await socket.post(group.application(epoch + 1), now)).toMatchObject({ type: "ok" });
    }
    expect(cluster.ask(url, "SELECT epoch FROM gates")).toBe("41");
    expect(took.one + took.other).toBe(40);
    await end(...homes);
  }, 120_000);

  test("[DS73] founded through two servers at once, a gate is founded once", async () => {
    const url = cluster.database();
    const homes = [await home(url), await home(url)] as const;
    const [one, other] = [await caller(homes[0]), await caller(homes[1])];
    for (let n = 0; n < 20; n++) {
      const group = new Group(`Dinner ${n}`);
      group.list = await uploaded(one, [addressOf(9)]);
      await uploaded(other, [addressOf(9)]);
      const posts = ["one", "other"].map((name) => group.parts(`${n} by ${name}`));
      const answers = await Promise.all([
        one.post(group.create(posts[0] ?? []), posts[0] ?? []),
        other.post(group.create(posts[1] ?? []), posts[1] ?? []),
      ]);
      expect(answers.map((answer) => ("code" in answer ? answer.code : "ok")).sort()).toEqual(["gate-exists", "ok"]);
    }
    await end(...homes);
  }, 120_000);

  test("[DS72] [DS74] what one server took waits for a device that comes to the other, and an address that came or went there counts at once", async () => {
    const url = cluster.database();
    const homes = [await home(url), await home(url)] as const;
    const bob = new Person("bob");
    await settle(homes[0].port, bob, homes[0].data, addressOf(1));
    const sender = await caller(homes[0]);
    const group = new Group("Dinner");
    group.list = await uploaded(sender, [addressOf(1), addressOf(2)]);
    const say = async (text: string) => {
      const parts = group.parts(text);
      const header = group.epoch === 0 ? group.create(parts) : group.application();
      expect(await sender.post(header, parts)).toMatchObject({ type: "ok" });
      group.epoch = 1;
    };
    await say("to the first address");
    const phone = new Socket(homes[1].port);
    await phone.signIn(bob, 1);
    await until(() => phone.reads.length === 1);
    await phone.call("addresses", { add: [addressOf(2)], remove: [addressOf(1)] });
    await say("to the second");
    await phone.call("addresses", { add: [], remove: [addressOf(2)] });
    await say("to nobody");
    phone.socket.close();
    const again = new Socket(homes[1].port);
    await again.signIn(bob, 2);
    await until(() => again.reads.length === 2);
    expect(again.reads).toEqual(["to the first address", "to the second"]);
    again.acknowledge();
    await until(() => cluster.ask(url, "SELECT count(*) FROM envelopes") === "0");
    expect(cluster.ask(url, "SELECT (SELECT count(*) FROM pending) + (SELECT count(*) FROM queue)")).toBe("0");
    await end(...homes);
  }, 60_000);

  test("[DS72] what a server was pushing when it was killed waits for its device at another", async () => {
    const url = cluster.database();
    const [first, second] = [await home(url), await home(url)];
    const bob = new Person("bob");
    await settle(first.port, bob, first.data, addressOf(1));
    const phone = new Socket(first.port);
    await phone.signIn(bob, 1);
    const sender = await caller(first);
    const target = { kind: "address" as const, address: addressOf(1) };
    for (const text of ["one", "two", "three"])
      await sender.post({ mode: "deposit" }, [{ target, envelope: new TextEncoder().encode(text) }]);
    await until(() => phone.reads.length === 3);
    first.child.kill("SIGKILL");
    await first.ended;
    const third = await home(url);
    const again = new Socket(second.port);
    await again.signIn(bob, 2);
    await until(() => again.reads.length === 3);
    expect(again.reads).toEqual(["one", "two", "three"]);
    await end(second, third);
  }, 60_000);

  test("[DS75] PostgreSQL is killed under load: what was answered is there once, and the server goes on", async () => {
    const url = cluster.database();
    const one = await home(url);
    const bob = new Person("bob");
    await settle(one.port, bob, one.data, addressOf(1));
    const sender = await caller(one);
    const target = { kind: "address" as const, address: addressOf(1) };
    let posted = 0;
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 250; i++) {
        const envelope = new TextEncoder().encode(`${posted}`);
        sender.send(encodePost(1_000 + posted++, { mode: "deposit" }, encodeParts([{ target, envelope }])));
        if (i % 10 === 0) await new Promise((next) => setTimeout(next, 1));
        if (i !== 150) continue;
        cluster.stop("immediate");
        // Longer than a server waits for it, the second time.
        if (round === 1) await new Promise((next) => setTimeout(next, 4_000));
        cluster.start();
      }
      await until(
        () => sender.frames.filter(({ type }) => type === "ok" || type === "error").length >= posted || undefined,
      );
      // What came while it was away was refused; it goes on once it is back.
      for (let answer: ServerFrame | undefined; answer?.type !== "ok"; ) {
        const envelope = new TextEncoder().encode(`back ${round}`);
        answer = await sender.post({ mode: "deposit" }, [{ target, envelope }]);
        await new Promise((next) => setTimeout(next, 50));
      }
    }
    expect(sender.frames.filter(({ type }) => type === "ok").length).toBeGreaterThan(100);
    const ok = sender.frames.flatMap((frame) =>
      frame.type === "ok" && frame.request >= 1_000 ? [`${frame.request - 1_000}`] : [],
    );
    const phone = new Socket(one.port);
    await phone.signIn(bob, 1);
    await until(() => ok.every((text) => phone.reads.includes(text)) || phone.acknowledge());
    expect(phone.reads).toContain("back 1");
    expect(new Set(phone.reads).size).toBe(phone.reads.length);
    await end(one);
  }, 120_000);
});
