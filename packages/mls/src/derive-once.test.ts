import { describe, expect, test } from "bun:test";
import { providers } from "./testing/people.ts";

describe.each(providers)("%s provider", (_name, make) => {
  const crypto = make();

  test("[MO102] of a secret of which one key is derived nothing is kept, and the key is the same", () => {
    const secrets = Array.from({ length: 20 }, () => crypto.random(64));
    const [first] = secrets.map((secret) => crypto.deriveOnce(secret, "what is kept for all", 8));
    const kept: unknown[] = [];
    const { set } = WeakMap.prototype;
    WeakMap.prototype.set = function (key, value) {
      kept.push(key);
      return set.call(this, key, value);
    };
    try {
      for (const secret of secrets) crypto.deriveOnce(secret, "what is kept for all", 8);
      expect(kept).toEqual([]);
      // Where more keys are derived of one, it is.
      crypto.derive(crypto.random(64), "what is kept for all", 8);
      expect(kept.length).toBeGreaterThan(0);
    } finally {
      WeakMap.prototype.set = set;
    }
    expect(secrets.map((secret) => crypto.deriveOnce(secret, "one", 40))).toEqual(
      secrets.map((secret) => crypto.derive(secret, "one", 40)),
    );
    expect(first).toEqual(crypto.derive(secrets[0] as Uint8Array, "what is kept for all", 8));
  });
});
