/**
 * Cards of links (docs/spec/identity.md ID62): kept at home like a file, under a name and a key that follow from a seed in the link. Home sees
 * bytes that it cannot open, of somebody whom it does not know; whoever has the link reads them without an account.
 */
import { decodeLinkCard, encodeLinkCard, type LinkCardBody, linkCardLimits } from "@yanshu/content";
import { type Bytes, concat, equalBytes, idBytes, limits, type SealedCard, utf8 } from "@yanshu/wire";
import type { Face } from "../api/people.ts";
import type { Engine } from "../core/engine.ts";
import { fetchPart, putPart } from "../history/blob.ts";

const dayMs = 86_400_000;
/** One that is shown again is as good as a fresh one for so long. */
const contactDays = 20;
const picturesBytesMax = 96 * 1_024;

type Kept = { readonly hash: Bytes; readonly card: SealedCard; readonly expiresDay: number };

function placeOf({ ports }: Engine, seed: Bytes): { readonly id: Bytes; readonly key: Bytes } {
  const { sha256 } = ports.crypto;
  const of = (label: string) => sha256(concat(utf8(`${label}\0`), seed));
  return { id: of("yanshu link card name v1").slice(0, idBytes.address), key: of("yanshu link card key v1") };
}

/** What this device keeps at home for its links; made anew where what it says has changed, or its days run out. */
export class LinkCards {
  private readonly engine: Engine;
  private readonly kept = new Map<string, Kept>();

  constructor(engine: Engine) {
    this.engine = engine;
  }

  /**
   * @param of what it is for, so that the same one is found again.
   * @param untilMs how long it has to last; a contact's link has no end.
   * Undefined where home cannot be reached, has no room, or keeps nothing for so long.
   */
  async keep(of: string, body: LinkCardBody, untilMs?: number): Promise<SealedCard | undefined> {
    const { media, crypto, nowMs } = this.engine.ports;
    if (media === undefined) return undefined;
    const plain = encodeLinkCard(body);
    const hash = crypto.sha256(plain);
    const day = Math.ceil((untilMs ?? nowMs() + contactDays * dayMs) / dayMs);
    const held = this.kept.get(of);
    if (held !== undefined && equalBytes(held.hash, hash) && held.expiresDay >= day) return held.card;
    const seed = crypto.random(limits.linkCardSeedBytes);
    const put = await putPart(this.engine, media, plain, placeOf(this.engine, seed));
    if (typeof put === "string" || (untilMs !== undefined && put.expiresDay < day)) return undefined;
    const card = { seed, units: plain.length / linkCardLimits.unitBytes };
    this.kept.set(of, { hash, card, expiresDay: put.expiresDay });
    return card;
  }
}

/** Undefined where it is not there, or not what was put there; `lost`: it may be there later. */
export async function fetchLinkCard(
  engine: Engine,
  server: string,
  { seed, units }: SealedCard,
): Promise<LinkCardBody | "lost" | undefined> {
  const { media } = engine.ports;
  if (media === undefined) return undefined;
  const pointer = { server, ...placeOf(engine, seed), bytes: units * linkCardLimits.unitBytes, expiresDay: 0 };
  const plain = await fetchPart(engine, media, pointer);
  if (plain === "lost") return "lost";
  return plain === "gone" ? undefined : decodeLinkCard(plain);
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

/** Home answers soon or not at all: whoever wants their link is not kept waiting. */
export async function cardSoon(engine: Engine, made: Promise<SealedCard | undefined>): Promise<SealedCard | undefined> {
  const soonMs = 3_000;
  return Promise.race([
    made.catch(() => undefined),
    new Promise<undefined>((resolve) => engine.ports.after(soonMs, () => resolve(undefined))),
  ]);
}
