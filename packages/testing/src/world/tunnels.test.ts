/**
 * Tunnels, spoken by hand: what is refused, and what one stranger cannot do to others (docs/spec/peers.md PE43–PE50).
 */
import { expect, test } from "bun:test";
import { createBunCrypto } from "@yanshu/mls/bun";
import {
  type Bytes,
  concat,
  decodeResult,
  decodeRoomServerFrame,
  decodeServerFrame,
  decodeSignedCard,
  encodeCall,
  encodeParts,
  encodePost,
  encodeRoomClientFrame,
  farListHashOf,
  fromHex,
  gateBytes,
  gateIdOf,
  limits,
  messagesOf,
  postHashOf,
  TunnelPieces,
  tunnelInfo,
  tunnelNonce,
  tunnelPieces,
  tunnelRooms,
  uploadTokenBytes,
  utf8,
} from "@yanshu/wire";
import { worldOfPeers } from "./peer-homes.ts";

const crypto = createBunCrypto({ random: (count) => globalThis.crypto.getRandomValues(new Uint8Array(count)) });
const none = new Uint8Array();
type Homes = ReturnType<typeof worldOfPeers>;

/** A client that speaks by hand with yan.test, or by it with another server. */
function connect({ world }: Homes, place: string, path?: "/tunnel") {
  const heard: Bytes[] = [];
  let closed: string | undefined;
  const socket = world.network.connect(
    place,
    {
      open: () => undefined,
      message: (bytes) => heard.push(bytes),
      closed: (reason) => {
        closed = reason;
      },
    },
    path,
  );
  return { heard, socket, why: () => closed };
}

const dial = (homes: Homes, place = "a stranger") => connect(homes, place, "/tunnel");

/** Once home has greeted it. */
async function greeted(homes: Homes, place: string) {
  const { heard, socket } = connect(homes, place);
  await homes.world.pass(100);
  socket.send(hello);
  await homes.world.pass(100);
  heard.length = 0;
  return { heard, socket };
}

/** @param path of what is spoken with there; empty: the client protocol. */
async function opened(homes: Homes, place?: string, path = "") {
  const { world } = homes;
  const line = dial(homes, place);
  await world.pass(100);
  line.socket.send(utf8("ben.test"));
  await world.until("the card comes", () => line.heard.length > 0);
  const { card } = decodeSignedCard(line.heard.shift() ?? none);
  const secret = crypto.random(64);
  const { enc, ciphertext } = await crypto.hpkeSeal(card.sealKey, tunnelInfo, concat(secret, utf8(path)));
  line.socket.send(concat(enc, ciphertext));
  const pieces = new TunnelPieces(limits.frameBytesMax);
  let [said, read] = [0, 0];
  const say = async (frame: Bytes) => {
    for (const message of messagesOf(frame))
      for (const piece of tunnelPieces(message))
        line.socket.send(await crypto.seal(secret.subarray(0, 32), tunnelNonce(said++), none, piece));
  };
  const messages = async () => {
    await world.pass(2_000);
    const found: Bytes[] = [];
    for (; line.heard.length > 0; read++) {
      const piece = await crypto.open(secret.subarray(32), tunnelNonce(read), none, line.heard.shift() ?? none);
      const message = piece && pieces.take(piece);
      if (message !== undefined) found.push(message);
    }
    return found;
  };
  const answers = async () => (await messages()).map((message) => decodeServerFrame(message));
  /** One record of these bytes. */
  const record = async (piece: Bytes) =>
    line.socket.send(await crypto.seal(secret.subarray(0, 32), tunnelNonce(said++), none, piece));
  return { ...line, say, messages, answers, record };
}

const hello = encodeCall(1, "hello", { versions: [1] });
const codeOf = (frame: ReturnType<typeof decodeServerFrame> | undefined) =>
  frame?.type === "error" ? frame.code : frame?.type;

test("[PE44] [PE46] [PE56] what comes in a tunnel is an anonymous connection, which may claim, post and read Moments, and name no account", async () => {
  const homes = worldOfPeers({ seed: 2311 });
  const { say, answers, why } = await opened(homes);
  await say(hello);
  const [greeting] = await answers();
  expect(greeting?.type === "result" && decodeResult("hello", greeting.body).domain).toBe("ben.test");
  await say(encodeCall(2, "claim", { capability: new Uint8Array(16) }));
  await say(encodeCall(3, "ownEntries", { from: 0 }));
  await say(encodeCall(4, "rendezvous", { address: new Uint8Array(16) }));
  const signature = new Uint8Array(64);
  const pair = { current: new Uint8Array(16), next: new Uint8Array(16) };
  await say(encodeCall(5, "signIn", { account: new Uint8Array(32), device: new Uint8Array(32), ...pair, signature }));
  // In pieces, of which the first says nothing of what is asked.
  const large = encodeCall(6, "appendEntries", { account: new Uint8Array(32), entries: [new Uint8Array(200)] });
  await say(
    concat(Uint8Array.of(0x12), new Uint8Array([0, 0, large.length >> 8, large.length & 0xff]), large.subarray(0, 3)),
  );
  await say(concat(Uint8Array.of(0x13), large.subarray(3)));
  const hole = { secret: new Uint8Array(32), value: new Uint8Array(96) };
  await say(encodeCall(7, "putHoles", { tokens: [], days: 2, holes: [hole] }));
  await say(encodeCall(8, "lookHoles", { starts: new Uint8Array(6) }));
  expect((await answers()).map(codeOf)).toEqual([
    "bad-capability",
    "unknown-method",
    "unknown-method",
    "unknown-method",
    "unknown-method",
    "unknown-method",
    "result",
  ]);
  expect(why()).toBeUndefined();
});

