/** Tunnels on one line: what one of them, one place or the other server may take of it (docs/spec/peers.md PE47). */
import { expect, test } from "bun:test";
import { createCipheriv } from "node:crypto";
import {
  type Bytes,
  holeLimits,
  MalformedError,
  type TunnelFrame,
  tunnelLimits,
  tunnelNonce,
  tunnelPieces,
} from "@yanshu/wire";
import { Faults } from "../../core/faults.ts";
import { minuteMs } from "../../core/rate.ts";
import type { Strangers } from "../../feature.ts";
import { ManualClock } from "../../testkit/clock.ts";
import { seedOf } from "../../testkit/peers.ts";
import { peers } from "./index.ts";
import { keysFrom } from "./keys.ts";
import type { Line } from "./line.ts";
import { Tunnels, type TunnelsAt } from "./tunnels.ts";

const [north, south] = ["north.example", "south.example"] as const;
const secret = new Uint8Array(64);
/** Names of holes that a server takes of all who come from another (docs/spec/moments.md HO7). */
const holesPerMinute = 600_000;

/** North's tunnels, on a line that south called; its clients' secret is zeros, and `answer` is what they are told. */
function tunnelsOf(
  answer: (asked: Bytes) => Bytes = (asked) => asked,
  unsealed: Bytes = secret,
  rooms?: TunnelsAt["rooms"],
  bytesPerMinute: number = peers.limits.tunnelBytesPerMinute.prefix,
) {
  const clock = new ManualClock();
  const sent: TunnelFrame[] = [];
  const said = { isOpen: true, caller: south, peer: south, sendTunnel: (frame: TunnelFrame) => sent.push(frame) };
  const line = said as unknown as Line;
  let opened = 0;
  const unseal = () => {
    opened++;
    return unsealed;
  };
  const strangers: Strangers = (sink) => ({
    receive: (asked) => sink.send(answer(asked)),
    closed: () => undefined,
  });
  const tunnels = new Tunnels({
    name: north,
    card: new Uint8Array(600),
    keys: { ...keysFrom(seedOf(north)), unseal },
    clock,
    faults: new Faults(() => undefined),
    rooms,
    strangers,
    lineTo: async () => line,
    limits: {
      open: { prefix: 64, peer: 256, all: 2_048 },
      perMinute: { prefix: 60, peer: 600 },
      recordsPerMinute: { prefix: 750 },
      bytesPerMinute: { prefix: bytesPerMinute },
    },
  });
  const hear = (frame: TunnelFrame) => tunnels.heard(line, frame);
  const begin = (tunnel: number) => {
    hear({ type: "tunnel", tunnel });
    hear({ type: "through", tunnel, bytes: secret });
  };
  /** What a client says after so many records. */
  const ask = (tunnel: number, message: Bytes, after = 0) => {
    for (const [n, piece] of tunnelPieces(message).entries()) {
      const cipher = createCipheriv("aes-256-gcm", secret.subarray(0, 32), tunnelNonce(after + n));
      const bytes = new Uint8Array(Buffer.concat([cipher.update(piece), cipher.final(), cipher.getAuthTag()]));
      hear({ type: "through", tunnel, bytes });
    }
  };
  /** A client of north's, from there, with a tunnel to south; `unread`: bytes that it has not read. */
  const client = async (place: string, unread = 0) => {
    let why: string | undefined;
    const close = (_code: number, reason: string) => {
      why = reason;
    };
    const unused = { subscribe: () => undefined, unsubscribe: () => undefined };
    const { receive } = tunnels.connect({ send: () => undefined, close, unread: () => unread, ...unused }, place);
    receive(new TextEncoder().encode(south));
    await clock.pass(1);
    const tunnel = sent.at(-1)?.tunnel ?? 0;
    return { say: receive, why: () => why, hears: (bytes: Bytes) => hear({ type: "through", tunnel, bytes }) };
  };
  const of = (tunnel: number) => sent.filter((frame) => frame.tunnel === tunnel);
  return { tunnels, clock, sent, line, said, hear, begin, ask, of, client, unsealed: () => opened };
}

test("[PE47] a server that begins tunnels without end gets a card for so many a minute, and no more is unsealed", async () => {
  const { begin, hear, sent, clock, unsealed, of } = tunnelsOf();
  for (let tunnel = 1; tunnel < 4_000; tunnel += 2) {
    begin(tunnel);
    hear({ type: "tunnel-over", tunnel, why: "refused" });
  }
  expect(sent.filter(({ type }) => type === "through").length).toBe(600);
  expect(unsealed()).toBe(600);
  expect(of(3_999)).toEqual([{ type: "tunnel-over", tunnel: 3_999, why: "busy" }]);
  await clock.pass(minuteMs);
  begin(4_001);
  expect(of(4_001).map(({ type }) => type)).toEqual(["through", "tunnel-room"]);
});

