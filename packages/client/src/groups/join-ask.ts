/**
 * Asking to come in (docs/spec/groups.md GR26): a group's link names devices of those who lead it; each is asked,
 * sealed, until one of them lets this device in or says why not. The packages are made for this asking alone, so a
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

/** A note may be lost, or nobody awake for days: asked again, each time after twice as long. */
const askAgainMs = 60_000;
const askAgainMsMax = 6 * 3_600_000;

/** Puts the asking into the store and sends it; it goes on by itself. */
export async function startJoining(engine: Engine, link: GroupLink, fragment: string): Promise<void> {
  const { db, ports } = engine;
  const held = readJoin(db, link.secret);
  if (held?.state === "in") {
    // Out again since: another package, for that one was used.
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
      // A card never says another thing under the same link (ID62).
      admitters: held?.link === fragment ? held.admitters : null,
    }),
  );
  engine.changed("chats");
  // Not awaited: the asking stands on this device, and goes when the way is there.
  ask(engine, link.secret).catch(engine.failed);
}

/** After a start: anyone who still waits asks again when it is due. */
export function resumeJoining(engine: Engine): void {
  for (const row of readJoins(engine.db)) if (row.state === "asking") askLater(engine, row);
}

function askLater(engine: Engine, { secret, asked_ms, tries }: JoinRow): void {
  const waitMs = Math.min(askAgainMsMax, askAgainMs * 2 ** Math.min(tries, 16));
  engine.ports.after(Math.max(1_000, asked_ms + waitMs - engine.ports.nowMs()), () => {
    const row = readJoin(engine.db, secret);
    // Put aside, answered, or asked by hand meanwhile.
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
  // Who is asked stands on the card alone: rather nobody than whom another names.
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
 * Whom the card names, which is read once: anyone who asks again, days later, does not have home see them look at it
 * each time.
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

/** One of those who were asked answers; only they know the address. In the turn. */
export function hearAnswer(engine: Engine, address: Address, { verdict }: NoteOf<"answer">): void {
  const row = readJoinByAddress(engine.db, address);
  // Of three who were asked, one may have let us in already, or know less than the other.
  // @checks GR26
  if (row === undefined || row.state === "in" || row.state === "refused") return;
  settle(engine, row, verdict);
}

/** A Welcome used this package. Inside a transaction; answers whether it was asked for. */
export function joinedBy(engine: Engine, address: Address, conversation: ConversationId): boolean {
  const row = readJoinByAddress(engine.db, address);
  if (row === undefined) return false;
  writeJoin(engine.db, { ...row, state: "in", conversation });
  engine.changed("chats");
  return true;
}

/** Inside a transaction: the package goes with it, so that nobody lets this device in any more. */
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
