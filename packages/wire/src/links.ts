/**
 * Links: what a QR code or a pasted link carries, after the `#`, where no server sees it
 * (docs/spec/identity.md ID10–ID12). The kind is the first letter of the fragment.
 */
import { fromBase64Url, MalformedError, toBase64Url } from "./bytes.ts";
import { type AccountId, type Address, type Capability, idBytes } from "./ids.ts";
import { limits } from "./limits.ts";
import { decodeAs, encodeAs, fixed, type Infer, line, list, type Schema, struct, text, uint } from "./schema.ts";

/** `#c/`: somebody's contact link. Scanning it pins the account. */
const contactLink = struct({
  account: fixed<AccountId>(idBytes.account),
  server: text(limits.domainBytesMax),
  capability: fixed<Capability>(idBytes.capability),
  name: line(64),
});
/** `#i/`: the right to register on a server, from whoever runs it. */
const inviteLink = struct({ server: text(limits.domainBytesMax), token: fixed(idBytes.token) });
/** `#d/`: a new device asks to be linked. `commitment` is SHA-256 over its device key and a nonce. */
const deviceLink = struct({
  server: text(limits.domainBytesMax),
  rendezvous: fixed<Address>(idBytes.address),
  sealKey: fixed(idBytes.publicKey),
  commitment: fixed(idBytes.hash),
});
/** `#h/`: somebody without a device asks their family for help. `commitment` is SHA-256 over `sealKey` and a nonce. */
const helpLink = struct({
  server: text(limits.domainBytesMax),
  meet: fixed<Address>(idBytes.address),
  sealKey: fixed(idBytes.publicKey),
  commitment: fixed(idBytes.hash),
});
/** Where an admin's device is asked: its address and its seal key, one after the other, so that the code stays small. */
const door = struct({ at: fixed(idBytes.address + idBytes.publicKey) }, { server: text(limits.domainBytesMax) });
/** `#g/`: whoever has it may ask to come into a group (docs/spec/groups.md GR26). */
const groupLink = struct({
  /** The home of the doors that name none of their own, and of whoever registers with `token`. */
  server: text(limits.domainBytesMax),
  doors: list(door, limits.doorsMax),
  secret: fixed(idBytes.token),
  token: fixed<Capability>(idBytes.capability),
  expiresMs: uint(),
  name: line(limits.linkNameMax),
});

const kinds = { c: contactLink, i: inviteLink, d: deviceLink, g: groupLink, h: helpLink } as const;

export type ContactLink = Infer<typeof contactLink>;
export type InviteLink = Infer<typeof inviteLink>;
export type DeviceLink = Infer<typeof deviceLink>;
export type HelpLink = Infer<typeof helpLink>;
export type GroupLink = Infer<typeof groupLink>;
export type Link =
  | { readonly kind: "group"; readonly link: GroupLink }
  | { readonly kind: "contact"; readonly link: ContactLink }
  | { readonly kind: "invite"; readonly link: InviteLink }
  | { readonly kind: "device"; readonly link: DeviceLink }
  | { readonly kind: "help"; readonly link: HelpLink };

const letterOf = { contact: "c", invite: "i", device: "d", group: "g", help: "h" } as const;
const kindOf = { c: "contact", i: "invite", d: "device", g: "group", h: "help" } as const;

/** @param origin such as `https://yan.example`, without a slash at its end. */
export function encodeLink(origin: string, { kind, link }: Link): string {
  const letter = letterOf[kind];
  return `${origin}/#${letter}/${toBase64Url(encodeAs(kinds[letter] as Schema<unknown>, link))}`;
}

/** The link in `text` (a whole URL, or what stands after its `#`), or undefined when it holds none. @checks ID10 */
export function decodeLink(text: string): Link | undefined {
  const found = /(?:^|#)([cdghi])\/([A-Za-z0-9_-]{1,2048})$/.exec(text.trim());
  const bytes = fromBase64Url(found?.[2] ?? "");
  if (found === null || bytes === undefined) return undefined;
  const letter = found[1] as keyof typeof kinds;
  try {
    return { kind: kindOf[letter], link: decodeAs(kinds[letter] as Schema<unknown>, bytes, 1_536) } as Link;
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}
