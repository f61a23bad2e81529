/** Passkeys at home: the root alone says which one is kept, and its tag alone is answered what it opens. */
import { expect, test } from "bun:test";
import { limits } from "@yanshu/wire";
import { keepPasskey as keep } from "../../testkit/passkey.ts";
import { refusal } from "../../testkit/refusal.ts";
import { TestServer } from "../../testkit/test-server.ts";

const tagOf = (value: number) => new Uint8Array(32).fill(value);
const wrapOf = (value: number) => new Uint8Array(limits.passkeyWrapBytes).fill(value);

test("[ID35] the root has a wrap kept, one who shows its tag is given it, and another takes its place", async () => {
  const home = new TestServer();
  const [ann, ben] = [await home.person("ann"), await home.person("ben")];
  const caller = await home.client();
  const phone = await ann.phone.signIn(home);
  expect(await phone.call("passkeyState", {})).toEqual({ isKept: false });
  await keep(ann, caller, { tag: tagOf(1), wrap: wrapOf(1) });
  await keep(ann, caller, { tag: tagOf(1), wrap: wrapOf(1) }); // Its answer was lost.
  expect(await phone.call("passkeyState", {})).toEqual({ isKept: true });
  const stranger = await home.client();
  expect(await stranger.call("findPasskey", { tag: tagOf(1) })).toEqual({ wrap: wrapOf(1) });
  expect(await stranger.call("findPasskey", { tag: tagOf(2) })).toEqual({});
  expect(await refusal(keep(ben, stranger, { tag: tagOf(1), wrap: wrapOf(9) }))).toBe("malformed");
  await keep(ann, caller, { tag: tagOf(2), wrap: wrapOf(2) });
  expect(await stranger.call("findPasskey", { tag: tagOf(1) })).toEqual({});
  expect(await stranger.call("findPasskey", { tag: tagOf(2) })).toEqual({ wrap: wrapOf(2) });
});

test("[ID35] nobody but the root, on this connection and for this wrap, changes what is kept", async () => {
  const home = new TestServer();
  const [ann, ben] = [await home.person("ann"), await home.person("ben")];
  const caller = await home.client();
  const kept = { tag: tagOf(1), wrap: wrapOf(1) };
  await keep(ann, caller, kept);
  const other = { tag: tagOf(2), wrap: wrapOf(2) };
  for (const signer of [ann.phone.keys, ben.root])
    expect(await refusal(keep(ann, caller, other, { signer }))).toBe("bad-signature");
  // A signature for another wrap.
  expect(await refusal(keep(ann, caller, other, { signed: kept }))).toBe("bad-signature");
  const second = await home.client();
  const { nonce } = caller;
  second.nonce = nonce;
  expect(await refusal(keep(ann, second, other))).toBe("bad-signature"); // Another connection's nonce.
  expect(await refusal(keep(ann, await ann.phone.signIn(home), other))).toBe("signed-in-connection");
  expect(await caller.call("findPasskey", { tag: tagOf(1) })).toEqual({ wrap: wrapOf(1) });
});

test("[ID35] looking for wraps is counted by where one asks, and changing them by account", async () => {
  const config = { restoresPerDay: { account: 2 }, restoresPerHour: { prefix: 5 } };
  const home = new TestServer({ config });
  const ann = await home.person("ann");
  const caller = await home.client("2001:db8::1");
  for (const value of [1, 2]) await keep(ann, caller, { tag: tagOf(value), wrap: wrapOf(value) });
  expect(await refusal(keep(ann, caller, { tag: tagOf(3), wrap: wrapOf(3) }))).toBe("rate-limited");
  for (const value of [1, 2]) await caller.call("findPasskey", { tag: tagOf(value) });
  expect(await refusal(caller.call("findPasskey", { tag: tagOf(2) }))).toBe("rate-limited");
  const elsewhere = await home.client("2001:db8:1::1");
  expect(await elsewhere.call("findPasskey", { tag: tagOf(2) })).toEqual({ wrap: wrapOf(2) });
});
