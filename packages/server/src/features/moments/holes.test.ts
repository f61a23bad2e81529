/**
 * Holes at home: put once, read by who knows the name, overwritten and cleared by who has the secret, and of nobody.
 */
import { expect, test } from "bun:test";
import {
  type Bytes,
  type Hole,
  holeLimits,
  holeNameBytes,
  holeTokens,
  isHoleAt,
  packNames,
  type UploadToken,
} from "@yanshu/wire";
import { memoryBlobStore } from "../../blobs/memory.ts";
import type { ServerConfig } from "../../core/config.ts";
import { nodePrimitives } from "../../core/node-crypto.ts";
import { dayMs } from "../../core/rate.ts";
import type { Client } from "../../testkit/client.ts";
import { refusal } from "../../testkit/refusal.ts";
import { TestServer, type TestServerOptions } from "../../testkit/test-server.ts";
import { drawTokens } from "../../testkit/tokens.ts";
import { Holes, lastsUntil, momentLimits } from "./holes.ts";

const { sha256 } = nodePrimitives;
let numbers = 0;
/** Bytes that are there once. */
const fresh = (length: number): Bytes => {
  const out = new Uint8Array(length);
  for (let at = 0; at < length; at += 32)
    out.set(sha256(new TextEncoder().encode(`${++numbers}`)).subarray(0, length - at), at);
  return out;
};
const holeOf = (valueBytes = 96): Hole => ({ secret: fresh(32), value: fresh(valueBytes) });
const nameOf = ({ secret }: Pick<Hole, "secret">) => sha256(holeNameBytes(secret)).subarray(0, holeLimits.nameBytes);
const many = (count: number, valueBytes = 96) => Array.from({ length: count }, () => holeOf(valueBytes));

/** A home, and somebody who draws tokens for anybody who asks. */
class Home {
  readonly testServer: TestServer;
  private member: Client | undefined;

  constructor(config: Partial<ServerConfig> = {}, options: TestServerOptions = {}) {
    this.testServer = new TestServer({ blobs: memoryBlobStore(new Uint8Array(32).fill(5)), config, ...options });
  }

  async tokens(count: number): Promise<UploadToken[]> {
    this.member ??= await (await this.testServer.person("ann")).phone.signIn(this.testServer);
    const drawn: UploadToken[] = [];
    while (drawn.length < count)
      drawn.push(
        ...(await drawTokens(await this.testServer.client(), this.member, Math.min(16, count - drawn.length))),
      );
    return drawn;
  }

  async put(holes: readonly Hole[], days: 2 | 4 | 30 | 180 | 400 = 400, tokens?: readonly UploadToken[]) {
    const shown = tokens ?? (await this.tokens(holeTokens(holes, days)));
    const caller = await this.paid(holes.length > 64);
    return caller.call("putHoles", { tokens: shown, days, holes });
  }

  /** A connection of its own; `isLarge`: on which large frames are taken. */
  async paid(isLarge: boolean): Promise<Client> {
    const caller = await this.testServer.client();
    if (isLarge) await caller.call("pay", { token: (await this.tokens(1))[0] as UploadToken });
    return caller;
  }

  async read(holes: readonly Pick<Hole, "secret">[]): Promise<readonly (Bytes | undefined)[]> {
    const caller = await this.testServer.client();
    const { values } = await caller.call("readHoles", { names: packNames(holes.map(nameOf)) });
    return values.map((value) => (value.length === 0 ? undefined : value));
  }

  async look(holes: readonly Pick<Hole, "secret">[]): Promise<readonly boolean[]> {
    const caller = await this.paid(holes.length > 2_000);
    const { found } = await caller.call("lookHoles", { starts: packNames(holes.map(nameOf), holeLimits.startBytes) });
    return holes.map((_, at) => isHoleAt(found, at));
  }

  async clear(holes: readonly Hole[]): Promise<void> {
    await (await this.testServer.client()).call("clearHoles", {
      secrets: packNames(
        holes.map(({ secret }) => secret),
        32,
      ),
    });
  }

  counts() {
    const { holes, holeBytes } = this.testServer.server.counts();
    return { holes, holeBytes };
  }
}

