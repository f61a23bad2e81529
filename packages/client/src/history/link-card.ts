/**
 * Cards of links (docs/spec/identity.md ID62): kept at home like a file, under a name and a key that follow from a seed
 * in the link. Home sees bytes that it cannot open, of somebody whom it does not know; anyone who has the link reads
 * them without an account. The seed follows from what the card says, so that anyone who has the link puts no other in
 * its place, not with home either.
 */
import { decodeLinkCard, encodeLinkCard, type LinkCardBody, linkCardLimits } from "@yanshu/content";
import {
  type Bytes,
  type ContactLink,
  concat,
  equalBytes,
  type GroupLink,
  idBytes,
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
/** One that is shown again is as good as a fresh one for so long. */
const contactDays = 20;
const picturesBytesMax = 96 * 1_024;

type Kept = { readonly salt: Bytes; readonly card: SealedCard; readonly expiresDay: number };

/** What is a link's own: another, or the same one after a reset, has another card. */
export type LinkOfCard =
  | { readonly kind: "contact"; readonly link: Pick<ContactLink, "account" | "capability"> }
  | { readonly kind: "group"; readonly link: Pick<GroupLink, "secret" | "token"> };
/** A link as it is read. */
type CarriedCard =
  | { readonly kind: "contact"; readonly link: ContactLink }
  | { readonly kind: "group"; readonly link: GroupLink };
/** What the card says beside what it is of. */
type Said = Omit<LinkCardBody, "v" | "salt" | "of">;

function labelled({ ports }: Engine, label: string, bytes: Bytes): Bytes {
  return ports.crypto.sha256(concat(utf8(`${label}\0`), bytes));
}

function subjectOf(engine: Engine, { kind, link }: LinkOfCard): Bytes {
  const own = kind === "contact" ? concat(link.account, link.capability) : concat(link.secret, link.token);
  return labelled(engine, "yanshu link card of v1", concat(utf8(`${kind}\0`), own));
}

/** @param plain all that is sealed, the zeros at its end too. */
function seedOf(engine: Engine, plain: Bytes): Bytes {
  return labelled(engine, "yanshu link card seed v1", plain).slice(0, limits.linkCardSeedBytes);
}

function placeOf(engine: Engine, seed: Bytes): { readonly id: Bytes; readonly key: Bytes } {
  const id = labelled(engine, "yanshu link card name v1", seed).slice(0, idBytes.address);
  return { id, key: labelled(engine, "yanshu link card key v1", seed) };
}

/** What this device keeps at home for its links; made anew where what it says has changed, or its days run out. */
export class LinkCards {
  private readonly engine: Engine;
  private readonly kept = new Map<string, Kept>();

  constructor(engine: Engine) {
    this.engine = engine;
  }

  /**
   * @param place what it is for, so that the same one is found again.
   * @param untilMs how long it has to last; a contact's link has no end.
   * Undefined where home cannot be reached, has no room, or keeps nothing for so long.
   */
  async keep(place: string, of: LinkOfCard, said: Said, untilMs?: number): Promise<SealedCard | undefined> {
    const { media, crypto, nowMs } = this.engine.ports;
    if (media === undefined) return undefined;
    const plainWith = (salt: Bytes) => encodeLinkCard({ v: 1, salt, of: subjectOf(this.engine, of), ...said });
    const day = Math.ceil((untilMs ?? nowMs() + contactDays * dayMs) / dayMs);
    const held = this.kept.get(place);
    if (held !== undefined && held.expiresDay >= day) {
      if (equalBytes(held.card.seed, seedOf(this.engine, plainWith(held.salt)))) return held.card;
    }
    const salt = crypto.random(linkCardLimits.saltBytes);
    const plain = plainWith(salt);
    const seed = seedOf(this.engine, plain);
    const put = await putPart(this.engine, media, plain, placeOf(this.engine, seed));
    if (typeof put === "string" || (untilMs !== undefined && put.expiresDay < day)) return undefined;
    const card = { seed, units: plain.length / linkCardLimits.unitBytes };
    this.kept.set(place, { salt, card, expiresDay: put.expiresDay });
    return card;
  }
}

/**
 * By seed, the newest last: who looks at a link and then asks by it does not have home see it twice. A seed never has
 * another card.
 */
const looked = new WeakMap<Engine, Map<string, LinkCardBody>>();
const lookedMax = 16;

function remember(engine: Engine, seed: Bytes, body: LinkCardBody): void {
  const cards = looked.get(engine) ?? new Map<string, LinkCardBody>();
  looked.set(engine, cards.set(toHex(seed), body));
  const [oldest] = cards.keys();
  if (cards.size > lookedMax && oldest !== undefined) cards.delete(oldest);
}

/** Of a link that this device looked at since it started. */
export function lookedCard(
  engine: Engine,
  read: Extract<CarriedCard, { readonly kind: "group" }>,
): LinkCardBody | undefined {
  const { card } = read.link;
  const body = card === undefined ? undefined : looked.get(engine)?.get(toHex(card.seed));
  // A seed that was looked at beside its own link may stand beside another.
  return body !== undefined && equalBytes(body.of, subjectOf(engine, read)) ? body : undefined;
}

/**
 * Undefined where the link has none, or it is not there; `lost`: it may be there later; `false`: what is there is not
 * what the link was made with.
 */
export async function fetchLinkCard(
  engine: Engine,
  read: CarriedCard,
): Promise<LinkCardBody | "lost" | "false" | undefined> {
  const { media } = engine.ports;
  const { server, card } = read.link;
  if (media === undefined || card === undefined) return undefined;
  const { seed } = card;
  const body = await fetchSaid(engine, media, server, card);
  if (typeof body !== "object") return body;
  // Somebody's card beside a link that leads to another.
  // @checks ID62
  if (!equalBytes(body.of, subjectOf(engine, read))) return "false";
  remember(engine, seed, body);
  return body;
}

async function fetchSaid(
  engine: Engine,
  media: MediaPorts,
  server: string,
  { seed, units }: SealedCard,
): Promise<LinkCardBody | "lost" | "false" | undefined> {
  const pointer = { server, ...placeOf(engine, seed), bytes: units * linkCardLimits.unitBytes, expiresDay: 0 };
  const plain = await fetchPart(engine, media, pointer);
  if (plain === "lost") return "lost"; // not a check: the network's answer.
  if (plain === "gone") return undefined;
  // Name and key are everybody's who has the link; what is said there is its maker's alone.
  // @checks ID62
  if (!equalBytes(seedOf(engine, plain), seed)) return "false";
  return decodeLinkCard(plain) ?? "false";
}

/** Pictures as long as there is room for them, in their order; the others are seals. */
export function facesFor(faces: readonly Face[]): LinkCardBody["faces"] {
  let room = picturesBytesMax;
  return faces.slice(0, linkCardLimits.facesMax).map(({ seal, pigment, picture }) => {
    if (picture === undefined || picture.length > room) return { seal, pigment };
    room -= picture.length;
    return { seal, pigment, picture };
  });
}

/** Home answers soon or not at all: anyone who wants their link is not kept waiting. */
export async function cardSoon(engine: Engine, made: Promise<SealedCard | undefined>): Promise<SealedCard | undefined> {
  const soonMs = 3_000;
  return Promise.race([
    made.catch(() => undefined),
    new Promise<undefined>((resolve) => engine.ports.after(soonMs, () => resolve(undefined))),
  ]);
}
