/**
 * Homes that meet: cards, keys, lines and what the operator says; and servers that lie about their name, their key or
 * the order of things.
 */
import { expect, test } from "bun:test";
import {
  type Bytes,
  decodePeerFrame,
  decodeSignedCard,
  encodeCardBody,
  encodePeerHello,
  encodePeerProof,
  encodeSignedCard,
  type PeerFrame,
  peerLimits,
  peerLineBytes,
  type ServerCard,
  serverCardBytes,
  serverKeyBytes,
} from "@yanshu/wire";
import { Faults } from "../../core/faults.ts";
import { nodePrimitives } from "../../core/node-crypto.ts";
import { hourMs } from "../../core/rate.ts";
import { ManualClock } from "../../testkit/clock.ts";
import { Roads, seedOf } from "../../testkit/peers.ts";
import { TestServer } from "../../testkit/test-server.ts";
import { judgeCard, ownCard } from "./card.ts";
import { keysFrom } from "./keys.ts";
import { type Admitted, Line } from "./line.ts";
import type { PeersPort, Wire } from "./port.ts";

const [north, south, east] = ["north.example", "south.example", "east.example"] as const;
const bytes = (value: number, length: number) => new Uint8Array(length).fill(value);

function two(mode: PeersPort["mode"] = "open") {
  const roads = new Roads();
  return { roads, a: roads.home(north, { mode }), b: roads.home(south, { mode }) };
}

const tryTo = (roads: Roads, from: string, name: string) =>
  roads.do(from, "peers-try", { name }).then(
    () => "open",
    (error: Error) => error.message.replace(/^no line to \S+: /, "").slice(0, 24),
  );
const listed = async (roads: Roads, at: string) =>
  ((await roads.do(at, "peers-list")) as { name: string; state: string; key: string | null }[]).map(
    ({ name, state, key }) => [name, state, key !== null],
  );

/** A stranger who plays another server by hand. */
class Stranger {
  readonly heard: PeerFrame[] = [];
  isClosed = false;
  wire: Wire | undefined;
  private readonly roads: Roads;

  constructor(roads: Roads) {
    this.roads = roads;
  }

  async reach(to: string, from: string, prefix = "a place"): Promise<this> {
    this.wire = await this.roads.wire(
      from,
      to,
      {
        receive: (message) => {
          if ((message[0] ?? 0) < 0x10) this.heard.push(decodePeerFrame(message));
        },
        closed: () => {
          this.isClosed = true;
        },
      },
      prefix,
    );
    return this;
  }

  async say(message: Bytes): Promise<void> {
    this.wire?.send(message);
    await this.roads.clock.pass(20);
  }

  get refusal(): string | undefined {
    const last = this.heard.at(-1);
    return last?.type === "refusal" ? last.why : undefined;
  }
}

const hello = (from: string, to: string, changed: { readonly versions?: readonly number[] } = {}) =>
  encodePeerHello({ versions: [1], from, to, incarnation: bytes(1, 16), nonce: bytes(2, 32), ...changed });

/** A card of that name, as its own key signs it. */
function cardOf(name: string, changed: Partial<ServerCard> = {}, seed = name): Bytes {
  const keys = keysFrom(seedOf(seed));
  const plain = decodeSignedCard(ownCard(keys, { name, incarnation: bytes(9, 16) })).card;
  const body = encodeCardBody({ ...plain, ...changed });
  return encodeSignedCard(body, keys.sign(serverCardBytes(body)));
}

test("[PE4] a server that speaks with no other has no card and no way in for others, and its operator is told so", async () => {
  const home = new TestServer();
  expect(home.server.httpAt("/.well-known/yanshu")).toBeUndefined();
  expect(home.server.socketAt("/peer")).toBeUndefined();
  expect(() => home.server.featureActs()["peers-try"]?.({ name: north })).toThrow();
  home.server.stop();
});