test("[PE47] one place begins so many tunnels a minute, and has so many at once", async () => {
  const { client, clock, hear, sent } = tunnelsOf();
  const begin = async (place: string) => {
    const one = await client(place);
    return { why: one.why(), tunnel: sent.at(-1)?.tunnel ?? 0 };
  };
  for (let i = 0; i < 60; i++) {
    const { why, tunnel } = await begin("quick");
    expect(why).toBeUndefined();
    hear({ type: "tunnel-over", tunnel, why: "refused" });
  }
  expect((await begin("quick")).why).toBe("peer-busy");
  for (let i = 0; i < 60; i++) await begin("many");
  await clock.pass(minuteMs);
  for (let i = 60; i < 64; i++) expect((await begin("many")).why).toBeUndefined();
  expect((await begin("many")).why).toBe("peer-busy");
  expect((await begin("quick")).why).toBeUndefined();
});

test("[PE47] one server has so many tunnels here at once", () => {
  const { begin, of } = tunnelsOf();
  for (let i = 0; i < 257; i++) begin(1 + 2 * i);
  expect(of(511).map(({ type }) => type)).not.toContain("tunnel-over");
  expect(of(513)).toEqual([{ type: "tunnel-over", tunnel: 513, why: "busy" }]);
});

test("[PE44] who names no server, or its own, or speaks before the other side has, gets no tunnel", async () => {
  const { tunnels, sent, clock } = tunnelsOf();
  const said = async (...messages: readonly string[]) => {
    let why: string | undefined;
    const unused = { send: () => undefined, subscribe: () => undefined, unsubscribe: () => undefined };
    const close = (_code: number, reason: string) => {
      why = reason;
    };
    const { receive } = tunnels.connect({ close, ...unused }, "a place");
    for (const message of messages) receive(new TextEncoder().encode(message));
    await clock.pass(1);
    return why;
  };
  for (const messages of [[""], ["Not A Name"], [north], [south, south]])
    expect([messages, await said(...messages)]).toEqual([messages, "peer-refused"]);
  expect(sent).toEqual([]);
  expect(await said(south)).toBeUndefined();
});

test("[PE48] a number that is in use, or is not the other side's, and more room than was taken end the line", () => {
  for (const frame of [
    { type: "tunnel", tunnel: 1 },
    { type: "tunnel", tunnel: 2 },
    { type: "tunnel-room", tunnel: 1, bytes: 601 },
  ] as const) {
    const { begin, hear } = tunnelsOf();
    begin(1);
    expect(() => hear(frame)).toThrow(MalformedError);
  }
  const { begin, hear } = tunnelsOf();
  begin(1);
  hear({ type: "tunnel-room", tunnel: 1, bytes: 600 });
});

test("[PE44] what was not sealed for this server, or follows in no order, ends that tunnel alone", () => {
  const { begin, hear, of, said } = tunnelsOf();
  for (const tunnel of [1, 3]) begin(tunnel);
  hear({ type: "through", tunnel: 1, bytes: new Uint8Array(40) });
  expect([of(1).at(-1), of(3).at(-1)?.type]).toEqual([
    { type: "tunnel-over", tunnel: 1, why: "refused" },
    "tunnel-room",
  ]);
  expect(said.isOpen).toBe(true);
});

test("[PE44] [PE57] whose keys are too short, or who wants a way in that there is not, gets no tunnel", () => {
  for (const unsealed of [new Uint8Array(0), new Uint8Array(63), new Uint8Array(70).fill(1)]) {
    for (const rooms of [undefined, () => ({ receive: () => undefined, closed: () => undefined })]) {
      const { begin, of } = tunnelsOf(undefined, unsealed, rooms);
      begin(1);
      expect(of(1)).toContainEqual({ type: "tunnel-over", tunnel: 1, why: "refused" });
    }
  }
});

test("[PE44] what is sealed and is no piece of a message ends that tunnel", () => {
  const { begin, hear, of } = tunnelsOf();
  for (const tunnel of [1, 3]) begin(tunnel);
  const cipher = createCipheriv("aes-256-gcm", secret.subarray(0, 32), tunnelNonce(0));
  const sealed = Buffer.concat([cipher.update(Uint8Array.of(9, 1)), cipher.final(), cipher.getAuthTag()]);
  hear({ type: "through", tunnel: 1, bytes: new Uint8Array(sealed) });
  expect([of(1), of(3)].map((all) => all.some(({ type }) => type === "tunnel-over"))).toEqual([true, false]);
});

