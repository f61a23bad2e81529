/** Checks the card of a server (docs/spec/peers.md PE1–PE3, PE45). */
import type { Crypto } from "@yanshu/mls";
import {
  type Bytes,
  decodeSignedCard,
  equalBytes,
  isWeakSealKey,
  type ServerCard,
  serverCardBytes,
  serverKeyBytes,
  serverMarkOf,
  unlessMalformed,
} from "@yanshu/wire";
import type { KnownServer } from "../values/far-servers.ts";

function isKnownBy(sha256: Crypto["sha256"], known: KnownServer, signKey: Bytes): boolean {
  return "key" in known ? equalBytes(known.key, signKey) : equalBytes(known.mark, serverMarkOf(sha256, signKey));
}

/**
 * Returns the card if the server signed it. `another-key`: its key is not the known one, nor one that the known key
 * signed.
 */
export async function judgedCard(
  { verify, sha256 }: Pick<Crypto, "verify" | "sha256">,
  server: string,
  known: KnownServer | undefined,
  bytes: Bytes,
): Promise<ServerCard | "no-card" | "another-key"> {
  const read = unlessMalformed(() => decodeSignedCard(bytes));
  // @checks PE45
  if (read === undefined || read.card.name !== server || isWeakSealKey(read.card.sealKey)) return "no-card";
  const { card, body, signature } = read;
  // @checks PE45
  if (!(await verify(card.signKey, serverCardBytes(body), signature))) return "no-card";
  if (known === undefined || isKnownBy(sha256, known, card.signKey)) return card;
  const { before } = card;
  // @checks PE45
  if (before === undefined || !isKnownBy(sha256, known, before.key)) return "another-key";
  return (await verify(before.key, serverKeyBytes(server, card.signKey), before.signature)) ? card : "another-key";
}