test("[PE1] [PE6] two homes meet by their cards and open a line on which both have signed", async () => {
  const { roads, a, b } = two();
  expect(await tryTo(roads, north, south)).toBe("open");
  expect(await listed(roads, north)).toEqual([[south, "open", true]]);
  expect(await listed(roads, south)).toEqual([[north, "open", true]]);
  // Known from then on: neither card is asked for again by who is called.
  roads.cut();
  await roads.clock.pass(10);
  roads.asked.length = 0;
  expect(await tryTo(roads, south, north)).toBe("open");
  expect(roads.asked).toEqual([north]);
  expect([a.server.counts().peerLines, b.server.counts().peerLines]).toEqual([1, 1]);
});

test("[PE1] a card holds 4 KiB at most, a name and a path that are some, and is signed by the key in it", async () => {
  const roads = new Roads();
  roads.home(north);
  const refused = async (card: Bytes | undefined) => {
    roads.cards.set(east, card);
    return tryTo(roads, north, east);
  };
  const good = cardOf(east);
  expect(good.length).toBeLessThan(400);
  const spoilt = good.slice();
  spoilt[good.length - 1] = (spoilt[good.length - 1] ?? 0) ^ 1;
  expect(await refused(undefined)).toStartWith("it cannot be reached");
  for (const card of [bytes(7, 5_000), bytes(0, 0), good.subarray(1), spoilt])
    expect(await refused(card)).toStartWith("what lies at its name is");
  expect(() => cardOf(east, { name: "Not A Name" })).toThrow();
  expect(() => cardOf(east, { peer: "https://elsewhere.example/" })).toThrow();
  expect(() => encodeSignedCard(bytes(1, peerLimits.cardBytesMax), bytes(1, 64))).toThrow();
  expect(await refused(good)).toStartWith("it cannot be reached"); // A card, and no server behind it.
});

test("[PE2] a card of another name, or signed by another key than is in it, is no card of that name", async () => {
  const roads = new Roads();
  roads.home(north);
  roads.cards.set(east, cardOf(south));
  expect(await tryTo(roads, north, east)).toStartWith("what lies at its name is");
  roads.cards.set(east, cardOf(east, { signKey: keysFrom(seedOf(south)).signKey }));
  expect(await tryTo(roads, north, east)).toStartWith("what lies at its name is");
  roads.cards.set(east, cardOf(east, { sealKey: bytes(0, 32) }));
  expect(await tryTo(roads, north, east)).toStartWith("what lies at its name is");
  expect(await listed(roads, north)).toEqual([]);
});

test("[PE3] another key than the known one is refused, until the known one says so or the operator trusts it", async () => {
  const { roads } = two();
  expect(await tryTo(roads, north, south)).toBe("open");
  roads.cut();
  const seized = keysFrom(seedOf("seized"));
  roads.home(south, { keys: seized });
  expect(await tryTo(roads, north, south)).toStartWith("it shows another key");
  expect(await listed(roads, north)).toEqual([[south, "another-key", true]]);
  // Nor does it come in by calling.
  expect(await tryTo(roads, south, north)).not.toBe("open");
  await roads.do(north, "peers-trust", { name: south });
  expect(await tryTo(roads, north, south)).toBe("open");
  roads.cut();
  // Its next key is named by this one: both ways, without anybody's word.
  const next = keysFrom(seedOf("next"), seedOf("seized"));
  roads.home(south, { keys: next });
  expect(await tryTo(roads, south, north)).toBe("open");
  roads.cut();
  await roads.clock.pass(10);
  expect(await tryTo(roads, north, south)).toBe("open");
  // A handing over for another name says nothing of this one.
  roads.cut();
  const card = decodeSignedCard(
    ownCard(keysFrom(seedOf("third"), seedOf("next")), { name: east, incarnation: bytes(9, 16) }),
  );
  roads.cards.set(south, cardOf(south, { ...(card.card.before && { before: card.card.before }) }, "third"));
  expect(await tryTo(roads, north, south)).toStartWith("it shows another key");
});