test("[PE48] one tunnel has two mebibytes on their way, and one that asks on without reading ends", () => {
  const { begin, ask, of } = tunnelsOf((asked) => new Uint8Array(asked.length * 10_000));
  begin(1);
  ask(1, new Uint8Array(210));
  const bytes = of(1).reduce((sum, frame) => sum + (frame.type === "through" ? frame.bytes.length : 0), 0);
  expect(bytes).toBeLessThanOrEqual(tunnelLimits.oneBytes);
  expect(of(1).at(-1)).toMatchObject({ type: "tunnel-over", why: "busy" });
});

test("[PE48] where a line is full and who asks for more holds most, it ends itself and nobody else", () => {
  const { begin, ask, of } = tunnelsOf((asked) => new Uint8Array(asked.length * 10_000));
  for (const tunnel of [1, 3, 5]) begin(tunnel);
  for (const tunnel of [1, 3]) ask(tunnel, new Uint8Array(115));
  ask(5, new Uint8Array(195));
  const ended = [1, 3, 5].filter((tunnel) => of(tunnel).some(({ type }) => type === "tunnel-over"));
  expect(ended).toEqual([5]);
  expect(of(5).at(-1)).toMatchObject({ type: "tunnel-over", why: "busy" });
});

test("[PE48] what is said in a tunnel that has ended is not sent, and counts nowhere after that", () => {
  const { begin, ask, hear, of } = tunnelsOf((asked) => new Uint8Array(asked.length * 10_000));
  for (let round = 0; round < 8; round++) {
    const three = [1, 3, 5].map((tunnel) => tunnel + 6 * round);
    // Two of them fill nearly the whole line, and the third asks for more than one may have.
    for (const [i, tunnel] of three.entries()) {
      begin(tunnel);
      ask(tunnel, new Uint8Array(i === 2 ? 400 : 190));
    }
    for (const tunnel of three) {
      const over = of(tunnel).findIndex(({ type }) => type === "tunnel-over");
      if (over >= 0 || tunnel === three[2]) expect(of(tunnel).length).toBe(over + 1);
      hear({ type: "tunnel-over", tunnel, why: "superseded" });
    }
  }
  for (const tunnel of [101, 103]) {
    begin(tunnel);
    ask(tunnel, new Uint8Array(190));
  }
  for (const tunnel of [101, 103]) expect(of(tunnel).at(-1)?.type).toBe("tunnel-room");
});

test("[PE48] where a line is full the tunnel that holds most makes way, and others go on", () => {
  const { begin, ask, of } = tunnelsOf((asked) => new Uint8Array(asked.length * 10_000));
  for (const tunnel of [1, 3]) {
    begin(tunnel);
    ask(tunnel, new Uint8Array(190));
  }
  for (let tunnel = 5; tunnel < 500; tunnel += 2) begin(tunnel);
  for (let tunnel = 5; tunnel < 100; tunnel += 2) ask(tunnel, new Uint8Array(2));
  const ended = (tunnel: number) => of(tunnel).some(({ type }) => type === "tunnel-over");
  for (let tunnel = 5; tunnel < 500; tunnel += 2) expect(ended(tunnel)).toBe(false);
  expect([1, 3].filter(ended).length).toBe(1);
});

test("[PE48] where the card itself is more than a full line takes, the line goes on, and so do its other tunnels", () => {
  const { begin, ask, hear, of, sent } = tunnelsOf((asked) => new Uint8Array(asked[0] === 1 ? 1_000_000 : 400));
  const onTheirWay = () => sent.reduce((sum, frame) => sum + (frame.type === "through" ? frame.bytes.length : 0), 0);
  const all = [1, 3, 5, 7, 9];
  for (const tunnel of all) begin(tunnel);
  for (const tunnel of all.slice(0, 4)) ask(tunnel, new Uint8Array([1]));
  for (let n = 0; onTheirWay() + 600 <= tunnelLimits.allBytes; n++) ask(9, new Uint8Array([0]), n);
  expect(sent.some(({ type }) => type === "tunnel-over")).toBe(false);
  hear({ type: "tunnel", tunnel: 11 });
  expect(of(11)[0]?.type).toBe("through");
  const ended = [...all, 11].filter((tunnel) => of(tunnel).some(({ type }) => type === "tunnel-over"));
  expect(ended.length).toBe(1);
  expect(ended).not.toContain(11);
});

