/** Links: what a QR code carries comes out as it went in; anything else is no link. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { decodeLink, encodeAs, encodeLink, type Link, limits, linkName, type Schema, toBase64Url } from "./index.ts";

const fixed = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const server = fc.domain();
const card = fc.record({ seed: fixed(16), units: fc.nat(32) });
const link: fc.Arbitrary<Link> = fc.oneof(
  fc.record({
    kind: fc.constant("contact" as const),
    link: fc.record(
      {
        account: fixed(32),
        server,
        capability: fixed(16),
        name: fc.constantFrom("外婆", "alice", "", "👵🏽"),
        card,
      },
      { requiredKeys: ["account", "server", "capability", "name"] },
    ),
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
    link: fc.record(
      {
        server,
        admitters: fc.array(fc.record({ at: fixed(48), server }, { requiredKeys: ["at"] }), { maxLength: 3 }),
        secret: fixed(16),
        token: fixed(16),
        expiresMs: fc.nat(),
        name: fc.constantFrom("一家人", "The Hendersons", ""),
        card,
      },
      { requiredKeys: ["server", "admitters", "secret", "token", "expiresMs", "name"] },
    ),
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
    fc.property(link, fc.constantFrom("c", "i", "d", "g", "h"), (given, initial) => {
      const url = encodeLink("https://yan.example", given).replace(/#./, `#${initial}`);
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

test("[ID62] a name that is long is cut between characters, and says so", () => {
  expect(linkName("陈雨 Emily", 21)).toBe("陈雨 Emily");
  expect(linkName("圣路易斯华人基督教会青年团契", 21)).toBe("圣路易斯华人…");
  expect(linkName("👨‍👩‍👧‍👦👨‍👩‍👧‍👦", 30)).toBe("👨‍👩‍👧‍👦…");
  expect(new TextEncoder().encode(linkName("陈".repeat(64), 21)).length).toBeLessThanOrEqual(21);
});

/** What a QR code of version 10 holds at level M. */
const codeBytes = 213;

test("[ID62] every link fits a code of version 10, at a home with a name as long as many have", () => {
  const server = "yanshu.firstchurch-dallas.org";
  const bytes = (length: number) => new Uint8Array(length).fill(0xa5);
  const name = linkName("圣路易斯华人基督教会青年团契", limits.linkNameBytes);
  const seal = { seed: bytes(16), units: 32 };
  const links: readonly Link[] = [
    { kind: "contact", link: { account: bytes(32), server, capability: bytes(16), name, card: seal } },
    { kind: "contact", link: { account: bytes(32), server, capability: bytes(16), name, serverMark: bytes(16) } },
    {
      kind: "group",
      link: {
        server,
        admitters: [],
        secret: bytes(16),
        token: bytes(16),
        expiresMs: 1_795_000_000_000,
        name,
        card: seal,
      },
    },
    { kind: "device", link: { server, rendezvous: bytes(16), sealKey: bytes(32), commitment: bytes(32) } },
    { kind: "help", link: { server, meet: bytes(16), sealKey: bytes(32), commitment: bytes(32) } },
    { kind: "invite", link: { server, token: bytes(16) } },
  ];
  for (const one of links) {
    const url = encodeLink(`https://${server}`, one);
    expect([one.kind, url.length <= codeBytes, url.length]).toEqual([one.kind, true, url.length]);
    expect(decodeLink(url)).toEqual(one);
  }
});

test("[ID10] what is no list, has a field too many, or is another kind's, is no link", () => {
  const bytes = (length: number) => new Uint8Array(length).fill(0xa5);
  const anything: Schema<unknown> = { check: (value) => value };
  const read = (initial: string, value: unknown) => decodeLink(`#${initial}/${toBase64Url(encodeAs(anything, value))}`);
  const device = ["yan.example", bytes(16), bytes(32), bytes(32)];
  expect(read("d", ["d", ...device])?.kind).toBe("device");
  expect(read("h", ["h", ...device])?.kind).toBe("help");
  expect(read("h", ["d", ...device])).toBeUndefined();
  expect(read("d", ["d", ...device, bytes(1)])).toBeUndefined();
  expect(read("d", { initial: "d" })).toBeUndefined();
  expect(read("i", 7)).toBeUndefined();
  const group = (admitters: unknown, ...card: unknown[]) =>
    read("g", ["g", "yan.example", admitters, bytes(16), bytes(16), 1, "Choir", ...card]);
  expect(group([[bytes(48)]], [bytes(16), 2])?.kind).toBe("group");
  for (const admitters of [[bytes(48)], { at: bytes(48) }, [[bytes(48), "yan.example", 1]]])
    expect(group(admitters)).toBeUndefined();
  for (const card of [bytes(16), [bytes(16), 2, 3], { seed: bytes(16), units: 2 }])
    expect(group([], card)).toBeUndefined();
});
