/**
 * Requests to join (docs/spec/groups.md GR26): a group's link names devices of its owner and admins. Each gets a sealed
 * request, until one lets this device in or says why not. The key packages are made for this request alone, so a
 * Welcome that uses one was asked for.
 */

import { encodeNote, type LinkCardBody, type NoteOf } from "@yanshu/content";
import {
  deleteJoin,
  deleteKeyPackage,
  type JoinRow,
  readJoin,
  readJoinByAddress,
  readJoins,
  readKeyPackage,
  retireAddress,
  writeJoin,
} from "@yanshu/store";
import {
  type Address,
  type Bytes,
  type ConversationId,
  decodeLink,
  type GroupLink,
  historyOf,
  idBytes,
} from "@yanshu/wire";
import { pack, unpack } from "../cbor.ts";
import { type Engine, ownOf } from "../core/engine.ts";
import { deposit } from "../group-state/deposit.ts";
import { joinBytes } from "../group-state/join-bytes.ts";
import { byLink } from "../group-state/lines.ts";
import { notePart } from "../group-state/notes.ts";
import { fetchLinkCard, lookedCard } from "../history/link-card.ts";
import { registerAddresses } from "../identity/delivery-addresses.ts";
import { makeKeyPackage } from "../identity/key-packages.ts";
import { ownProfile } from "../identity/profile-bodies.ts";

/** A note may be lost, or no admin online for days: the request is repeated, each time after twice as long. */
const askAgainMs = 60_000;
const askAgainMsMax = 6 * 3_600_000;

/** Stores the request and sends it; repetitions follow by themselves. */
export async function startJoining(engine: Engine, link: GroupLink, fragment: string): Promise<void> {
  const { db, ports } = engine;
  const held = readJoin(db, link.secret);
  if (held?.state === "in") {
    // This account left since: the package of that request was used, so another is needed.
    db.transaction(() => deleteJoin(db, link.secret));
  }
  const usable = held === undefined || held.state === "in" ? undefined : readKeyPackage(db, held.address);
  const address = usable?.address ?? (await makeKeyPackage(engine, "hand", { features: [byLink] })).address;
  db.transaction(() =>
    writeJoin(db, {
      secret: link.secret,
      link: fragment,
      state: "asking",
      address,
      asked_ms: Math.max(ports.nowMs(), (held?.asked_ms ?? 0) + 1),
      tries: 0,
      conversation: null,
      // The card under one link never changes (ID62), so it need not be read again.
      admitters: held?.link === fragment ? held.admitters : null,
    }),
  );
  engine.changed("chats");
  // Not awaited: the request is stored, and is sent when home can be reached.
  ask(engine, link.secret).catch(engine.failed);
}

/** After a start: schedules the repetitions of all open requests. */
export function resumeJoining(engine: Engine): void {
  for (const row of readJoins(engine.db)) if (row.state === "asking") askLater(engine, row);
}

function askLater(engine: Engine, { secret, asked_ms, tries }: JoinRow): void {
  const waitMs = Math.min(askAgainMsMax, askAgainMs * 2 ** Math.min(tries, 16));
  engine.ports.after(Math.max(1_000, asked_ms + waitMs - engine.ports.nowMs()), () => {
    const row = readJoin(engine.db, secret);
    // The request may have been withdrawn, answered or repeated by the person meanwhile.
    if (row?.state === "asking" && row.asked_ms === asked_ms) ask(engine, secret).catch(engine.failed);
  });
}