test("[HO1] a hole is put once by who shows its secret, read by who knows its name, overwritten and cleared by the secret", async () => {
  const home = new Home();
  for (const size of [96, 128, 256, 512, 1_024, 2_048, 4_096]) {
    const hole = holeOf(size);
    expect(await home.put([hole])).toEqual({ taken: [] });
    expect(await home.read([hole, holeOf()])).toEqual([hole.value, undefined]);
    const other = { secret: hole.secret, value: fresh(size) };
    expect(await home.put([other])).toEqual({ taken: [0] });
    expect(await home.put([{ ...other, was: sha256(fresh(3)) }])).toEqual({ taken: [0] });
    expect(await home.read([hole])).toEqual([hole.value]);
    expect(await home.put([{ ...other, was: sha256(hole.value) }])).toEqual({ taken: [] });
    expect(await home.read([hole])).toEqual([other.value]);
    await home.clear([holeOf(), hole]);
    expect(await home.read([hole])).toEqual([undefined]);
    expect(await home.put([{ ...hole, was: sha256(other.value) }])).toEqual({ taken: [] }); // Nothing is in its way.
  }
  expect(home.counts().holes).toBe(7);
});

test("[HO1] who knows a name, as every friend does, neither takes, overwrites nor clears what is or will be there", async () => {
  const home = new Home();
  const [hole, next] = [holeOf(), holeOf()];
  await home.put([hole]);
  for (const known of [hole, next].map(nameOf)) {
    const secret = new Uint8Array(32);
    secret.set(known);
    await home.put([{ secret, value: fresh(96) }]);
    await home.clear([{ secret, value: fresh(96) }]);
  }
  expect(await home.read([hole, next])).toEqual([hole.value, undefined]);
  expect(await home.put([next])).toEqual({ taken: [] });
});

test("[HO2] all of a put or none: what is taken is told by its places, and costs nothing", async () => {
  const home = new Home();
  const [first, second, ...rest] = many(40);
  await home.put([first as Hole, second as Hole]);
  const tokens = await home.tokens(1);
  const others = [...rest, { ...(second as Hole), value: fresh(96) }, first as Hole];
  expect(await home.put(others, 400, tokens)).toEqual({ taken: [38] });
  expect(home.counts().holes).toBe(2);
  expect(await home.put([...rest, first as Hole], 400, tokens)).toEqual({ taken: [] });
  expect(home.counts().holes).toBe(40);
  expect(await home.look([...rest, holeOf()])).toEqual([...rest.map(() => true), false]);
});

test("[HO2] the same put again is answered the same, though its tokens are spent; of another day as well", async () => {
  const home = new Home();
  const holes = many(30);
  const tokens = await home.tokens(1);
  for (let tries = 0; tries < 3; tries++) {
    expect(await home.put(holes, 400, tokens)).toEqual({ taken: [] });
    await home.testServer.clock.pass(dayMs);
  }
  expect(home.counts().holes).toBe(30);
  // What it shows is no right to put anything else.
  expect(await refusal(home.put([...holes, holeOf()], 400, tokens))).toBe("bad-token");
  expect(await refusal(home.put([holeOf()], 400, tokens))).toBe("bad-token");
});

test("[HO2] two devices that put at one place at once: one of them stands, and the other is told", async () => {
  const home = new Home();
  const { secret } = holeOf();
  const both = [holeOf(), holeOf()].map(({ value }) => ({ secret, value }));
  const tokens = await home.tokens(2);
  const answers = await Promise.all(both.map((hole, i) => home.put([hole], 400, tokens.slice(i, i + 1))));
  const stands = answers.findIndex(({ taken }) => taken.length === 0);
  expect(answers.flatMap(({ taken }) => taken)).toEqual([0]);
  expect(await home.read([{ secret }])).toEqual([both[stands]?.value]);
});

test("[HO2] the largest round and the largest look are taken, and one more of each is malformed", async () => {
  const home = new Home({ blobTokensFirst: 1_024, callsPerMinute: { connection: 10_000, prefix: 10_000 } });
  const holes = many(holeLimits.putMax);
  expect(await home.put(holes, 30)).toEqual({ taken: [] });
  expect(home.counts().holes).toBe(holeLimits.putMax);
  const asked = [...holes, ...many(holeLimits.startsMax - holeLimits.putMax)];
  const found = await home.look(asked);
  expect(found.filter((is) => is).length).toBe(holeLimits.putMax);
  expect(found.lastIndexOf(true)).toBe(holeLimits.putMax - 1);
});