test("[PE3] a key that takes another's place names the key that it is known by, and is signed by that one", () => {
  const [old, next] = [keysFrom(seedOf("old")), keysFrom(seedOf("next"))];
  const judged = (before: ServerCard["before"]) =>
    judgeCard(nodePrimitives, east, old.signKey, cardOf(east, { ...(before && { before }) }, "next"));
  const signature = old.sign(serverKeyBytes(east, next.signKey));
  expect(judged({ key: old.signKey, signature })).toMatchObject({ ok: true });
  for (const before of [undefined, { key: next.signKey, signature }, { key: old.signKey, signature: bytes(1, 64) }])
    expect(judged(before)).toEqual({ ok: false, why: "another-key" });
});

test("[PE5] a peer of the next version is spoken with in this one, and one that has no version in common is told so", async () => {
  const { roads } = two();
  roads.cards.set(east, cardOf(east, { versions: [1, 2, 3], more: [{ type: 700, data: bytes(1, 9) }] }));
  const newer = await new Stranger(roads).reach(north, east);
  await newer.say(hello(east, north, { versions: [3, 2, 1, 9] }));
  expect(newer.heard[0]).toMatchObject({ type: "greeting", greeting: { version: 2 } });
  const older = await new Stranger(roads).reach(north, east);
  await older.say(hello(east, north, { versions: [1] }));
  expect(older.heard[0]).toMatchObject({ type: "greeting", greeting: { version: 1 } });
  const newest = await new Stranger(roads).reach(north, east);
  await newest.say(hello(east, north, { versions: [3, 4] }));
  expect(newest.refusal).toBe("unsupported-version");
  // And where the other side chooses one that was not offered.
  roads.change = ({ from, message }) => {
    if (from === south && message[0] === 2) message[2] = 3;
    return message;
  };
  expect(await tryTo(roads, north, south)).toStartWith("it speaks no version");
});

test("[PE6] a server that lies about its name, or is called by another name, gets no line", async () => {
  const { roads } = two();
  roads.home(east);
  // East says that it is south: it has not south's key.
  const liar = await new Stranger(roads).reach(north, east);
  await liar.say(hello(south, north));
  expect(liar.heard[0]?.type).toBe("greeting");
  await liar.say(encodePeerProof(keysFrom(seedOf(east)).sign(bytes(1, 32))));
  expect(liar.refusal).toBe("refused");
  for (const [from, to] of [
    [south, east],
    [north, north],
  ] as const) {
    const other = await new Stranger(roads).reach(north, south);
    await other.say(hello(from, to));
    expect([from, to, other.refusal]).toEqual([from, to, "refused"]);
  }
  // Who stands between and answers for south has not its key either.
  roads.change = ({ from, message }) => {
    if (from === south && message[0] === 2) message[message.length - 1] = (message.at(-1) ?? 0) ^ 1;
    return message;
  };
  expect(await tryTo(roads, north, south)).toStartWith("one of the two");
  expect(await listed(roads, north)).toEqual([[south, "away", true]]);
});

test("[PE6] a hello and its proof that were heard open no second line, and a proof for one side serves not the other", async () => {
  const { roads } = two();
  expect(await tryTo(roads, south, north)).toBe("open");
  const sent = roads.said.filter(({ from }) => from === south).map(({ message }) => message);
  roads.cut();
  const replayed = await new Stranger(roads).reach(north, south);
  await replayed.say(sent[0] as Bytes);
  expect(replayed.heard[0]?.type).toBe("greeting");
  await replayed.say(sent[1] as Bytes);
  expect(replayed.refusal).toBe("refused");
  // What north signed as the one that was called, shown to it as the proof of the one that calls.
  const mirror = await new Stranger(roads).reach(north, south);
  await mirror.say(sent[0] as Bytes);
  const [greeting] = mirror.heard;
  if (greeting?.type !== "greeting") throw new Error("no greeting");
  await mirror.say(encodePeerProof(greeting.greeting.signature));
  expect(mirror.refusal).toBe("refused");
  // Whereas the one who has the key gets in by the same frames, signed anew.
  const real = await new Stranger(roads).reach(north, south);
  await real.say(sent[0] as Bytes);
  const [anew] = real.heard;
  if (anew?.type !== "greeting") throw new Error("no greeting");
  const signed = peerLineBytes("calling", sent[0] as Bytes, anew.greeting.unsigned);
  await real.say(encodePeerProof(keysFrom(seedOf(south)).sign(signed)));
  expect(real.refusal).toBeUndefined();
  expect(await listed(roads, north)).toEqual([[south, "open", true]]);
});

