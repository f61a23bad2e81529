/**
 * Server cards: what a server says of itself, and whether another's card is to be believed (docs/spec/peers.md
 * PE1–PE4).
 */
import {
  type Bytes,
  decodeSignedCard,
  encodeCardBody,
  encodeSignedCard,
  equalBytes,
  isWeakSealKey,
  peerVersions,
  type ServerCard,
  serverCardBytes,
  serverKeyBytes,
  unlessMalformed,
} from "@yanshu/wire";
import type { SyncPrimitives } from "../../core/ports.ts";
import type { ServerKeys } from "./port.ts";

export const linePath = "/peer";
/** Behind the path of a card: of a line that carries tunnels alone (PE62). */
export const relayPath = "/relay";

/**
 * CBOR of the signed card. @param contact of the operator, 256 characters at most. @throws MalformedError above 4 KiB.
 */
export function ownCard(
  keys: ServerKeys,
  { name, incarnation, contact }: { readonly name: string; readonly incarnation: Bytes; readonly contact?: string },
): Bytes {
  const before = keys.before?.(name);
  const body = encodeCardBody({
    v: 1,
    versions: peerVersions,
    name,
    signKey: keys.signKey,
    sealKey: keys.sealKey,
    incarnation,
    peer: linePath,
    reach: "both", // It can be reached, and calls others itself.
    ...(contact === undefined ? {} : { contact }),
    ...(before === undefined ? {} : { before }),
  });
  return encodeSignedCard(body, keys.sign(serverCardBytes(body)));
}

export type JudgedCard =
  | { readonly ok: true; readonly card: ServerCard }
  /** `another-key`: not the key by which it is known, and that key did not sign this one as its successor. */
  | { readonly ok: false; readonly why: "not-a-card" | "another-name" | "bad-signature" | "another-key" };

/**
 * Reads and verifies another server's card; never throws. @param known the key that is pinned for `name` (Ed25519, 32
 * bytes); undefined: first contact, where any is trusted. The caller pins it then.
 */
export function judgeCard(
  { verify }: Pick<SyncPrimitives, "verify">,
  name: string,
  known: Bytes | undefined,
  bytes: Bytes,
): JudgedCard {
  const read = unlessMalformed(() => decodeSignedCard(bytes));
  // @checks PE1
  if (read === undefined) return { ok: false, why: "not-a-card" };
  const { card, body, signature } = read;
  // @checks PE2
  if (card.name !== name) return { ok: false, why: "another-name" };
  // @checks PE2
  if (isWeakSealKey(card.sealKey) || !verify(card.signKey, serverCardBytes(body), signature))
    return { ok: false, why: "bad-signature" };
  // @checks PE3
  if (known !== undefined && !equalBytes(known, card.signKey) && !isHandedOver(verify, known, card))
    return { ok: false, why: "another-key" };
  return { ok: true, card };
}

/** The key by which it was known says that this one takes its place. */
function isHandedOver(verify: SyncPrimitives["verify"], known: Bytes, { name, signKey, before }: ServerCard): boolean {
  // @checks PE3
  if (before === undefined || !equalBytes(before.key, known)) return false;
  return verify(known, serverKeyBytes(name, signKey), before.signature);
}
