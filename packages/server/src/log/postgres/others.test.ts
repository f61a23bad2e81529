/** Several servers are one service: real processes over one PostgreSQL, with NATS between them where it is said. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeParts, encodePost, type Part } from "@yanshu/wire";
import { Group } from "../../testkit/group.ts";
import { caller, type Home, homeOver } from "../../testkit/home.ts";
import { hasNats, NatsCluster } from "../../testkit/nats.ts";
import { Person } from "../../testkit/person.ts";
import { hasPostgres, PostgresCluster } from "../../testkit/postgres.ts";
import { endAll, Socket, settle, start, until } from "../../testkit/process.ts";

const folder = mkdtempSync(join(tmpdir(), "yanshu-others-"));
let postgres: PostgresCluster;

const home = (log: string, ...flags: readonly string[]): Promise<Home> => homeOver(folder, log, ...flags);

/** Bob's phone, there for the n-th time. */
async function phoneAt({ port }: Home, bob: Person, times: number): Promise<Socket> {
  const phone = new Socket(port);
  await phone.signIn(bob, times);
  return phone;
}

const addressOf = (n: number) => new Uint8Array(16).fill(n);
const toBob = (text: string): Part[] => [
  { target: { kind: "address", address: addressOf(1) }, envelope: new TextEncoder().encode(text) },
];
const rest = (ms: number) => new Promise((next) => setTimeout(next, ms));

