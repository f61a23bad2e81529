/**
 * Answers requests to join (docs/spec/groups.md GR26, GR27): how a device of an owner or admin handles a request from a
 * holder of the group's link.
 */

import { encodeNote, type NoteOf } from "@yanshu/content";
import { type Group, type GroupState, type ReadKeyPackage, roleOf } from "@yanshu/mls";
import {
  countDiagnostic,
  deleteJob,
  deleteJoinRequest,
  deleteMessage,
  dropOldRequests,
  forgetPerson,
  hasEndedLink,
  learnPerson,
  readContact,
  readConversation,
  readJoinRequest,
  readPerson,
  takeAsking,
  writeJoinRequest,
} from "@yanshu/store";
import {
  type AccountHistory,
  type AccountId,
  accountIdOf,
  type Bytes,
  type ConversationId,
  concat,
  deviceIdOf,
  devicesOf,
  equalBytes,
  plain,
  toHex,
  utf8,
} from "@yanshu/wire";
import { pack, unpack } from "../cbor.ts";
import { type Engine, ownOf, sameBytes, topicOf } from "../core/engine.ts";
import { deposit } from "../group-state/deposit.ts";
import { type Job, jobsOf, plan, type StoredJob } from "../group-state/jobs.ts";
import { joinBytes } from "../group-state/join-bytes.ts";
import { insertLine, lineIdOf } from "../group-state/lines.ts";
import { type NoteTarget, notePart } from "../group-state/notes.ts";
import { isAmong } from "../group-state/store-group.ts";
import { withSecret } from "./group-link.ts";

type Verdict = NoteOf<"answer">["verdict"];

/** How many requests wait for a person's decision in a group; the newest are kept. */
const waitingMax = 100;
/** The largest note, in bytes: enough for ten devices and a device list of about a hundred entries. */
const askingBytesMax = 128 * 1024;
/** A clock may be ahead by as much. */
const aheadMsMax = 86_400_000;

/** In the turn. Returns whether it was a request by a link of a group that is known here. */
export async function answerJoin(engine: Engine, note: NoteOf<"join">): Promise<boolean> {
  const { db, ports } = engine;
  const account = accountIdOf(ports.crypto.sha256, note.history.inception);
  const group = withSecret(engine, note.secret);
  // A request without a link of ours gets no answer, and causes no work. @checks GR27
  const isKnown = group !== undefined || hasEndedLink(db, note.secret);
  const offered = isKnown && sizeOf(note) <= askingBytesMax ? await offeredBy(engine, account, note) : undefined;
  // @checks GR26
  if (offered === undefined) return refused(engine);
  if (group === undefined) {
    answer(engine, offered, "reset");
    return true;
  }
  const { conversation } = group.state;
  const own = ownOf(engine).account;
  const row = readConversation(db, conversation);
  // @checks GR27
  const mayAct = row?.state === "open" && roleOf(group.state, own) !== undefined;
  // This device does not admit an account that its person blocked; another admin's device may. @checks GR27
  if (!mayAct || readContact(db, account)?.state === "blocked") return true;
  // Of a thousand others far ahead none would ever be the oldest, and nobody came in any more. @checks GR69
  if (note.askedMs > ports.nowMs() + aheadMsMax) return refused(engine);
  // @checks GR27
  if (!db.transaction(() => takeAsking(db, conversation, note.device, note.askedMs))) return refused(engine);
  const verdict = verdictOn(group.state, note.secret, ports.nowMs());
  if (verdict !== undefined) {
    answer(engine, offered, verdict);
    return true;
  }
  // @checks GR27
  if (isInside(engine, group, account)) return true;
  if (willAsk(engine, group)) {
    const { name, askedMs } = note;
    db.transaction(() => askPerson(engine, conversation, { account, name, askedMs, offer: offerIn(note) }));
    answer(engine, offered, "waiting");
  } else await letIn(engine, conversation, account, note.name, offerIn(note), { askedMs: note.askedMs });
  return true;
}

function refused({ db }: Engine): false {
  countDiagnostic(db, "join-refused");
  return false;
}

function sizeOf({ history, keyPackages }: NoteOf<"join">): number {
  return [...history.entries, ...keyPackages].reduce((sum, { length }) => sum + length, 0);
}

/**
 * The first key package, if all are of devices that the account lists, and one of those sent the request. @checks GR26
 */
async function offeredBy(
  engine: Engine,
  account: AccountId,
  note: NoteOf<"join">,
): Promise<ReadKeyPackage | undefined> {
  const { crypto } = engine.ports;
  const list = await engine.lists.read(note.history);
  const listed = list === undefined ? [] : devicesOf(crypto, list);
  const asker = listed.find(({ id }) => equalBytes(id, note.device));
  if (asker === undefined || !(await crypto.verify(asker.key, joinBytes(note, crypto.sha256), note.signature)))
    return undefined;
  const packages = await Promise.all(note.keyPackages.map((bytes) => engine.mls.readKeyPackage(bytes)));
  const honest = packages.every(
    (read) =>
      read !== undefined &&
      equalBytes(read.account, account) &&
      // not a check: mls takes no leaf whose device is not the hash of its key.
      equalBytes(deviceIdOf(crypto.sha256, read.deviceKey), read.device) &&
      listed.some(({ id }) => equalBytes(id, read.device)),
  );
  return honest ? packages[0] : undefined;
}

/** Why the link does not admit somebody; undefined if it does. @checks GR27 */
function verdictOn({ link }: GroupState, secret: Bytes, nowMs: number): Verdict | undefined {
  if (link === undefined || !equalBytes(link.secret, secret)) return "reset";
  if (link.expiresMs <= nowMs) return "expired";
  return link.left === 0 ? "used-up" : undefined;
}

