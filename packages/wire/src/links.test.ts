/** Links: what a QR code carries comes out as it went in; anything else is no link. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { decodeLink, encodeLink, type Link } from "./index.ts";

const fixed = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const server = fc.domain();
const link: fc.Arbitrary<Link> = fc.oneof(
  fc.record({
    kind: fc.constant("contact" as const),
    link: fc.record({
      account: fixed(32),
      server,
      capability: fixed(16),
      name: fc.constantFrom("外婆", "alice", "", "👵🏽"),
    }),
  }),
  fc.record({ kind: fc.constant("invite" as const), link: fc.record({ server, token: fixed(16) }) }),
  fc.record({
    kind: fc.constant("device" as const),
    link: fc.record({ server, rendezvous: fixed(16), sealKey: fixed(32), commitment: fixed(32) }),
  }),
  fc.record({
    kind: fc.constant("help" as const),
    link: fc.record({ server, meet: fixed(16), sealKey: fixed(32), commitment: fixed(32) }),
  }),
  fc.record({
    kind: fc.constant("group" as const),
    link: fc.record({
      server,
      doors: fc.array(fc.record({ at: fixed(48), server }, { requiredKeys: ["at"] }), { maxLength: 3 }),
      secret: fixed(16),
      token: fixed(16),
      expiresMs: fc.nat(),
      name: fc.constantFrom("一家人", "The Hendersons", ""),
    }),
  }),
);

test("[ID10] a link comes out as it went in, whole, or from its fragment, with space around it", () => {
  fc.assert(
    fc.property(link, (given) => {
      const url = encodeLink("https://yan.example", given);
      expect(url).toStartWith(`https://yan.example/#${given.kind[0]}/`);
      expect(decodeLink(url)).toEqual(given);
      expect(decodeLink(` ${url.slice(url.indexOf("#") + 1)}\n`)).toEqual(given);
    }),
  );
});

test("[ID10] a link of one kind is not taken for another", () => {
  fc.assert(
    fc.property(link, fc.constantFrom("c", "i", "d", "g", "h"), (given, letter) => {
      const url = encodeLink("https://yan.example", given).replace(/#./, `#${letter}`);
      const decoded = decodeLink(url);
      expect(decoded === undefined || decoded.kind === given.kind).toBe(true);
    }),
  );
});

test("[ID10] text that is no link, or one with a changed character, does no harm", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.base64String().map((text) => `#c/${text}`),
      ),
      (text) => {
        expect(decodeLink(text)).toBeUndefined();
      },
    ),
  );
  fc.assert(
    fc.property(link, fc.nat(), fc.constantFrom("A", "z", "_", "%", " "), (given, at, character) => {
      const url = encodeLink("https://yan.example", given);
      const place = url.indexOf("#") + 3 + (at % (url.length - url.indexOf("#") - 3));
      const changed = `${url.slice(0, place)}${character}${url.slice(place + 1)}`;
      const decoded = decodeLink(changed);
      // A name is read as it is shown (WI2a), and then has that one encoding.
      if (decoded !== undefined) expect(decodeLink(encodeLink("https://yan.example", decoded))).toEqual(decoded);
    }),
  );
});
