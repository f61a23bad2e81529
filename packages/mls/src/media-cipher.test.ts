/** Both ciphers of large things give the same bytes, and open each other's. */
import { expect, test } from "bun:test";
import { createMediaCipher as browserCipher } from "./browser/media-cipher.ts";
import { createMediaCipher as bunCipher } from "./bun/media-cipher.ts";

test("[ME5] WebCrypto and node:crypto seal and open alike, and refuse what was changed", async () => {
  const [one, other] = [browserCipher(), bunCipher()];
  const [key, nonce] = [new Uint8Array(32).fill(3), new Uint8Array(12).fill(4)];
  for (const length of [0, 1, 15, 16, 100_003]) {
    const plain = crypto.getRandomValues(new Uint8Array(length));
    const sealed = await one.seal(key, nonce, plain);
    expect(sealed).toEqual(await other.seal(key, nonce, plain));
    expect(await one.open(key, nonce, sealed)).toEqual(plain);
    expect(await other.open(key, nonce, sealed)).toEqual(plain);
    const changed = sealed.map((byte, at) => (at === length ? byte ^ 1 : byte));
    expect([await one.open(key, nonce, changed), await other.open(key, nonce, changed)]).toEqual([
      undefined,
      undefined,
    ]);
    const layer = await one.ctr(key, 65_537, plain);
    expect(layer).toEqual(await other.ctr(key, 65_537, plain));
    expect(await other.ctr(key, 65_537, layer)).toEqual(plain);
  }
});