/**
 * Why this state does not allow a `join` job: the link ended before the job ran, or a person decides now. @checks GR27
 */
export function whyVoid(engine: Engine, group: Group, job: Job): Verdict | undefined {
  if (job.kind !== "join" || job.isApproved) return undefined;
  const verdict = verdictOn(group.state, job.secret, engine.ports.nowMs());
  return verdict ?? (willAsk(engine, group) ? "waiting" : undefined);
}

/** Deletes such a job; the account is told why, and waits if a person decides (GR27.4). Inside a transaction. */
export function strikeVoid(engine: Engine, group: Group, { id, job }: StoredJob): void {
  const why = whyVoid(engine, group, job);
  if (job.kind !== "join" || why === undefined) return;
  deleteJob(engine.db, id);
  if (why === "waiting") {
    const { account, secret, packages } = job;
    const name = readPerson(engine.db, account)?.name ?? "";
    const asking = { account, name, askedMs: job.askedMs ?? 0, offer: { secret, packages } };
    askPerson(engine, group.state.conversation, asking);
  }
  refuse(engine, job, why);
}

/** Whether a person decides about requests: by the group's settings, or by a job that will change them. */
function willAsk(engine: Engine, { state }: Group): boolean {
  const planned = jobsOf(engine, state.conversation).findLast(({ job }) => job.kind === "approval")?.job;
  return planned?.kind === "approval" ? planned.isOn : state.settings.approval === true;
}

/** Whether the account is in and stays: one that is about to be removed can only join after that. */
export function isInside(engine: Engine, group: Group, account: AccountId): boolean {
  const goes = jobsOf(engine, group.state.conversation).some(
    ({ job }) => job.kind === "remove" && equalBytes(job.account, account),
  );
  return !goes && isAmong(account, group.members);
}

type Asking = {
  readonly account: AccountId;
  readonly name: string;
  readonly askedMs: number;
  readonly offer: Offer;
};

/** Shows the request to the person. A later request of the same account stays. Inside a transaction. */
export function askPerson(
  engine: Engine,
  conversation: ConversationId,
  { account, name, askedMs, offer }: Asking,
): void {
  const { db, ports } = engine;
  // @checks GR27
  if ((readJoinRequest(db, conversation, account)?.asked_ms ?? 0) > askedMs) return;
  learnPerson(db, { account, name: plain(name), avatar: undefined, ownWord: false, stampMs: 0 });
  const isNew = writeJoinRequest(db, conversation, {
    account,
    name,
    packages: pack(offer),
    asked_ms: askedMs,
    received_ms: ports.nowMs(),
  });
  const line = { kind: "asks-in", who: toHex(account) } as const;
  if (isNew) insertLine(engine, conversation, account, line, lineId(engine, account));
  // A dropped request leaves nothing behind.
  for (const gone of dropOldRequests(db, conversation, waitingMax)) {
    const of = lineId(engine, gone);
    for (const id of [of, lineIdOf(engine, of)]) deleteMessage(db, conversation, gone, id);
    forgetPerson(db, gone);
  }
  engine.changed(topicOf(conversation), "chats", "people");
}

function lineId({ ports }: Engine, account: AccountId): Bytes {
  return ports.crypto.sha256(concat(utf8("asks in\0"), account)).subarray(0, 16);
}

/**
 * The content of `join_requests.packages`. `history` is the account's device list, stored in `lists` once it is let in.
 */
export type Offer = { readonly secret: Bytes; readonly packages: readonly Bytes[]; readonly history?: AccountHistory };

function offerIn({ secret, keyPackages, history }: NoteOf<"join">): Offer {
  return { secret, packages: keyPackages, history };
}

/** Plans to let the account in; a repeated request does not add a second job. */
export async function letIn(
  engine: Engine,
  conversation: ConversationId,
  account: AccountId,
  name: string,
  { history, ...offer }: Offer,
  how: { readonly isApproved?: boolean; readonly askedMs: number },
): Promise<void> {
  if (history !== undefined) await engine.lists.take(history);
  const isPlanned = jobsOf(engine, conversation).some(
    ({ job }) =>
      job.kind === "join" && equalBytes(job.account, account) && sameBytes(job.packages[0], offer.packages[0]),
  );
  engine.db.transaction(() => {
    learnPerson(engine.db, { account, name: plain(name), avatar: undefined, ownWord: false, stampMs: 0 });
    if (!isPlanned) plan(engine, conversation, { kind: "join", account, ...offer, isApproved: false, ...how });
  });
  engine.schedule(conversation);
}

/** A person declined, here or on another admin's device: requests up to `askedMs` are refused. Inside a transaction. */
export function turnAway(engine: Engine, conversation: ConversationId, account: AccountId, askedMs: number): void {
  const row = readJoinRequest(engine.db, conversation, account);
  // @checks GR27
  if (row === undefined || row.asked_ms > askedMs) return;
  deleteJoinRequest(engine.db, conversation, account, askedMs);
  refuse(engine, unpack<Offer>(row.packages), "refused");
  engine.changed(topicOf(conversation), "chats");
}

function refuse(engine: Engine, { packages: [bytes] }: Pick<Offer, "packages">, verdict: Verdict): void {
  if (bytes === undefined) return;
  engine.mls
    .readKeyPackage(bytes)
    .then((read) => read && answer(engine, read, verdict))
    .catch(engine.failed);
}

/** Not awaited by the turn: if the answer is lost, the requester asks again. */
function answer(engine: Engine, to: NoteTarget, verdict: Verdict) {
  const send = async () => {
    const part = await notePart(engine, to, encodeNote({ kind: "answer", verdict }));
    await deposit(engine, [part]);
  };
  send().catch(engine.failed);
}