test("[PE7] what is out of turn, broken or over its limit ends a line before anything is believed of it", async () => {
  const { roads } = two();
  const say = async (...messages: readonly Bytes[]) => {
    const one = await new Stranger(roads).reach(north, south);
    for (const message of messages) await one.say(message);
    return one.refusal;
  };
  expect(await say(encodePeerProof(bytes(1, 64)))).toBe("malformed");
  expect(await say(hello(south, north), hello(south, north))).toBe("malformed");
  expect(await say(bytes(0, 0))).toBe("malformed");
  expect(await say(bytes(0xee, 20))).toBe("malformed");
  expect(await say(new Uint8Array([...hello(south, north), 0]))).toBe("malformed");
  expect(await say(new Uint8Array(16 << 10).fill(1))).toBe("malformed");
  expect(await say(hello(south, north, { versions: Array.from({ length: 17 }, (_, i) => i + 1) }))).toBe("malformed");
  const silent = await new Stranger(roads).reach(north, south);
  await roads.clock.pass(30_000);
  expect([silent.refusal, silent.isClosed]).toEqual(["unreachable", true]);
});

test("[PE7] who is cut while its card is looked up, or speaks out of turn, is answered nothing and opens no line", async () => {
  for (const [what, why] of [
    ["cut", undefined],
    ["early", "malformed"],
  ] as const) {
    const admits = Promise.withResolvers<Admitted>();
    const said: number[] = [];
    const ended: unknown[] = [];
    const clock = new ManualClock();
    const line = new Line(
      {
        name: north,
        incarnation: bytes(1, 16),
        keys: keysFrom(seedOf(north)),
        clock,
        random: (length) => bytes(5, length),
        primitives: nodePrimitives,
        faults: new Faults(() => undefined),
        admits: () => admits.promise,
        keyAnew: async () => undefined,
      },
      { send: (message) => void said.push(message[0] ?? 0), close: () => undefined },
      { opened: () => ended.push("opened"), ended: (_, reason) => ended.push(reason) },
    );
    line.receive(hello(south, north));
    if (what === "cut") line.closed();
    else line.receive(hello(south, north));
    const before = said.length;
    admits.resolve({ ok: true, signKey: keysFrom(seedOf(south)).signKey });
    await clock.pass(0);
    expect([what, said.length, ended]).toEqual([what, before, [why]]);
  }
});

test("[PE8] of two lines with one server one stays, whichever side called, and there are so many lines at most", async () => {
  const { roads, a, b } = two();
  const both = Promise.all([tryTo(roads, north, south), tryTo(roads, south, north)]);
  await roads.clock.pass(50);
  await both;
  await roads.clock.pass(50);
  expect([a.server.counts().peerLines, b.server.counts().peerLines]).toEqual([1, 1]);
  expect(await listed(roads, north)).toEqual([[south, "open", true]]);
  const small = new Roads();
  small.home(north, { config: { peerLinesMax: 1 } });
  for (const name of [south, east]) small.home(name);
  expect(await tryTo(small, south, north)).toBe("open");
  expect(await tryTo(small, east, north)).toStartWith("it has no room");
  small.said.length = 0;
  expect(await tryTo(small, north, east)).toStartWith("it has no room");
  expect(small.said).toEqual([]); // Nobody is called for whom there is no room.
});

