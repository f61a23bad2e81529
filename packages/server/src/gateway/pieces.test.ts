/** Frames in pieces: who may send them, how much room they take, and what becomes of those that are never whole. */
import { expect, test } from "bun:test";
import { encodeParts, encodePost, limits, messagesOf, type UploadToken } from "@yanshu/wire";
import { memoryBlobStore } from "../blobs/memory.ts";
import type { ServerConfig } from "../core/config.ts";
import type { Client } from "../testkit/client.ts";
import { ManualClock } from "../testkit/clock.ts";
import { refusal } from "../testkit/refusal.ts";
import { TestServer } from "../testkit/test-server.ts";
import { drawTokens } from "../testkit/tokens.ts";
import { Incoming } from "./incoming.ts";
import { Pieces } from "./pieces.ts";

const mebi = 1 << 20;
const deposit = { mode: "deposit" } as const;

/** A home that knows upload tokens; Ann is signed in, and has an address. */
async function home(config: Partial<ServerConfig> = {}) {
  const made = new TestServer({ blobs: memoryBlobStore(new Uint8Array(32).fill(5)), config });
  const phone = await (await made.person("ann")).phone.signIn(made);
  const address = new Uint8Array(16).fill(1);
  await phone.call("addresses", { add: [address], remove: [] });
  phone.acking = true;
  const large = (bytes = 60_000) => [
    { target: { kind: "address" as const, address }, envelope: new Uint8Array(bytes) },
  ];
  const frame = (request: number, bytes: number) => encodePost(request, deposit, encodeParts(large(bytes)));
  return { made, phone, large, frame };
}

async function paid(made: TestServer, phone: Client, prefix?: string): Promise<Client> {
  const caller = await made.client(prefix);
  const [token] = await drawTokens(await made.client(), phone, 1);
  await caller.call("pay", { token: token as UploadToken });
  return caller;
}

test("[WI23] a large frame comes in pieces, and counts as one; a small one as it is", () => {
  const parts = encodeParts([
    { target: { kind: "address", address: new Uint8Array(16) }, envelope: new Uint8Array(50_000) },
  ]);
  const messages = messagesOf(encodePost(1, deposit, parts));
  expect(messages.length).toBe(4);
  for (const message of messages) expect(message.length).toBeLessThanOrEqual(limits.messageBytesMax);
  expect(messagesOf(new Uint8Array(limits.messageBytesMax))).toHaveLength(1);
});

test("[WI23] who is signed in, or paid with a token, sends large frames; everybody else is told that it costs one", async () => {
  const { made, phone, large } = await home();
  const stranger = await made.client();
  expect(await refusal(stranger.post(deposit, large()))).toBe("unpaid");
  await stranger.post(deposit, large(100)); // What was let go by did not cut what follows.
  const member = await paid(made, phone);
  await member.post(deposit, large());
  await member.post(deposit, large(900_000));
  expect(phone.pushes.map(({ envelope }) => envelope.length)).toEqual([100, 60_000, 900_000]);
  await phone.call("vaultAppend", { at: 0, segment: new Uint8Array(896 * 1_024) });
});

test("[WI23] a token pays once; one that is none pays for nothing, and where there are none nothing is asked", async () => {
  const { made, phone, large } = await home();
  const [token] = (await drawTokens(await made.client(), phone, 1)) as [UploadToken];
  const [one, other] = [await made.client(), await made.client()];
  expect(await refusal(one.call("pay", { token: { ...token, output: new Uint8Array(64) } }))).toBe("bad-token");
  expect(await refusal(one.post(deposit, large()))).toBe("unpaid");
  await one.call("pay", { token });
  expect(await refusal(other.call("pay", { token }))).toBe("bad-token");
  const plain = await new TestServer().client();
  expect(await refusal(plain.call("pay", { token }))).toBe("unavailable");
  await plain.post(deposit, large());
});

test("[DS126] frames that are never finished have a share of the memory for each place, and one for all; it comes back", async () => {
  const { made, phone, frame, large } = await home({ pieceBytesMax: { prefix: 2 * mebi, all: 3 * mebi } });
  const begun = async (prefix: string) => {
    const caller = await paid(made, phone, prefix);
    const [first = new Uint8Array()] = messagesOf(frame(7, 900_000));
    caller.connection?.receive(first);
    return caller;
  };
  const [a, b, c] = [await begun("192.0.2.1"), await begun("192.0.2.1"), await begun("192.0.2.1")];
  expect([a, b, c].map((caller) => caller.errors.map(({ code, waitMs }) => [code, waitMs]))).toEqual([
    [],
    [],
    [["rate-limited", 2_000]],
  ]);
  const d = await begun("192.0.2.2");
  const e = await begun("192.0.2.3");
  expect([d.errors.length, e.errors.length]).toEqual([0, 1]);
  a.close();
  await e.post(deposit, large(900_000)); // The rest of what was refused was let go by.
  await made.clock.pass(61_000);
  expect([b, d].map(({ closedWith }) => closedWith?.reason)).toEqual(["silent", "silent"]);
  for (const caller of [await begun("192.0.2.1"), await begun("192.0.2.1")]) expect(caller.errors).toEqual([]);
});