test("[HO2] a put of nothing, and one that names a place twice, are malformed, and spend no token", async () => {
  const home = new Home();
  const tokens = await home.tokens(1);
  const { secret, value } = holeOf();
  expect(await refusal(home.put([], 30, []))).toBe("malformed");
  for (const other of [value, fresh(value.length)]) {
    const twice = [
      { secret, value },
      { secret, value: other },
    ];
    expect(await refusal(home.put(twice, 30, tokens))).toBe("malformed");
  }
  expect(home.counts().holes).toBe(0);
  expect(await home.put([{ secret, value }], 30, tokens)).toEqual({ taken: [] });
});

test("[HO2] an answer to reading has half a mebibyte at most: what it leaves out is asked for again", async () => {
  const home = new Home({ blobTokensFirst: 1_024 });
  const holes = many(200, 4_096);
  await home.put(holes.slice(0, 100));
  await home.put(holes.slice(100));
  const read: (Bytes | undefined)[] = [];
  while (read.length < holes.length) {
    const some = await home.read(holes.slice(read.length));
    expect(some.length).toBeLessThanOrEqual(holeLimits.answerBytesMax / 4_096);
    expect(some.length).toBeGreaterThan(0);
    read.push(...some);
  }
  expect(read).toEqual(holes.map(({ value }) => value));
});

test("[HO2] the calls are for connections on which nobody is signed in", async () => {
  const { testServer } = new Home();
  const phone = await (await testServer.person("ann")).phone.signIn(testServer);
  const hole = holeOf();
  for (const asked of [
    phone.call("putHoles", { tokens: [], days: 30, holes: [hole] }),
    phone.call("lookHoles", { starts: fresh(6) }),
    phone.call("readHoles", { names: fresh(16) }),
    phone.call("clearHoles", { secrets: hole.secret }),
  ])
    expect(await refusal(asked)).toBe("signed-in-connection");
});

test("[HO3] a put costs one token for each 64 KiB begun, of 16 KiB beyond 30 days: fewer, more, false or spent ones put nothing", async () => {
  const home = new Home();
  expect([30, 180, 400].map((days) => holeTokens(many(512), days as 30))).toEqual([1, 4, 4]);
  expect([30, 400].map((days) => holeTokens(many(513), days as 30))).toEqual([2, 5]);
  const holes = many(513);
  const [one, two, three] = (await home.tokens(3)) as [UploadToken, UploadToken, UploadToken];
  const wrong = { ...two, output: fresh(64) };
  for (const tokens of [[], [one], [one, two, three], [one, one], [one, wrong]])
    expect([tokens.length, await refusal(home.put(holes, 30, tokens))]).toEqual([tokens.length, "bad-token"]);
  expect(home.counts().holes).toBe(0);
  await home.put(holes, 30, [one, two]);
  expect(await refusal(home.put(many(2), 400, [two]))).toBe("bad-token");
  expect(home.counts().holes).toBe(513);
});

test("[MO39] a put with a false token is refused before home looks at its tables; one with a spent token is not", async () => {
  const home = new Home();
  const holes = many(64);
  const tokens = await home.tokens(1);
  await home.put(holes, 30, tokens);
  const { moments } = home.testServer.log.features;
  const { held } = moments;
  let looks = 0;
  const counting: typeof held = (names) => {
    looks++;
    return held.call(moments, names);
  };
  Object.assign(moments, { held: counting });
  const [token] = (await home.tokens(1)) as [UploadToken];
  for (const wrong of [
    { ...token, output: fresh(64) },
    { ...token, epoch: token.epoch + 9 },
  ])
    expect(await refusal(home.put(many(64), 30, [wrong]))).toBe("bad-token");
  expect(looks).toBe(0);
  expect(await home.put(holes, 30, tokens)).toEqual({ taken: [] });
  expect(looks).toBeGreaterThan(0);
});

test("[HO3] a home that gives out no tokens takes no holes", async () => {
  const home = new Home({}, { blobs: undefined as never });
  const caller = await home.testServer.client();
  expect(await refusal(caller.call("putHoles", { tokens: [], days: 30, holes: [holeOf()] }))).toBe("unavailable");
});

