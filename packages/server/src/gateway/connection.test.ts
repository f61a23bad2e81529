/** Connections: what they make of frames that are wrong, early, unknown or too many. */
import { expect, test } from "bun:test";
import { encodeCall, encodeParts, encodePost, limits } from "@yanshu/wire";
import fc from "fast-check";
import { refusal } from "../testkit/refusal.ts";
import { TestServer } from "../testkit/test-server.ts";

const parts = [{ target: { kind: "address" as const, address: new Uint8Array(16) }, envelope: new Uint8Array(9) }];

test("[WI1] hello comes first, and repeats its nonce", async () => {
  const home = new TestServer();
  const client = home.socket();
  expect(await refusal(client.call("claim", { capability: new Uint8Array(16) }))).toBe("hello-first");
  expect(await refusal(client.post({ mode: "deposit" }, parts))).toBe("hello-first");
  client.send(Uint8Array.of(1, 0, 0, 0, 9, 1, 120));
  expect(client.errors.at(-1)).toMatchObject({ request: 9, code: "hello-first" });
  const first = await client.call("hello", { versions: [9, 1] });
  expect(first).toMatchObject({ version: 1, domain: "home.example", timeMs: home.clock.nowMs() });
  expect((await client.call("hello", { versions: [1] })).nonce).toEqual(first.nonce);
  await client.post({ mode: "deposit" }, parts);
});

test("[WI1] a connection that is signed in has no nonce any more, and a hello there one that leads nowhere", async () => {
  const home = new TestServer();
  const phone = await (await home.person("alice")).phone.signIn(home);
  const answered = await phone.call("hello", { versions: [1] });
  expect(answered.nonce).toHaveLength(32);
  expect((await phone.call("hello", { versions: [1] })).nonce).not.toEqual(answered.nonce);
});

test("[WI1] no common version is said", async () => {
  expect(await refusal(new TestServer().socket().call("hello", { versions: [2, 3] }))).toBe("unsupported-version");
  expect(await refusal(new TestServer().socket().call("hello", { versions: [] }))).toBe("unsupported-version");
});

test("[WI7] an unknown call, and arguments that do not fit, are refused under their number", async () => {
  const client = await new TestServer().client();
  client.send(Uint8Array.of(1, 0, 0, 0, 9, 1, 120));
  client.send(Uint8Array.of(1, 0, 0, 0, 10, 5, ...new TextEncoder().encode("claim"), 0xa0));
  client.send(encodePost(11, { mode: "deposit" }, encodeParts(parts)).slice(0, -1));
  client.send(Uint8Array.of(0x77, 1, 2));
  client.send(new Uint8Array());
  expect(client.errors.map(({ request, code }) => [request, code])).toEqual([
    [9, "unknown-method"],
    [10, "malformed"],
    [11, "malformed"],
    [0, "malformed"],
    [0, "malformed"],
  ]);
  await client.call("hello", { versions: [1] });
});

test("[WI7] the sixteenth malformed frame closes the connection; an oversized one at once", async () => {
  const home = new TestServer();
  const client = await home.client();
  for (let i = 0; i < 15; i++) client.send(Uint8Array.of(0xff));
  expect(client.closedWith).toBeUndefined();
  client.send(Uint8Array.of(0xff));
  expect(client.closedWith).toEqual({ code: 4003, reason: "malformed" });
  const large = await home.client();
  large.send(new Uint8Array(limits.frameBytesMax + 1));
  expect(large.closedWith).toEqual({ code: 4004, reason: "too-large" });
  expect(home.server.counts().connections).toBe(0);
});

test("[WI3] a list of 1,025 addresses is refused", async () => {
  const client = await new TestServer().client();
  const addresses = Array.from({ length: limits.listAddressesMax }, (_, i) =>
    Uint8Array.of(i, i >> 8, ...new Uint8Array(14)),
  );
  const frame = encodeCall(5, "uploadList", { addresses });
  const grown = new Uint8Array(frame.length + 17);
  grown.set(frame);
  grown.set(Uint8Array.of(0x50), frame.length);
  const count = frame.indexOf(0x99); // CBOR: an array whose length takes two bytes.
  grown.set([0x99, 1_025 >> 8, 1_025 & 0xff], count);
  client.send(grown);
  expect(client.errors.at(-1)).toMatchObject({ request: 5, code: "malformed" });
});

test("[WI7] no bytes whatever make a connection throw or the server stop", async () => {
  const home = new TestServer();
  const seeds = [
    encodeCall(1, "hello", { versions: [1] }),
    encodeCall(2, "claim", { capability: new Uint8Array(16) }),
    encodeCall(3, "appendEntries", { account: new Uint8Array(32), entries: [new Uint8Array(20)] }),
    encodePost(
      4,
      { mode: "application", gate: new Uint8Array(32), epoch: 1, token: new Uint8Array(16) },
      encodeParts(parts),
    ),
  ];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...seeds),
      fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 4 }),
      fc.nat(260),
      async (seed, changes, length) => {
        const frame = seed.slice(0, Math.max(1, length));
        for (const [at, value] of changes) if (at < frame.length) frame[at] = value;
        const client = await home.client();
        client.send(frame);
        await home.clock.pass(2);
        client.close();
      },
    ),
    { numRuns: 400 },
  );
  expect(home.server.counts()).toMatchObject({ connections: 0, commitFailures: 0 });
  await (await home.person("alice")).phone.signIn(home);
});

test("[DS30] a signed-in connection may not post, nor while it signs in", async () => {
  const home = new TestServer();
  const alice = await home.person("alice");
  const phone = await home.client();
  const signing = alice.phone.signInOn(phone);
  const early = phone.postLater({ mode: "deposit" }, parts);
  await signing;
  expect(phone.answered(early)).toMatchObject({ code: "signed-in-connection" });
  expect(await refusal(phone.post({ mode: "deposit" }, parts))).toBe("signed-in-connection");
});

test("[DS20] acks on a connection that is not signed in do nothing", async () => {
  const client = await new TestServer().client();
  client.ack({ first: 0, last: 99 });
  expect(client.errors).toEqual([]);
});