test("[PE8] servers that greet at once find no more room than there is", async () => {
  const roads = new Roads();
  const { server } = roads.home(north, { config: { peerLinesMax: 1 } });
  for (const name of [south, east]) roads.home(name);
  const both = Promise.all([tryTo(roads, south, north), tryTo(roads, east, north)]);
  for (let i = 0; i < 4; i++) await roads.clock.pass(100);
  await both;
  expect(server.counts().peerLines).toBe(1);
});

test("[PE9] a server of which the card says that nobody reaches it is not called", async () => {
  const { roads } = two();
  roads.cards.set(south, cardOf(south, { reach: "out" }));
  expect(await tryTo(roads, north, south)).toStartWith("it cannot be reached");
  expect(roads.said).toEqual([]);
  expect(await tryTo(roads, south, north)).toBe("open");
});

test("[PE9] a server does not call itself", async () => {
  const { roads } = two();
  expect(await tryTo(roads, north, north)).toStartWith("one of the two");
  expect([roads.asked, roads.said]).toEqual([[], []]);
});

test("[PE10] the operator's word: none but those allowed, or all but those denied, from the moment on that it is said", async () => {
  const { roads } = two("listed");
  roads.home(east);
  expect(await tryTo(roads, north, south)).toStartWith("one of the two");
  expect(await tryTo(roads, east, north)).toStartWith("one of the two");
  expect(roads.asked.filter((name) => name !== north)).toEqual([]); // Nobody is looked up who may not come.
  await roads.do(north, "peers-allow", { name: south });
  expect(await tryTo(roads, north, south)).toStartWith("one of the two"); // Not at south's.
  await roads.do(south, "peers-allow", { name: north });
  expect(await tryTo(roads, north, south)).toBe("open");
  await roads.do(south, "peers-deny", { name: north });
  await roads.clock.pass(10);
  expect(await listed(roads, north)).toEqual([[south, "away", true]]);
  expect(await tryTo(roads, north, south)).toStartWith("one of the two");
  await roads.do(east, "peers-deny", { name: north });
  await roads.do(north, "peers-allow", { name: east });
  expect(await tryTo(roads, north, east)).toStartWith("one of the two");
});

/** Servers of other places that say hello to the north; each is told why it is refused. */
const knocking = (roads: Roads) => async (from: string, prefix: string) => {
  const one = await new Stranger(roads).reach(north, from, prefix);
  await one.say(hello(from, north));
  return one.refusal;
};

test("[PE11] servers that nobody knew are looked up a few times an hour for one place, and one that gives no card not at once again", async () => {
  const roads = new Roads(new ManualClock());
  roads.home(north);
  const knock = knocking(roads);
  expect(await knock("gone.example", "place 0")).toBe("unreachable");
  expect(await knock("gone.example", "place 1")).toBe("busy");
  await roads.clock.pass(6 * 60_000);
  expect(await knock("gone.example", "place 1")).toBe("unreachable");
  await roads.clock.pass(6 * 60_000);
  expect(await knock("gone.example", "place 2")).toBe("busy"); // Twice as long.
  for (const i of [1, 2, 3, 4, 5, 6]) expect(await knock(`no${i}.example`, "flood")).toBe("unreachable");
  expect(await knock("no7.example", "flood")).toBe("busy");
  for (let i = 0; i < 40; i++) await knock(`all${i}.example`, `place ${i}`);
  expect(roads.asked.length).toBe(20);
  await roads.clock.pass(hourMs);
  expect(await knock("later.example", "flood")).toBe("unreachable");
  // A stranger who shows a false key has the card looked at a few times, and no more.
  roads.home(south);
  expect(await tryTo(roads, north, south)).toBe("open");
  roads.cut();
  roads.asked.length = 0;
  for (let i = 0; i < 10; i++) {
    const liar = await new Stranger(roads).reach(north, south);
    await liar.say(hello(south, north));
    await liar.say(encodePeerProof(bytes(3, 64)));
    expect(liar.refusal).toBe("refused");
  }
  expect(roads.asked.length).toBe(6);
});

