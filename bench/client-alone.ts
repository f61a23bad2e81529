/** A client that never connects and does nothing by itself: what a device does for a screen, and no more. */
import { type Client, createClient } from "@yanshu/client";
import { createBunCrypto } from "@yanshu/mls/bun";
import type { Database } from "@yanshu/store";

export function clientAlone(database: Database): Client {
  return createClient({
    crypto: createBunCrypto(),
    database,
    connect: () => ({ send: () => undefined, close: () => undefined }),
    originOf: (server) => `https://${server}`,
    server: undefined,
    keyPackagesKept: 0,
    nowMs: () => Date.now(),
    after: () => () => undefined,
    chance: Math.random,
    persistent: true,
  });
}