test("[PE47] few places fill not all tunnels with a server: the oldest of the fullest place makes way for another's", async () => {
  const { client } = tunnelsOf();
  const all: Awaited<ReturnType<typeof client>>[] = [];
  for (let i = 0; i < 256; i++) all.push(await client(`place ${i % 5}`));
  const ended = () => all.flatMap(({ why }, i) => (why() === undefined ? [] : [i]));
  const another = await client("another");
  expect([another.why(), ended(), all[0]?.why()]).toEqual([undefined, [0], "peer-busy"]);
  for (let i = 0; i < 60; i++) await client(`many ${i}`);
  // Those of places with as few stay.
  expect(another.why()).toBeUndefined();
  expect(ended().length).toBe(61);
});

test("[PE47] of one place so many records a minute go to a server, so that it leaves others what that one takes from here", async () => {
  const { client, sent, clock } = tunnelsOf();
  const many: Awaited<ReturnType<typeof client>>[] = [];
  for (let i = 0; i < 10; i++) many.push(await client("one"));
  const other = await client("another");
  const passed = () => sent.filter(({ type }) => type === "through").length;
  for (let i = 0; i < 3_000; i++) many[i % 10]?.say(new Uint8Array(20));
  expect(passed()).toBe(750);
  expect(many.map(({ why }) => why())).toEqual(many.map(() => "peer-busy"));
  other.say(new Uint8Array(20));
  expect([passed(), other.why()]).toEqual([751, undefined]);
  await clock.pass(minuteMs);
  const again = await client("one");
  again.say(new Uint8Array(20));
  expect([passed(), again.why()]).toEqual([752, undefined]);
});

test("[PE59] of one place so many bytes a minute go to a server: few large asks of its holes are not all that it takes from here", async () => {
  const { client, sent, clock } = tunnelsOf();
  const many: Awaited<ReturnType<typeof client>>[] = [];
  for (let i = 0; i < 20; i++) many.push(await client("one"));
  const other = await client("another");
  const passed = () => sent.reduce((sum, frame) => sum + (frame.type === "through" ? frame.bytes.length : 0), 0);
  // One look for 16,384 holes by each, and again.
  for (let i = 0; i < 40; i++) many[i % 20]?.say(new Uint8Array(holeLimits.startsMax * holeLimits.startBytes));
  const names = passed() / holeLimits.startBytes;
  expect(names).toBeGreaterThan(1);
  expect(names).toBeLessThan(holesPerMinute / 2);
  expect(many.some(({ why }) => why() === "peer-busy")).toBe(true);
  const before = passed();
  other.say(new Uint8Array(20));
  expect([passed() - before, other.why()]).toEqual([20, undefined]);
  await clock.pass(minuteMs);
  const again = await client("one");
  again.say(new Uint8Array(20));
  expect([passed() - before, again.why()]).toEqual([40, undefined]);
});

test("[PE48] the room of a line is shared by places: one that has many tunnels, or reads in none, ends no other's", async () => {
  const { client } = tunnelsOf(undefined, undefined, undefined, 1 << 30);
  const mine = await client("mine");
  mine.say(new Uint8Array(1_000_000));
  const many: Awaited<ReturnType<typeof client>>[] = [];
  for (let i = 0; i < 20; i++) many.push(await client("one"));
  for (const one of many) one.say(new Uint8Array(500_000));
  expect([mine.why(), many.filter(({ why }) => why() === undefined).length]).toEqual([undefined, 6]);
  // The same of what they are sent and do not read.
  const deaf = tunnelsOf();
  const slow = await deaf.client("mine", 1 << 20);
  slow.hears(new Uint8Array(500_000));
  const all: Awaited<ReturnType<typeof client>>[] = [];
  for (let i = 0; i < 20; i++) all.push(await deaf.client("one", 1 << 20));
  for (const one of all) one.hears(new Uint8Array(200_000));
  expect([slow.why(), all.filter(({ why }) => why() === undefined).length]).toEqual([undefined, 7]);
});

test("[PE48] a client that does not read is looked at by one timer, however much comes for it", async () => {
  const { client, clock } = tunnelsOf();
  const slow = await client("mine", 1 << 20);
  for (let i = 0; i < 1_000; i++) slow.hears(new Uint8Array(1));
  expect([clock.pending, slow.why()]).toEqual([1, undefined]);
  await clock.pass(1_000);
  expect(clock.pending).toBe(1);
});

test("[PE47] a line that ends while a client comes to it takes no tunnel", async () => {
  const { client, sent, said } = tunnelsOf();
  said.isOpen = false;
  const late = await client("mine");
  expect([late.why(), sent]).toEqual(["peer-unreachable", []]);
});
