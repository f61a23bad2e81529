/**
 * Links: the content of a QR code or link, after the `#`, where no server sees it (docs/spec/identity.md ID10–ID12,
 * ID62). The first character of the fragment is the kind. The fields follow in order and without names, because cameras
 * read short codes better.
 */
import { type Bytes, fromBase64Url, MalformedError, toBase64Url, unlessMalformed, utf8 } from "./bytes.ts";
import { type AccountId, type Address, type Capability, idBytes } from "./ids.ts";
import { limits } from "./limits.ts";
import { decodeAs, encodeAs, fixed, type Infer, line, list, type Schema, struct, text, uint } from "./schema.ts";
import { serverMarkBytes } from "./server-name.ts";

/**
 * Points to the encrypted link card at home, for data too long for a code (ID62): the seed of its name and key, and its
 * size in units of 4 KiB.
 */
const linkCard = struct({ seed: fixed(limits.linkCardSeedBytes), units: uint(limits.linkCardUnitsMax) });

/** `#c/`: a person's contact link. It pins the account. */
const contactLink = struct(
  {
    account: fixed<AccountId>(idBytes.account),
    server: text(limits.domainBytesMax),
    capability: fixed<Capability>(idBytes.capability),
    name: line(64),
  },
  /** `serverMark`: of the key of a server that has peers; only in a link without card (docs/spec/peers.md PE45). */
  { card: linkCard, serverMark: fixed(serverMarkBytes) },
);
/** `#i/`: the right to register on a server, from its operator. */
const inviteLink = struct({ server: text(limits.domainBytesMax), token: fixed(idBytes.token) });
/** `#d/`: a new device asks to be linked. `commitment`: SHA-256 over its device key and a nonce. */
const deviceLink = struct({
  server: text(limits.domainBytesMax),
  rendezvous: fixed<Address>(idBytes.address),
  sealKey: fixed(idBytes.publicKey),
  commitment: fixed(idBytes.hash),
});
/** `#h/`: a person without a device asks the family for help. `commitment`: SHA-256 over `sealKey` and a nonce. */
const helpLink = struct({
  server: text(limits.domainBytesMax),
  meet: fixed<Address>(idBytes.address),
  sealKey: fixed(idBytes.publicKey),
  commitment: fixed(idBytes.hash),
});
/**
 * An admin's device that takes requests to join. `at`: its address and seal key, concatenated to keep the code small.
 */
export const linkAdmitter = struct(
  { at: fixed(idBytes.address + idBytes.publicKey) },
  { server: text(limits.domainBytesMax) },
);
/** `#g/`: its holder may ask to come into a group (docs/spec/groups.md GR26). */
const groupLink = struct(
  {
    /** The home of admitters without a `server`, and of newcomers who register with `token`. */
    server: text(limits.domainBytesMax),
    /** Empty if the card names them. */
    admitters: list(linkAdmitter, limits.admittersMax),
    secret: fixed(idBytes.token),
    token: fixed<Capability>(idBytes.capability),
    expiresMs: uint(),
    name: line(limits.linkNameMax),
  },
  { card: linkCard },
);

const kinds = { c: contactLink, i: inviteLink, d: deviceLink, g: groupLink, h: helpLink } as const;
/** The order of the fields in a link; optional ones are last. */
const fields = {
  c: ["account", "server", "capability", "name", "card"],
  i: ["server", "token"],
  d: ["server", "rendezvous", "sealKey", "commitment"],
  g: ["server", "admitters", "secret", "token", "expiresMs", "name", "card"],
  h: ["server", "meet", "sealKey", "commitment"],
} as const;
const inner = { card: ["seed", "units"], admitters: ["at", "server"] } as const;
const linkBytesMax = 1_536;
const row: Schema<readonly unknown[]> = {
  check: (value, path) => {
    // @checks ID10
    if (!Array.isArray(value)) throw new MalformedError(`${path}: not a list`);
    return value;
  },
};

export type SealedCard = Infer<typeof linkCard>;
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

const initialOf = { contact: "c", invite: "i", device: "d", group: "g", help: "h" } as const;
const kindOf = { c: "contact", i: "invite", d: "device", g: "group", h: "help" } as const;

/** @param origin such as `https://yan.example`, without a slash at its end. */
export function encodeLink(origin: string, { kind, link }: Link): string {
  const initial = initialOf[kind];
  const whole = (kinds[initial] as Schema<object>).check(link, kind) as Record<string, unknown>;
  const values = fields[initial]
    .map((name) => whole[name] ?? (name === "card" ? whole["serverMark"] : undefined))
    .filter((value) => value !== undefined);
  return `${origin}/#${initial}/${toBase64Url(encodeAs(row, [initial, ...values.map(written)]))}`;
}

/** Cuts a name between graphemes, to keep the link short; the card has the whole name. @param bytesMax of UTF-8 */
export function linkName(name: string, bytesMax: number): string {
  if (utf8(name).length <= bytesMax) return name;
  let cut = "";
  for (const { segment } of new Intl.Segmenter().segment(name)) {
    if (utf8(`${cut}${segment}…`).length > bytesMax) break;
    cut += segment;
  }
  return `${cut}…`;
}

/** Replaces maps by lists of their values, without names. */
function written(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(written);
  if (value === null || typeof value !== "object" || value instanceof Uint8Array) return value;
  return Object.values(value);
}

/** Parses a link. @param text a URL or its fragment. Returns undefined if it is no link. @checks ID10 */
export function decodeLink(text: string): Link | undefined {
  const found = /(?:^|#)([cdghi])\/([A-Za-z0-9_-]{1,2048})$/.exec(text.trim());
  const bytes = fromBase64Url(found?.[2] ?? "");
  if (found === null || bytes === undefined) return undefined;
  const initial = found[1] as keyof typeof kinds;
  return unlessMalformed(() => ({ kind: kindOf[initial], link: read(initial, bytes) }) as Link);
}

/** @throws MalformedError @checks ID10 */
function read(initial: keyof typeof kinds, bytes: Bytes): object {
  const [of, ...values] = decodeAs(row, bytes, linkBytesMax);
  const names = fields[initial];
  if (of !== initial) throw new MalformedError("of another kind"); // Two kinds have fields of equal sizes.
  const named = values.map((value, place): readonly [string, unknown] => {
    const name = names[place] ?? ""; // A surplus value gets no name, and is refused as an unknown field.
    if (name === "card" && value instanceof Uint8Array) return ["serverMark", value];
    if (name === "card") return [name, mapOf(inner.card, value)];
    if (name === "admitters") return [name, row.check(value, name).map((one) => mapOf(inner.admitters, one))];
    return [name, value];
  });
  return (kinds[initial] as Schema<object>).check(Object.fromEntries(named), initial);
}

/** @throws MalformedError */
function mapOf(names: readonly string[], value: unknown): object {
  return Object.fromEntries(row.check(value, "list").map((one, place) => [names[place] ?? "", one]));
}