async function ask(engine: Engine, secret: Bytes): Promise<void> {
  const { db, ports } = engine;
  const before = readJoin(db, secret);
  const read = before === undefined ? undefined : decodeLink(before.link);
  if (before?.state !== "asking" || read?.kind !== "group") return;
  const { link } = read;
  if (link.expiresMs <= ports.nowMs()) {
    settle(engine, before, "expired");
    return;
  }
  const row = { ...before, asked_ms: Math.max(ports.nowMs(), before.asked_ms + 1), tries: before.tries + 1 };
  db.transaction(() => writeJoin(db, row));
  askLater(engine, row);
  await engine.link.whenReady("anonymous");
  const own = ownOf(engine);
  const list = engine.lists.get(own.account);
  const offered = readKeyPackage(db, row.address);
  if (list === undefined || offered === undefined || !(await registerAddresses(engine))) return;
  const unsigned = {
    secret,
    name: ownProfile(engine).name,
    askedMs: row.asked_ms,
    device: own.device,
    keyPackages: [offered.bytes],
  };
  const { crypto } = ports;
  const signature = await crypto.sign(own.deviceKey.privateKey, joinBytes(unsigned, crypto.sha256));
  const note = encodeNote({ kind: "join", ...unsigned, history: historyOf(list), signature });
  const onCard = await admittersOnCard(engine, row, read);
  // The admitters are only on the card: with a forged card, none is asked rather than a stranger.
  if (onCard === "forged" && link.admitters.length === 0) {
    const now = readJoin(db, secret);
    if (now?.state === "asking") settle(engine, now, "reset");
    return;
  }
  const admitters = [...link.admitters, ...(onCard === "forged" ? [] : onCard)];
  // An admin at another home cannot be asked from ours yet.
  const near = admitters.filter((one) => (one.server ?? link.server) === own.server);
  const parts = await Promise.all(
    near.map(({ at }) =>
      notePart(engine, { address: at.slice(0, idBytes.address), sealKey: at.slice(idBytes.address) }, note),
    ),
  );
  if (parts.length > 0) await deposit(engine, parts);
}

type Admitters = NonNullable<LinkCardBody["admitters"]>;

/**
 * The admitters that the card names. The card is read once, so that home does not see a reader each time the request is
 * repeated.
 */
async function admittersOnCard(
  engine: Engine,
  { secret, admitters: held }: JoinRow,
  read: Extract<ReturnType<typeof decodeLink>, { kind: "group" }>,
): Promise<Admitters | "forged"> {
  if (held !== null) return unpack<Admitters>(held);
  const card = lookedCard(engine, read) ?? (await fetchLinkCard(engine, read));
  if (card === "forged") return card;
  if (typeof card !== "object") return [];
  const admitters: Admitters = card.admitters ?? [];
  const { db } = engine;
  db.transaction(() => {
    const now = readJoin(db, secret);
    if (now !== undefined) writeJoin(db, { ...now, admitters: pack(admitters) });
  });
  return admitters;
}

function settle(engine: Engine, row: JoinRow, state: JoinRow["state"]): void {
  engine.db.transaction(() => writeJoin(engine.db, { ...row, state }));
  engine.changed("chats");
}

/** An admitter answered; only those who were asked know the address. In the turn. */
export function hearAnswer(engine: Engine, address: Address, { verdict }: NoteOf<"answer">): void {
  const row = readJoinByAddress(engine.db, address);
  // Of three admitters one may have admitted this device already, or may know less than another. @checks GR26
  if (row === undefined || row.state === "in" || row.state === "refused") return;
  settle(engine, row, verdict);
}

/** A Welcome used the package of a request. Inside a transaction; returns whether the Welcome was asked for. */
export function joinedBy(engine: Engine, address: Address, conversation: ConversationId): boolean {
  const row = readJoinByAddress(engine.db, address);
  if (row === undefined) return false;
  writeJoin(engine.db, { ...row, state: "in", conversation });
  engine.changed("chats");
  return true;
}

/**
 * Withdraws a request. Its key package is deleted too, so that no admitter can add this device any more. Inside a
 * transaction.
 */
export function putAside(engine: Engine, secret: Bytes): void {
  const { db, ports } = engine;
  const row = readJoin(db, secret);
  if (row === undefined) return;
  deleteJoin(db, secret);
  if (row.state === "in") return;
  deleteKeyPackage(db, row.address);
  retireAddress(db, row.address, ports.nowMs());
  engine.deleteRetired();
  engine.changed("chats");
}