test("[PE57] rooms of calls are spoken with by their path, and none is opened through a tunnel, with a token or without", async () => {
  const homes = worldOfPeers({ seed: 2318, files: true });
  const { say, messages, why } = await opened(homes, "a stranger", tunnelRooms);
  const { input, output } = uploadTokenBytes;
  const token = { epoch: 1, input: new Uint8Array(input), output: new Uint8Array(output) };
  const room = new Uint8Array(16).fill(5);
  for (const more of [{}, { token }, { listens: true }]) {
    await say(encodeRoomClientFrame({ type: "enter", args: { v: 1, room, ...more } }));
    const said = (await messages()).map((frame) => decodeRoomServerFrame(frame));
    expect(said).toEqual([{ type: "refused", code: "token-needed", waitMs: 0 }]);
  }
  expect(why()).toBeUndefined();
  for (const path of ["/calls/ws/", "/tunnel", "x"]) {
    const other = await opened(homes, `to ${path}`, path);
    await homes.world.until("it ends", () => other.why() !== undefined);
    expect(other.why()).toBe("peer-refused");
  }
  expect(homes.there.running?.counts()).toMatchObject({ rooms: 0, roomsOpened: 0 });
});

test("[PE44] a record that does not open, or is said twice, ends the tunnel, and no other", async () => {
  const homes = worldOfPeers({ seed: 2312 });
  const [bad, good] = [await opened(homes), await opened(homes, "another")];
  bad.socket.send(new Uint8Array(40));
  await homes.world.until("it ends", () => bad.why() !== undefined);
  expect(bad.why()).toBe("peer-refused");
  // Nor one that is sealed as it should be and is no piece, or belongs to a message that is too long.
  for (const pieces of [[Uint8Array.of(7, 1)], [new Uint8Array(12_000), new Uint8Array(12_000)]]) {
    const broken = await opened(homes, `broken ${pieces.length}`);
    for (const piece of pieces) await broken.record(piece);
    await homes.world.until("it ends", () => broken.why() !== undefined);
    expect(broken.why()).toBe("peer-refused");
  }
  await good.say(hello);
  expect((await good.answers()).length).toBe(1);
  // Nor is what was not sealed to the card.
  const line = dial(homes);
  await homes.world.pass(100);
  line.socket.send(utf8("ben.test"));
  await homes.world.until("the card comes", () => line.heard.length > 0);
  line.socket.send(new Uint8Array(112));
  await homes.world.until("it ends", () => line.why() !== undefined);
});

test("[PE47] names that are none, that are home's own, or that nobody reaches, are told so; one place opens so many", async () => {
  const homes = worldOfPeers({ seed: 2313, config: { tunnelsOpen: { prefix: 2, peer: 256, all: 2_048 } } });
  const { world } = homes;
  const told = async (name: Bytes, place = crypto.random(4).join(".")) => {
    const line = dial(homes, place);
    await world.pass(100);
    line.socket.send(name);
    await world.pass(1_000);
    return line.why();
  };
  expect(await told(utf8("NOT A NAME"))).toBe("peer-refused");
  expect(await told(utf8("yan.test"))).toBe("peer-refused");
  expect(await told(utf8("nowhere.test"))).toBe("peer-unreachable");
  // What gave no card is not asked for again at once, and a place has six new names an hour.
  expect(await told(utf8("nowhere.test"))).toBe("peer-unreachable");
  for (const n of [1, 2, 3, 4, 5, 6]) expect(await told(utf8(`no${n}.test`), "one")).toBe("peer-unreachable");
  expect(await told(utf8("no7.test"), "one")).toBe("peer-busy");
  expect(await told(utf8("ben.test"), "two")).toBeUndefined();
  expect(await told(utf8("ben.test"), "two")).toBeUndefined();
  expect(await told(utf8("ben.test"), "two")).toBe("peer-busy");
  expect(await told(utf8("ben.test"), "three")).toBeUndefined();
});

