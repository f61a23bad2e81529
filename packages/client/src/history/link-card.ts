/**
 * Cards of links (docs/spec/identity.md ID62): kept at home like a file, under a name and a key that follow from a seed
 * in the link. Home sees bytes that it cannot open, of somebody whom it does not know; anyone who has the link reads
 * them without an account. The seed follows from what the card says, so that nobody who has the link can
 * replace it, not even together with home.
 */
import { decodeLinkCard, encodeLinkCard, type LinkCardBody, linkCardLimits } from "@yanshu/content";
import {
  type Bytes,
  blobLimits,
  type ContactLink,
  concat,
  equalBytes,
  type GroupLink,
  limits,
  type SealedCard,
  toHex,
  utf8,
} from "@yanshu/wire";
import type { Face } from "../api/people.ts";
import type { Engine } from "../core/engine.ts";
import type { MediaPorts } from "../ports.ts";
import { fetchPart, putPart } from "./blob.ts";

const dayMs = 86_400_000;
/** A contact's card is kept at least so many days from when its link is shown. */
const contactDays = 20;
const picturesBytesMax = 96 * 1_024;

type Kept = { readonly salt: Bytes; readonly card: SealedCard; readonly expiresDay: number };

/** What identifies a link. A different one, or the same one after a reset, has a different card. */
export type LinkOfCard =
  | { readonly kind: "contact"; readonly link: Pick<ContactLink, "account" | "capability"> }
  | { readonly kind: "group"; readonly link: Pick<GroupLink, "secret" | "token"> };
/** A link as it is read. */
type ReadLink =
  | { readonly kind: "contact"; readonly link: ContactLink }
  | { readonly kind: "group"; readonly link: GroupLink };
/** What a card holds beside its version, its salt and which link it is of. */
type CardContent = Omit<LinkCardBody, "v" | "salt" | "of">;

function labelledHash({ ports }: Engine, label: string, bytes: Bytes): Bytes {
  return ports.crypto.sha256(concat(utf8(`${label}\0`), bytes));
}

function subjectOf(engine: Engine, { kind, link }: LinkOfCard): Bytes {
  const own = kind === "contact" ? concat(link.account, link.capability) : concat(link.secret, link.token);
  // Into the card's field `of`.
  return labelledHash(engine, "yanshu link card of v1", concat(utf8(`${kind}\0`), own));
}

/** @param plain all that is sealed, the zeros at its end too. */
function seedOf(engine: Engine, plain: Bytes): Bytes {
  return labelledHash(engine, "yanshu link card seed v1", plain).slice(0, limits.linkCardSeedBytes);
}

function blobOf(engine: Engine, seed: Bytes): { readonly id: Bytes; readonly key: Bytes } {
  const id = labelledHash(engine, "yanshu link card name v1", seed).slice(0, blobLimits.idBytes);
  return { id, key: labelledHash(engine, "yanshu link card key v1", seed) };
}

/** What this device keeps at home for its links. A card is uploaded again when it changed, or would end too early. */
export class LinkCards {
  private readonly engine: Engine;
  private readonly kept = new Map<string, Kept>();

  constructor(engine: Engine) {
    this.engine = engine;
  }

  /**
   * @param cacheKey of the same link, so that its card is found again.
   * @param untilMs the instant until which it must be there; absent: twenty days from now.
   * @returns the card's seed and size in blocks of 4 KiB; undefined where home cannot be reached, has no room, or keeps
   * nothing for so long.
   */
  async keep(cacheKey: string, of: LinkOfCard, said: CardContent, untilMs?: number): Promise<SealedCard | undefined> {
    const { media, crypto, nowMs } = this.engine.ports;
    if (media === undefined) return undefined;
    const plainWith = (salt: Bytes) => encodeLinkCard({ v: 1, salt, of: subjectOf(this.engine, of), ...said });
    const day = Math.ceil((untilMs ?? nowMs() + contactDays * dayMs) / dayMs);
    const held = this.kept.get(cacheKey);
    if (held !== undefined && held.expiresDay >= day) {
      if (equalBytes(held.card.seed, seedOf(this.engine, plainWith(held.salt)))) return held.card;
    }
    const salt = crypto.random(linkCardLimits.saltBytes);
    const plain = plainWith(salt);
    const seed = seedOf(this.engine, plain);
    const put = await putPart(this.engine, media, plain, blobOf(this.engine, seed));
    if (typeof put === "string" || (untilMs !== undefined && put.expiresDay < day)) return undefined;
    const card = { seed, units: plain.length / linkCardLimits.unitBytes };
    this.kept.set(cacheKey, { salt, card, expiresDay: put.expiresDay });
    return card;
  }
}