test("[HO4] a hole is gone when its days are over, before and after its row is, and another may stand there", async () => {
  const home = new Home();
  const holes = new Map<2 | 4, Hole>();
  for (const days of [2, 4] as const) {
    const hole = holeOf();
    holes.set(days, hole);
    await home.put([hole], days);
  }
  const begun = Math.floor(home.testServer.clock.nowMs() / dayMs);
  for (const day of [1, 2, 3, 4]) {
    const left = (begun + day) * dayMs - home.testServer.clock.nowMs();
    if (left > 0) await home.testServer.clock.pass(left);
    for (const [days, hole] of holes) {
      const isThere = begun + day < lastsUntil(begun, days);
      expect([day, days, (await home.look([hole]))[0]]).toEqual([day, days, isThere]);
      expect([day, days, (await home.read([hole]))[0] !== undefined]).toEqual([day, days, isThere]);
    }
  }
  await home.testServer.clock.pass(dayMs);
  expect(home.counts()).toEqual({ holes: 0, holeBytes: 0 });
  expect(await home.put([holes.get(2) as Hole], 30)).toEqual({ taken: [] });
});

test("[HO4] days of a month and more end with a week, so that they tell no day of putting", () => {
  for (const days of [30, 180, 400] as const) {
    const ends = new Set(Array.from({ length: 7 }, (_, day) => lastsUntil(20_797 + day, days)));
    expect(ends.size).toBeLessThanOrEqual(2);
    for (const end of ends) expect(end % 7).toBe(0);
    for (let day = 20_800; day < 20_830; day++) {
      expect(lastsUntil(day, days)).toBeGreaterThanOrEqual(day + days);
      expect(lastsUntil(day, days)).toBeLessThan(day + days + 7);
    }
  }
  expect([lastsUntil(20_800, 2), lastsUntil(20_800, 4)]).toEqual([20_802, 20_804]);
});

test("[HO4] what is put again for longer is paid for, and stands for longer", async () => {
  const home = new Home();
  const hole = holeOf();
  const [token, other] = await home.tokens(2);
  await home.put([hole], 4, [token as UploadToken]);
  expect(await refusal(home.put([hole], 180, [token as UploadToken]))).toBe("bad-token");
  await home.put([hole], 180, [other as UploadToken]);
  await home.testServer.clock.pass(5 * dayMs);
  expect(await home.read([hole])).toEqual([hole.value]);
  expect(home.counts().holes).toBe(1);
});

test("[HO7] while the disk is nearly full nothing is put; what is there is read and cleared", async () => {
  let reserve: "held" | "given-up" = "held";
  const disk = {
    freeBytes: () => (reserve === "held" ? 1 << 30 : 0),
    reserveBytes: 1 << 20,
    reserve: () => reserve,
    giveUp: () => undefined,
    takeBack: async () => undefined,
  };
  const home = new Home({}, { between: (ports) => ({ ...ports, disk }) });
  const [hole, other] = [holeOf(), holeOf()];
  await home.put([hole]);
  const tokens = await home.tokens(1);
  reserve = "given-up";
  home.testServer.crash();
  expect(await refusal(home.put([other], 30, tokens))).toBe("storage-full");
  expect(await home.read([hole])).toEqual([hole.value]);
  await home.clear([hole]);
  expect(await home.read([hole])).toEqual([undefined]);
});

test("[HO7] all holes have so much room and no more, apart from files; what is cleared makes room", async () => {
  const home = new Home({ momentsBytesMax: 64 * (96 + 64) });
  const holes = many(64);
  await home.put(holes, 30);
  expect(await refusal(home.put([holeOf()], 30))).toBe("storage-full");
  expect(await home.put(holes.slice(0, 9), 30)).toEqual({ taken: [] }); // They are there.
  await home.clear(holes.slice(0, 1));
  expect(await home.put([holeOf()], 30)).toEqual({ taken: [] });
  const caller = await home.testServer.client();
  expect((await caller.call("blobTerms", {})).bytesMax).toBeGreaterThan(0);
});

test("[HO9] the last quarter of the room is for holes that are gone within a month", async () => {
  const home = new Home({ momentsBytesMax: 64 * (96 + 64) });
  await home.put(many(48), 400);
  expect(await refusal(home.put([holeOf()], 180))).toBe("storage-full");
  expect(await home.put(many(16), 30)).toEqual({ taken: [] });
  expect(await refusal(home.put([holeOf()], 2))).toBe("storage-full");
});