test("[PE48] who sends more than leaves ends their own tunnel, and the line goes on", async () => {
  const homes = worldOfPeers({ seed: 2314 });
  const [flood, good] = [await opened(homes), await opened(homes, "another")];
  for (let i = 0; i < 400 && flood.why() === undefined; i++) flood.socket.send(new Uint8Array(12_000));
  await homes.world.until("it ends", () => flood.why() !== undefined);
  await good.say(hello);
  expect((await good.answers()).length).toBe(1);
});

test("[PE43] a single address at a server that is not spoken with refuses the post; a deposit is for whom it reaches", async () => {
  const homes = worldOfPeers({ seed: 2315 });
  const { world } = homes;
  const { heard, socket } = await greeted(homes, "one");
  const far = (server: string) => ({ kind: "far" as const, server, address: new Uint8Array(16).fill(3) });
  const post = (request: number, server: string) =>
    encodePost(request, { mode: "deposit" }, encodeParts([{ target: far(server), envelope: new Uint8Array(40) }]));
  socket.send(post(2, "unmet.test"));
  const list = { kind: "list" as const, list: new Uint8Array(32) };
  socket.send(encodePost(3, { mode: "deposit" }, encodeParts([{ target: list, envelope: none }])));
  const key = await crypto.signatureKeyPair(crypto.random(32));
  const founded = async (request: number, server: string) => {
    const unsigned = {
      mode: "create" as const,
      gate: gateIdOf(crypto.sha256, key.publicKey),
      foundingKey: key.publicKey,
      nextPostKey: key.publicKey,
      nextTokenHash: new Uint8Array(32),
      signature: new Uint8Array(64),
    };
    const parts = encodeParts([{ target: far(server), envelope: none }]);
    const signature = await crypto.sign(key.privateKey, gateBytes(unsigned, postHashOf(crypto.sha256, parts)));
    return encodePost(request, { ...unsigned, signature }, parts);
  };
  socket.send(await founded(4, "unmet.test"));
  await opened(homes, "another"); // From now on ben.test is met.
  socket.send(await founded(5, "ben.test"));
  await world.pass(1_000);
  const answers = new Map(
    heard.map((bytes) => {
      const frame = decodeServerFrame(bytes);
      return ["request" in frame ? frame.request : 0, codeOf(frame)] as const;
    }),
  );
  expect([2, 3, 4, 5].map((request) => answers.get(request))).toEqual(["ok", "malformed", "peer-refused", "ok"]);
});

test("[PE49] one place fills an eighth of what may wait for a server, and others go on", async () => {
  const homes = worldOfPeers({ seed: 2316, config: { peerBacklogBytes: 400_000 } });
  const { world, wires } = homes;
  await opened(homes); // The two have met.
  wires.cut();
  await world.pass(1_000);
  const depositsOf = async (place: string) => {
    const { heard, socket } = await greeted(homes, place);
    return async (n: number) => {
      const target = { kind: "far" as const, server: "ben.test", address: crypto.random(16) };
      socket.send(encodePost(n, { mode: "deposit" }, encodeParts([{ target, envelope: new Uint8Array(10_000) }])));
      await world.pass(100);
      return codeOf(decodeServerFrame(heard.at(-1) ?? none));
    };
  };
  const [greedy, modest] = [await depositsOf("greedy"), await depositsOf("modest")];
  const answers: unknown[] = [];
  for (let n = 2; n < 12; n++) answers.push(await greedy(n));
  expect(answers.slice(0, 4)).toEqual(["ok", "ok", "ok", "ok"]);
  expect(answers.slice(5)).toEqual(Array.from({ length: 5 }, () => "rate-limited"));
  expect(await modest(2)).toBe("ok");
  // Once it has gone, the place has its share again.
  wires.mend();
  await world.pass(20_000);
  expect(await greedy(20)).toBe("ok");
});

test("[PE52] home says how another server stands: open, away and for how long, refusing, or never met", async () => {
  const homes = worldOfPeers({ seed: 2317 });
  const { world, wires } = homes;
  const asked = async () => {
    const { heard, socket } = await greeted(homes, "one");
    socket.send(encodeCall(2, "peerStates", { servers: ["ben.test", "unmet.test"] }));
    await world.pass(200);
    const frame = decodeServerFrame(heard.at(-1) ?? none);
    return frame.type === "result" ? decodeResult("peerStates", frame.body).states : [];
  };
  const unmet = { server: "unmet.test", state: "unmet" } as const;
  await opened(homes);
  expect(await asked()).toEqual([{ server: "ben.test", state: "open" }, unmet]);
  wires.cut();
  await world.pass(60_000);
  const [away] = await asked();
  expect(away).toMatchObject({ server: "ben.test", state: "away" });
  expect(away?.awayMs ?? 0).toBeGreaterThanOrEqual(60_000);
  await world.during(Promise.resolve(world.server.featureActs()["peers-deny"]?.({ name: "ben.test" })));
  expect((await asked())[0]).toEqual({ server: "ben.test", state: "refuses" });
  expect(farListHashOf(crypto.sha256, [{ server: "ben.test", address: fromHex("00".repeat(16)) }]).length).toBe(32);
});