test("[PE11] where no more are looked up for anybody, a place's own few are not used up", async () => {
  const roads = new Roads(new ManualClock());
  roads.home(north);
  const knock = knocking(roads);
  await knock("first.example", "");
  await roads.clock.pass(hourMs / 2);
  for (let i = 1; i < 20; i++) expect(await knock(`all${i}.example`, "")).toBe("unreachable");
  for (let i = 0; i < 6; i++) expect(await knock(`late${i}.example`, "late")).toBe("busy");
  await roads.clock.pass(hourMs / 2);
  for (let i = 0; i < 3; i++) expect(await knock(`late${i}.example`, "late")).toBe("unreachable");
});

test("[PE10] [PE11] who asks by a tunnel for servers that the operator denied is refused, and uses up nothing of their place", async () => {
  const roads = new Roads(new ManualClock());
  const { server } = roads.home(north);
  const unused = { send: () => undefined, subscribe: () => undefined, unsubscribe: () => undefined };
  const asks = async (name: string) => {
    let why: string | undefined;
    const close = (_code: number, reason: string) => {
      why = reason;
    };
    server
      .socketAt("/tunnel")
      ?.connect({ close, ...unused }, "a place")
      .receive(new TextEncoder().encode(name));
    await roads.clock.pass(50);
    return why;
  };
  for (let i = 0; i < 7; i++) {
    await roads.do(north, "peers-deny", { name: `no${i}.example` });
    expect(await asks(`no${i}.example`)).toBe("peer-refused");
  }
  expect(await asks("gone.example")).toBe("peer-unreachable");
  expect(roads.asked).toEqual(["gone.example"]);
});

test("[PE41] lines that say nothing keep no other place out: of the fullest one the oldest makes way", async () => {
  const { roads } = two();
  expect(await tryTo(roads, north, south)).toBe("open");
  roads.cut();
  const silent: Stranger[] = [];
  for (let place = 0; place < 5; place++)
    for (let i = 0; i < 64; i++) silent.push(await new Stranger(roads).reach(north, east, `place ${place}`));
  expect(await tryTo(roads, south, north)).toBe("open");
  await roads.clock.pass(10);
  expect(silent.filter(({ refusal }) => refusal === "busy").length).toBeLessThan(80);
  // Of as many places as there is room for none makes way for one more of theirs.
  const full = two().roads;
  const all: Stranger[] = [];
  for (let i = 0; i < 256; i++) all.push(await new Stranger(full).reach(north, east, `place ${i}`));
  const more = await new Stranger(full).reach(north, east, "place 7");
  await full.clock.pass(10);
  expect([more.refusal, all.filter(({ refusal }) => refusal !== undefined).length]).toEqual(["busy", 0]);
});

test("[PE41] a quarter of the lines is for servers that the operator allowed", async () => {
  const roads = new Roads();
  roads.home(north, { config: { peerLinesMax: 4 } });
  const names = Array.from({ length: 5 }, (_, i) => `s${i}.example`);
  for (const name of [...names, south, east]) roads.home(name);
  const found: string[] = [];
  for (const name of names.slice(0, 4)) found.push(await tryTo(roads, name, north));
  expect(found.slice(0, 3)).toEqual(["open", "open", "open"]);
  expect(found[3]).toStartWith("it has no room");
  expect(await tryTo(roads, north, names[4] as string)).toStartWith("it has no room");
  await roads.do(north, "peers-allow", { name: south });
  expect(await tryTo(roads, south, north)).toBe("open");
  await roads.do(north, "peers-allow", { name: east });
  expect(await tryTo(roads, east, north)).toStartWith("it has no room");
});
