/** Links and a card, in vectors/derived.json (docs/spec/identity.md ID10, ID62, docs/spec/groups.md GR26.2). */
import { encodeLinkCard } from "@yanshu/content";
import type { Crypto } from "@yanshu/mls";
import { type AccountId, type Address, type Capability, concat, encodeLink, toHex, utf8 } from "@yanshu/wire";
import { filled } from "./calls.ts";

const server = "yan.example";
const account = filled(0x0a, 32) as AccountId;
const capability = filled(0x0c, 16) as Capability;
const [secret, token] = [filled(0x5c, 16), filled(0x70, 16) as Capability];
const admitter = { at: concat(filled(0xaa, 16), filled(0x06, 32)) };

/** @param plain a value whose bytes are to be shown as hexadecimal. */
export function links({ sha256 }: Crypto, plain: (value: unknown) => unknown): object {
  const hash = (label: string, ...fields: readonly Uint8Array[]) => sha256(concat(utf8(`${label}\0`), ...fields));
  const group = { server, admitters: [admitter], secret, token, expiresMs: 1_800_000_000_000, name: "Dinner" };
  const shown = [
    { kind: "invite", link: { server, token } },
    { kind: "contact", link: { account, server, capability, name: "Ann" } },
    {
      kind: "device",
      link: {
        server,
        rendezvous: filled(0xaa, 16) as Address,
        sealKey: filled(0x06, 32),
        commitment: filled(0xc0, 32),
      },
    },
    { kind: "group", link: group },
    { kind: "group", link: { ...group, admitters: [], card: { seed: filled(0x5e, 16), units: 1 } } },
  ] as const;
  const body = {
    v: 1,
    salt: filled(0x5a, 16),
    of: hash("yanshu link card of v1", utf8("group\0"), secret, token),
    name: "Dinner",
    faces: [{ seal: "A", pigment: 3 }],
    admitters: [admitter],
  } as const;
  const card = encodeLinkCard(body);
  const seed = hash("yanshu link card seed v1", card).slice(0, 16);
  return {
    links: shown.map((one) => ({ ...(plain(one) as object), text: encodeLink("https://yan.example", one) })),
    card: {
      value: plain(body),
      hex: toHex(card),
      seed: toHex(seed),
      file: toHex(hash("yanshu link card name v1", seed).slice(0, 16)),
      key: toHex(hash("yanshu link card key v1", seed)),
    },
  };
}