describe.skipIf(!hasPostgres)("several servers", () => {
  beforeAll(async () => {
    postgres = await PostgresCluster.begin();
  }, 180_000);
  afterEach(() => endAll());
  afterAll(() => {
    postgres.end();
    rmSync(folder, { recursive: true });
  }, 180_000);

  async function withBob(count: number, ...flags: readonly string[]) {
    const url = postgres.database();
    const homes: Home[] = [];
    for (let i = 0; i < count; i++) homes.push(await home(url, ...flags));
    const bob = new Person("bob");
    const [first] = homes;
    if (first === undefined) throw new Error("no server");
    await settle(first.port, bob, first.data, addressOf(1));
    return { url, homes, bob };
  }

  test("[DS77] what one server takes reaches a device that is connected to another within two seconds, without anything between them", async () => {
    const { homes, bob } = await withBob(2);
    const phone = await phoneAt(homes[1] as Home, bob, 1);
    await rest(200);
    const sender = await caller(homes[0] as Home);
    for (const text of ["one", "two", "three"]) {
      const sentMs = performance.now();
      expect(await sender.post({ mode: "deposit" }, toBob(text))).toMatchObject({ type: "ok" });
      await until(() => phone.reads.at(-1) === text);
      expect(performance.now() - sentMs).toBeLessThan(2_500);
      phone.acknowledge();
    }
    expect(phone.reads).toEqual(["one", "two", "three"]);
  }, 60_000);

  test.skipIf(!hasNats)(
    "[DS77] [DS95] with NATS it is there at once; with NATS gone a second later, and at once when it is back",
    async () => {
      const nats = await NatsCluster.begin(1);
      try {
        const { homes, bob } = await withBob(2, "--wake", nats.url);
        for (const { output } of homes) await until(() => output().includes("NATS is there"));
        const phone = await phoneAt(homes[1] as Home, bob, 1);
        const sender = await caller(homes[0] as Home);
        const take = async (text: string) => {
          await sender.post({ mode: "deposit" }, toBob(text));
          const answeredMs = performance.now();
          await until(() => phone.reads.includes(text));
          return performance.now() - answeredMs;
        };
        const soonest = async (name: string) => {
          const all: number[] = [];
          for (let n = 0; n < 10; n++) all.push(await take(`${name} ${n}`));
          return all.sort((a, b) => a - b)[5] as number;
        };
        expect(await soonest("there")).toBeLessThan(250); // Looking by itself takes 500 ms at the middle.
        await nats.kill(0);
        expect(await take("away")).toBeLessThan(2_500);
        await nats.start(0);
        for (const { output } of homes) await until(() => output().split("NATS is there").length > 2);
        expect(await soonest("back")).toBeLessThan(250);
      } finally {
        await nats.end();
      }
    },
    60_000,
  );

  test("[DS76] posts of a gate that two servers take by turns come in the order in which they were taken", async () => {
    const { homes, bob } = await withBob(2);
    const phone = await phoneAt(homes[1] as Home, bob, 1);
    const callers = [await caller(homes[0] as Home), await caller(homes[1] as Home)] as const;
    const group = new Group("Dinner");
    for (const one of callers) group.list = (await one.call("uploadList", { addresses: [addressOf(1)] })).hash;
    const founding = group.parts("founded");
    await callers[0].post(group.create(founding), founding);
    const said = ["founded"];
    for (let n = 0; n < 60; n++) {
      const parts = group.parts(`said ${n}`);
      const by = callers[n % 3 === 0 ? 1 : 0]; // Mostly where Bob is not.
      expect(await by.post(group.application(1), parts)).toMatchObject({ type: "ok" });
      said.push(`said ${n}`);
      if (n % 7 === 0) phone.acknowledge();
    }
    await until(() => phone.reads.length >= said.length);
    expect(phone.reads).toEqual(said);
    const ids = phone.frames.flatMap((frame) => (frame.type === "push" ? [frame.push.id] : []));
    expect(ids).toEqual(ids.toSorted((a, b) => a - b));
  }, 60_000);

  test("[DS20] what came in another order than its ids rise is acknowledged by its first and its last, and nothing of it stays", async () => {
    const { homes, bob, url } = await withBob(2);
    const phone = await phoneAt(homes[1] as Home, bob, 1);
    const sender = await caller(homes[0] as Home);
    // As where two servers take ids at the same moment, and the one with the lower ones is written later.
    for (const [block, text] of [
      [1_000, "high"],
      [500, "low"],
    ] as const) {
      postgres.ask(url, `SELECT setval('id_blocks', ${block})`);
      expect(await sender.post({ mode: "deposit" }, toBob(text))).toMatchObject({ type: "ok" });
      await until(() => phone.reads.at(-1) === text);
    }
    phone.acknowledge();
    await until(() => postgres.ask(url, "SELECT count(*) FROM envelopes") === "0");
    expect(phone.frames.some(({ type }) => type === "error")).toBe(false);
  }, 60_000);

  test("[DS78] who signs in at another server is signed out at the first, and has all that it did not acknowledge there, once", async () => {
    const { homes, bob } = await withBob(2);
    const sender = await caller(homes[0] as Home);
    const first = await phoneAt(homes[0] as Home, bob, 1);
    await rest(200);
    for (const text of ["one", "two"]) await sender.post({ mode: "deposit" }, toBob(text));
    await until(() => first.reads.length === 2);
    const second = await phoneAt(homes[1] as Home, bob, 2);
    await until(() => first.closed !== undefined);
    expect(first.closed).toMatchObject({ code: 4001 });
    await until(() => second.reads.length === 2);
    await sender.post({ mode: "deposit" }, toBob("three"));
    await until(() => second.reads.length === 3);
    expect(second.reads).toEqual(["one", "two", "three"]);
  }, 60_000);

  test("[DS78] an account that is deleted at one server is signed out at the other", async () => {
    const { homes, bob, url } = await withBob(2);
    const phone = await phoneAt(homes[1] as Home, bob, 1);
    const again = await phoneAt(homes[0] as Home, bob, 2);
    await until(() => phone.closed !== undefined);
    const tablet = again; // The one device that is left.
    await rest(1_200);
    await tablet.call("deleteAccount", {});
    await until(() => tablet.closed !== undefined);
    expect(tablet.closed).toMatchObject({ code: 4002 });
    await until(() => postgres.ask(url, "SELECT count(*) FROM holds") === "0");
  }, 60_000);

  test("[DS185] who is suspended at one server is sent away at every other, also from a folder whose server is stopped", async () => {
    const { homes, bob, url } = await withBob(2);
    const [first, second] = homes as [Home, Home];
    const says = async ({ data }: Home, ...args: string[]) => {
      const { output, ended } = start(...args, "--data", data, "--log", url);
      return { code: await ended, output: output() };
    };
    const phone = await phoneAt(second, bob, 1);
    expect(await says(first, "suspend", "1")).toMatchObject({ code: 0 });
    await until(() => phone.closed !== undefined);
    expect(phone.closed).toMatchObject({ code: 4008 });
    await expect(phoneAt(second, bob, 2)).rejects.toThrow("suspended");
    expect(await says(first, "suspend", "1", "--end")).toMatchObject({ code: 0 });
    const back = await phoneAt(second, bob, 2);
    first.child.kill("SIGTERM");
    expect(await first.ended).toBe(0);
    expect(await says(first, "suspend", "1")).toMatchObject({ code: 0 });
    await until(() => back.closed !== undefined);
    expect(back.closed).toMatchObject({ code: 4008 });
    await until(() => postgres.ask(url, "SELECT count(*) FROM holds") === "0");
  }, 120_000);

  test("[DS78] a server that holds a device without knowing, since the answer to its sign-in was lost, lets go of it", async () => {
    const { homes, bob, url } = await withBob(2);
    const sender = await caller(homes[0] as Home);
    await sender.post({ mode: "deposit" }, toBob("one"));
    await until(() => postgres.ask(url, "SELECT count(*) FROM holds") === "0");
    postgres.ask(url, "INSERT INTO holds SELECT (SELECT min(ref) FROM devices), (SELECT min(number) FROM gateways)");
    const phone = await phoneAt(homes[1] as Home, bob, 1);
    await until(() => phone.reads.length === 1, 5_000);
    expect(postgres.ask(url, "SELECT count(*) FROM holds")).toBe("1");
  }, 60_000);

  test("[DS79] a server is killed: a device that comes to another has all in order, at once", async () => {
    const { homes, bob } = await withBob(2);
    const [first, second] = homes as [Home, Home];
    const phone = await phoneAt(first, bob, 1);
    await rest(200);
    const atFirst = await caller(first);
    for (const text of ["one", "two"]) await atFirst.post({ mode: "deposit" }, toBob(text));
    await until(() => phone.reads.length === 2);
    first.child.kill("SIGKILL");
    await first.ended;
    const sender = await caller(second);
    await sender.post({ mode: "deposit" }, toBob("three"));
    const startedMs = performance.now();
    const again = await phoneAt(second, bob, 2);
    await until(() => again.reads.length === 3);
    expect(performance.now() - startedMs).toBeLessThan(3_000);
    expect(again.reads).toEqual(["one", "two", "three"]);
  }, 60_000);

  test("[DS79] a server that was taken for dead and lives goes on as another, and nothing is lost or comes twice", async () => {
    const { homes, bob, url } = await withBob(2);
    const [first, second] = homes as [Home, Home];
    const phone = await phoneAt(first, bob, 1);
    await rest(200);
    const sender = await caller(first);
    await sender.post({ mode: "deposit" }, toBob("one"));
    await until(() => phone.reads.length === 1);
    // Its connection is cut, and before it notices Bob comes to the other one.
    first.child.kill("SIGSTOP");
    postgres.ask(
      url,
      "SELECT pg_terminate_backend(l.pid) FROM pg_locks l WHERE l.locktype = 'advisory' AND l.objid = (SELECT min(number) FROM gateways)::oid",
    );
    const again = await phoneAt(second, bob, 2);
    await until(() => again.reads.length === 1);
    first.child.kill("SIGCONT");
    await until(() => phone.closed !== undefined);
    expect(await sender.post({ mode: "deposit" }, toBob("two"))).toMatchObject({ type: "ok" });
    await until(() => again.reads.length === 2);
    expect(again.reads).toEqual(["one", "two"]);
    expect(postgres.ask(url, "SELECT count(*) FROM gateways")).toBe("2");
  }, 60_000);

  test("[DS213] a server that was taken for dead while it had nothing to do notices within seconds, and its devices come again", async () => {
    const { homes, bob, url } = await withBob(2);
    const [first, second] = homes as [Home, Home];
    const ann = new Person("ann");
    await settle(first.port, ann, first.data, addressOf(2));
    const quiet = await phoneAt(first, ann, 1);
    const phone = await phoneAt(first, bob, 1);
    await until(() => postgres.ask(url, "SELECT count(*) FROM holds") === "2");
    first.child.kill("SIGSTOP");
    postgres.ask(
      url,
      "SELECT pg_terminate_backend(l.pid) FROM pg_locks l WHERE l.locktype = 'advisory' AND l.objid = (SELECT min(number) FROM gateways)::oid",
    );
    await phoneAt(second, bob, 2);
    await until(() => postgres.ask(url, "SELECT count(*) FROM gateways") === "1");
    first.child.kill("SIGCONT");
    // Nobody posts and nobody signs in there; what others take for Ann goes to rows, and nobody is called.
    await until(() => quiet.closed !== undefined, 20_000);
    expect([quiet.closed?.code, phone.closed?.code]).toEqual([4007, 4007]);
  }, 90_000);

  test("[DS94] a post whose answer was lost is taken once, whichever server it comes to again", async () => {
    const { homes, bob, url } = await withBob(2);
    const [one, other] = [await caller(homes[0] as Home), await caller(homes[1] as Home)];
    const parts = encodeParts(toBob("once"));
    const take = (socket: Socket, request: number) => {
      socket.send(encodePost(request, { mode: "deposit" }, parts));
      return until(() => socket.frames.find((frame) => "request" in frame && frame.request === request));
    };
    for (const request of [900, 901])
      for (const socket of [one, other]) expect(await take(socket, request)).toMatchObject({ type: "ok" });
    // At the same moment, too.
    const both = toBob("at once");
    const answers = await Promise.all([one, other].map((socket) => socket.post({ mode: "deposit" }, both)));
    expect(answers).toMatchObject([{ type: "ok" }, { type: "ok" }]);
    expect(postgres.ask(url, "SELECT count(*) FROM envelopes")).toBe("2");
    const phone = await phoneAt(homes[1] as Home, bob, 1);
    await until(() => phone.reads.length === 2);
    expect(phone.reads.toSorted()).toEqual(["at once", "once"]);
  }, 60_000);

  test("[DS96] servers that share a log have one token, one key and one seed, in their folders too", async () => {
    const { homes } = await withBob(2);
    for (const name of ["registration-token", "push-key"]) {
      const [one, other] = homes.map(({ data }) => readFileSync(join(data, name), "utf8"));
      expect(one).toBe(other as string);
    }
    const [one, other] = [await caller(homes[0] as Home), await caller(homes[1] as Home)];
    const terms = await one.call("blobTerms", {});
    expect(await other.call("blobTerms", {})).toEqual(terms);
  }, 60_000);

  test("[DS97] what is deposited at one server reaches a rendezvous that is open at another, and nothing of it stays", async () => {
    const { homes, url } = await withBob(2);
    const [opener, sender] = [await caller(homes[0] as Home), await caller(homes[1] as Home)];
    await opener.call("rendezvous", { address: addressOf(7) });
    const part: Part = {
      target: { kind: "address", address: addressOf(7) },
      envelope: new TextEncoder().encode("words"),
    };
    await sender.post({ mode: "deposit" }, [part]);
    await until(() => opener.reads.length === 1);
    expect(opener.reads).toEqual(["words"]);
    opener.socket.close();
    const left = () =>
      postgres.ask(
        url,
        "SELECT (SELECT count(*) FROM rendezvous), (SELECT count(*) FROM calls), (SELECT count(*) FROM envelopes)",
      );
    await until(() => left() === "0|0|0");
  }, 60_000);
});