/**
 * By seed, the newest last. If a person looks at a link and then asks by it, the card is not fetched again, so that
 * home sees one read. A seed never has another card.
 */
const looked = new WeakMap<Engine, Map<string, LinkCardBody>>();
const lookedMax = 16;

function remember(engine: Engine, seed: Bytes, body: LinkCardBody): void {
  const cards = looked.get(engine) ?? new Map<string, LinkCardBody>();
  looked.set(engine, cards.set(toHex(seed), body));
  const [oldest] = cards.keys();
  if (cards.size > lookedMax && oldest !== undefined) cards.delete(oldest);
}

/** The card of a group's link, if it is among the latest 16 that were looked at since this device started. */
export function lookedCard(
  engine: Engine,
  read: Extract<ReadLink, { readonly kind: "group" }>,
): LinkCardBody | undefined {
  const { card } = read.link;
  const body = card === undefined ? undefined : looked.get(engine)?.get(toHex(card.seed));
  // A link may carry the seed of another link's card: the card has to name this one.
  return body !== undefined && equalBytes(body.of, subjectOf(engine, read)) ? body : undefined;
}

/**
 * Undefined where the link has none, or it is not there; `unreachable`: try again later; `forged`: what is there is not
 * what the link was made with.
 */
export async function fetchLinkCard(
  engine: Engine,
  read: ReadLink,
): Promise<LinkCardBody | "unreachable" | "forged" | undefined> {
  const { media } = engine.ports;
  const { server, card } = read.link;
  if (media === undefined || card === undefined) return undefined;
  const { seed } = card;
  const body = await fetchSaid(engine, media, server, card);
  if (typeof body !== "object") return body;
  // As above: the card of another link.
  // @checks ID62
  if (!equalBytes(body.of, subjectOf(engine, read))) return "forged";
  remember(engine, seed, body);
  return body;
}

async function fetchSaid(
  engine: Engine,
  media: MediaPorts,
  server: string,
  { seed, units }: SealedCard,
): Promise<LinkCardBody | "unreachable" | "forged" | undefined> {
  const pointer = { server, ...blobOf(engine, seed), bytes: units * linkCardLimits.unitBytes, expiresDay: 0 };
  const plain = await fetchPart(engine, media, pointer);
  if (plain === "lost") return "unreachable"; // not a check: the network's answer.
  if (plain === "gone") return undefined;
  // Name and key are everybody's who has the link; what is said there is its maker's alone.
  // @checks ID62
  if (!equalBytes(seedOf(engine, plain), seed)) return "forged";
  return decodeLinkCard(plain) ?? "forged";
}

/** In their order, with pictures while they fit into 96 KiB together; the others show a seal, drawn of their name. */
export function facesFor(faces: readonly Face[]): LinkCardBody["faces"] {
  let room = picturesBytesMax;
  return faces.slice(0, linkCardLimits.facesMax).map(({ seal, pigment, picture }) => {
    if (picture === undefined || picture.length > room) return { seal, pigment };
    room -= picture.length;
    return { seal, pigment, picture };
  });
}

/**
 * Waits three seconds at most; then undefined, and the link is shown without its card, which goes on. Never rejects.
 */
export async function cardSoon(engine: Engine, made: Promise<SealedCard | undefined>): Promise<SealedCard | undefined> {
  const soonMs = 3_000;
  return Promise.race([
    made.catch(() => undefined),
    new Promise<undefined>((resolve) => engine.ports.after(soonMs, () => resolve(undefined))),
  ]);
}