test("[DS181] four places that begin large frames and do not finish them keep nobody out: who moved least makes way, who moves stays", async () => {
  const { made, phone, frame, large } = await home();
  const begun: { readonly caller: Client; readonly rest: readonly Uint8Array[] }[] = [];
  for (let n = 0; n < 32; n++) {
    const caller = await paid(made, phone, `192.0.2.${n % 4}`);
    const [first = new Uint8Array(), ...rest] = messagesOf(frame(7, mebi - 1_000));
    caller.connection?.receive(first);
    begun.push({ caller, rest });
  }
  expect(begun.every(({ caller }) => caller.errors.length === 0)).toBe(true);
  const fair = begun[31] as (typeof begun)[number];
  let sent = 0;
  for (let second = 0; second < 5; second++) {
    await made.clock.pass(1_000);
    for (let i = 0; i < 2; i++) fair.caller.connection?.receive(fair.rest[sent++] as Uint8Array);
  }
  const ann = await paid(made, phone, "198.51.100.7");
  await ann.post(deposit, large(900_000));
  const dropped = begun.filter(({ caller }) => caller.errors.length > 0);
  expect(dropped).toHaveLength(1);
  const [one] = dropped as [(typeof begun)[number]];
  expect(one.caller.errors.map(({ request, code, waitMs }) => [request, code, waitMs])).toEqual([
    [7, "rate-limited", 2_000],
  ]);
  expect(one).not.toBe(fair);
  // What was still to come of it is let go by, and the next one is taken.
  for (const piece of one.rest) one.caller.connection?.receive(piece);
  await one.caller.post(deposit, large());
  for (const piece of fair.rest.slice(sent)) fair.caller.connection?.receive(piece);
  expect((await fair.caller.answer(7)).type).toBe("ok");
  // Their own place is full of what stands still, and that is in nobody's way either.
  const neighbour = await paid(made, phone, "192.0.2.3");
  await neighbour.post(deposit, large(900_000));
});

test("[DS171] a frame takes memory as it comes, in however small pieces, and none for what is only announced", () => {
  const room = new Incoming({ prefix: 2 * mebi, all: 2 * mebi }, () => 0);
  const events = { tooSlow: () => undefined, madeWay: () => undefined };
  const pieces = new Pieces(room, new ManualClock(), undefined, events);
  const kept = () => (pieces as unknown as { frame?: { bytes: Uint8Array } }).frame?.bytes.byteLength ?? 0;
  expect(pieces.begin(mebi)).toBe(true);
  expect(kept()).toBe(0);
  for (let came = 1; came <= 5_000; came++) {
    pieces.take(Uint8Array.of(came));
    expect(kept()).toBeLessThanOrEqual(2 * came);
  }
  const whole = pieces.take(new Uint8Array(mebi - 5_000).fill(7)) as Uint8Array;
  expect([whole.length, whole[0], whole[4_999], whole[5_000], whole.at(-1)]).toEqual([mebi, 1, 5_000 & 0xff, 7, 7]);
  expect([kept(), room.isEmpty]).toEqual([0, true]);
});

test("[WI23] pieces that belong to nothing, or are more than were announced, are malformed; a message is sixteen kibibytes", async () => {
  const { made, phone, frame } = await home();
  const caller = await paid(made, phone);
  const [first, second] = messagesOf(frame(9, 30_000)) as [Uint8Array, Uint8Array];
  caller.connection?.receive(second);
  caller.connection?.receive(first);
  caller.connection?.receive(second);
  caller.connection?.receive(second);
  await made.clock.pass(5);
  expect(caller.errors.map(({ code }) => code)).toEqual(["malformed", "malformed"]);
  expect(phone.pushes).toHaveLength(1);
  caller.connection?.receive(new Uint8Array(limits.messageBytesMax + 1));
  expect(caller.closedWith).toEqual({ code: 4004, reason: "too-large" });
  const other = await paid(made, phone);
  const huge = first.slice();
  new DataView(huge.buffer).setUint32(1, limits.frameBytesMax + 1);
  other.connection?.receive(huge);
  expect(other.closedWith).toEqual({ code: 4004, reason: "too-large" });
});

test("[WI23] nothing large is taken before the greeting, and a frame in pieces is no piece of another", async () => {
  const { made, phone, large } = await home();
  expect(await refusal(made.socket().post(deposit, large()))).toBe("hello-first");
  const caller = await paid(made, phone);
  // Whole, the frame in pieces is the honest beginning of another one.
  const begin = Uint8Array.of(0x12, 0, 0, 0x40, 0, 0x10);
  caller.connection?.receive(Uint8Array.of(0x12, 0, 0, 0, begin.length, ...begin.subarray(0, 5)));
  caller.connection?.receive(Uint8Array.of(0x13, ...begin.subarray(5)));
  expect(caller.errors.map(({ code }) => code)).toEqual(["malformed"]);
});

test("[WI23] who begins frames without end, or in one another, takes no room for each: the sixteenth closes", async () => {
  const { made, phone } = await home();
  const begin = (length: number, ...rest: number[]) => {
    const message = new Uint8Array(5 + rest.length);
    message.set([0x12], 0);
    new DataView(message.buffer).setUint32(1, length);
    message.set(rest, 5);
    return message;
  };
  const flood = await paid(made, phone);
  for (let i = 0; i < 40; i++) flood.connection?.receive(begin(mebi, 0x10));
  expect([flood.closedWith?.reason, flood.errors.length]).toEqual(["malformed", 16]);
  const nested = await paid(made, phone);
  // Whole, it is the beginning of a frame that has one byte more than came.
  for (let i = 0; i < 20; i++) {
    nested.connection?.receive(begin(7, ...begin(3, 0x12)));
    nested.connection?.receive(Uint8Array.of(0x13, 0));
  }
  expect([nested.closedWith?.reason, nested.errors.length]).toEqual(["malformed", 16]);
});
