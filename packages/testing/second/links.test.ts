/** Links and the card of one in vectors/derived.json, read by the second client's code. */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Bytes, concat, Fields, hex, u32, utf8 } from "./bytes.ts";
import { readContactLink, readInvitation, readLink } from "./identity.ts";
import { sha256 } from "./signing.ts";

type Link = Readonly<Record<string, string>> & { readonly admitters?: readonly { readonly at: string }[] };
const { links, card } = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../../vectors/derived.json"), "utf8"),
) as {
  links: readonly { readonly kind: string; readonly link: Link; readonly text: string }[];
  card: { readonly value: { readonly of: string; readonly name: string } } & Readonly<
    Record<"hex" | "seed" | "file" | "key", string>
  >;
};
const linkOf = (kind: string) => links.find((one) => one.kind === kind) ?? { text: "", link: {} as Link };

test("[ID10] [GR26.2] links are lists, and what lies in them too: an admitter is its address and seal key together", () => {
  const invitation = linkOf("invite");
  expect(hex(readInvitation(invitation.text).token)).toBe(invitation.link["token"] ?? "");
  const contact = linkOf("contact");
  const { account, capability } = readContactLink(contact.text);
  expect([hex(account), hex(capability)]).toEqual([contact.link["account"] ?? "", contact.link["capability"] ?? ""]);
  const group = linkOf("group");
  const [server, admitters, secret] = readLink(group.text, "g").fields as [string, readonly [Bytes][], Bytes];
  expect([server, hex(secret)]).toEqual([group.link["server"] ?? "", group.link["secret"] ?? ""]);
  expect(admitters.map(([at]) => hex(at))).toEqual((group.link.admitters ?? []).map(({ at }) => at));
  expect(admitters.map(([at]) => at.length)).toEqual([48]);
});

test("[ID62] the name and key of a card follow from all that is sealed, and it says which link it is of", () => {
  const padded = Uint8Array.fromHex(card.hex);
  const hash = (label: string, ...fields: readonly Bytes[]) => sha256(concat(utf8(`${label}\0`), ...fields));
  const seed = hash("yanshu link card seed v1", padded).slice(0, 16);
  expect(hex(seed)).toBe(card.seed);
  expect(hex(hash("yanshu link card name v1", seed).slice(0, 16))).toBe(card.file);
  expect(hex(hash("yanshu link card key v1", seed))).toBe(card.key);

  const length = new DataView(padded.buffer).getUint32(0);
  const body = padded.slice(4, 4 + length);
  expect(hex(concat(u32(length), body, new Uint8Array(4_096 - 4 - length)))).toBe(card.hex);
  const { link } = linkOf("group");
  const own = ["secret", "token"].map((name) => Uint8Array.fromHex(link[name] ?? ""));
  expect(hex(Fields.of(body).bytes("of", 32))).toBe(hex(hash("yanshu link card of v1", utf8("group\0"), ...own)));
  expect(Fields.of(body).text("name")).toBe(card.value.name);
});
