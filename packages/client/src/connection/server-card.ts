/** A server's card, as a client judges it (docs/spec/peers.md PE1–PE3, PE45). */
import type { Crypto } from "@yanshu/mls";
import {
  type Bytes,
  decodeSignedCard,
  equalBytes,
  isWeakSealKey,
  type ServerCard,
  serverCardBytes,
  serverKeyBytes,
  unlessMalformed,
} from "@yanshu/wire";

/**
 * The card, where it is that server's. `another-key`: it shows another than it is known by, of which that one says
 * nothing.
 */
export async function judgedCard(
  { verify }: Pick<Crypto, "verify">,
  server: string,
  known: Bytes | undefined,
  bytes: Bytes,
): Promise<ServerCard | "no-card" | "another-key"> {
  const read = unlessMalformed(() => decodeSignedCard(bytes));
  // @checks PE45
  if (read === undefined || read.card.name !== server || isWeakSealKey(read.card.sealKey)) return "no-card";
  const { card, body, signature } = read;
  // @checks PE45
  if (!(await verify(card.signKey, serverCardBytes(body), signature))) return "no-card";
  if (known === undefined || equalBytes(known, card.signKey)) return card;
  const { before } = card;
  // @checks PE45
  if (before === undefined || !equalBytes(before.key, known)) return "another-key";
  return (await verify(known, serverKeyBytes(server, card.signKey), before.signature)) ? card : "another-key";
}