test("[HO10] calls that wait for their turn have 8 MiB of one place and 32 of all; more is refused, and what was served makes room", async () => {
  const secrets = new Uint8Array(32 * 4_096); // 128 KiB.
  let go: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    go = resolve;
  });
  const ports = {
    clock: { nowMs: () => 1 },
    primitives: { sha256: () => secrets },
    pause: () => held,
    inCommit: (_run: unknown, answer: (outcome: unknown) => void) => answer({ ok: true, value: {} }),
  };
  const holes = new Holes({ drop: () => undefined } as never, ports as never, {
    ...momentLimits,
    holesPerMinute: { prefix: 1_000_000 },
  });
  const asked = ["a", "b", "c", "d", "e"].map((place) =>
    Array.from({ length: 64 }, () => holes.clear({ secrets }, place)),
  );
  const one = new Uint8Array(32);
  const refused = await Promise.all([holes.clear({ secrets: one }, "a"), holes.clear({ secrets: one }, "f")]);
  expect(refused.map((outcome) => !outcome.ok && outcome.code)).toEqual(["rate-limited", "rate-limited"]);
  go();
  const served = await Promise.all(asked.map(async (some) => (await Promise.all(some)).filter(({ ok }) => ok).length));
  expect(served).toEqual([64, 64, 64, 64, 0]);
  expect((await holes.clear({ secrets: one }, "a")).ok).toBe(true);
});

test("[HO10] what waits until its token was looked at counts as well", async () => {
  let go: () => void = () => undefined;
  const looked = new Promise<void>((resolve) => {
    go = resolve;
  });
  const uploadTokens = { isOurs: () => looked.then(() => ({ ok: false, code: "bad-token" })) };
  const ports = { clock: { nowMs: () => 1 }, uploadTokens };
  const holes = new Holes({} as never, ports as never, momentLimits);
  const put = (place: string) => {
    const some = [{ secret: fresh(32), value: new Uint8Array(2 ** 20) }];
    const tokens = Array.from({ length: holeTokens(some, 30) }, () => ({}) as UploadToken);
    return holes.putAll({ tokens, days: 30, holes: some }, place);
  };
  const puts = [...Array.from({ length: 9 }, () => put("a")), put("b")];
  go();
  const codes = (await Promise.all(puts)).map((outcome) => !outcome.ok && outcome.code);
  expect(codes).toEqual([...Array(7).fill("bad-token"), "rate-limited", "rate-limited", "bad-token"]);
  expect(await put("a")).toMatchObject({ code: "bad-token" }); // What was refused holds no more room.
});

test("[HO7] names are counted by the place that they are asked from, whichever call they are in; another place goes on", async () => {
  const home = new Home({ holesPerMinute: { prefix: 100 } });
  const hole = holeOf();
  const tokens = await home.tokens(2);
  const flood = await home.testServer.client("192.0.2.1");
  await flood.call("putHoles", { tokens: tokens.slice(0, 1), days: 30, holes: [hole] });
  await flood.call("clearHoles", { secrets: hole.secret });
  await flood.call("readHoles", { names: fresh(16 * 48) });
  await flood.call("lookHoles", { starts: fresh(6 * 60) });
  expect(await refusal(flood.call("lookHoles", { starts: fresh(6) }))).toBe("rate-limited");
  expect(await refusal(flood.call("readHoles", { names: fresh(16) }))).toBe("rate-limited");
  expect(await refusal(flood.call("clearHoles", { secrets: fresh(32) }))).toBe("rate-limited");
  expect(await refusal(flood.call("putHoles", { tokens: tokens.slice(1), days: 30, holes: [hole] }))).toBe(
    "rate-limited",
  );
  const other = await home.testServer.client("192.0.2.2");
  expect(await other.call("lookHoles", { starts: fresh(6) })).toEqual({ found: new Uint8Array(1) });
  await home.testServer.clock.pass(60_000);
  await flood.call("lookHoles", { starts: fresh(6) });
});

test("[HO1] what is there survives a crash, and an answered clear too", async () => {
  const home = new Home();
  const [stays, goes] = [many(64), many(3)];
  await home.put(stays);
  await home.put(goes);
  await home.clear(goes);
  home.testServer.crash();
  expect(await home.look([...stays, ...goes])).toEqual([...stays.map(() => true), false, false, false]);
});
