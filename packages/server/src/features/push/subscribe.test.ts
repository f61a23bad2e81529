/** Which subscriptions home keeps: those alone that it would call. */
import { expect, test } from "bun:test";
import { createECDH } from "node:crypto";
import { refusal } from "../../testkit/refusal.ts";
import { TestServer } from "../../testkit/test-server.ts";
import { createBunPush } from "./bun.ts";
import { keysOf } from "./vapid.ts";

test("[PU3] a subscription that home would not call, or cannot seal for, is refused", async () => {
  const push = createBunPush({ keys: keysOf(new Uint8Array(32).fill(9)), subject: "mailto:home@yan.test" });
  const home = new TestServer({ push });
  const phone = await (await home.person("ann")).phone.signIn(home);
  const good = {
    endpoint: "https://push.example.com/x",
    key: new Uint8Array(createECDH("prime256v1").generateKeys()),
    secret: new Uint8Array(16),
  };
  await phone.call("pushSubscribe", good);
  const endpoints = ["https://127.0.0.1/x", "http://push.example.com/x", "https://push.example.com:8443/x", "none"];
  for (const bad of [...endpoints.map((endpoint) => ({ ...good, endpoint })), { ...good, key: new Uint8Array(65) }])
    expect([bad, await refusal(phone.call("pushSubscribe", bad))]).toEqual([bad, "malformed"]);
});
