/**
 * Meeting places (docs/spec/homes.md HM80–HM84): people whose home is gone, and who went to different ones, find each
 * other by slips on a board. A slip is sealed to one device of a group that both are in, and holds the home record of
 * who laid it; the board learns neither of them.
 */
import { type Group, openSealed, sealTo } from "@yanshu/mls";
import { countDiagnostic, readContact, readConversation, readMeta } from "@yanshu/store";
import {
  type AccountId,
  type Address,
  type Bytes,
  type Capability,
  concat,
  decodeSlip,
  encodeSlip,
  equalBytes,
  isServerName,
  meetingLimits,
  openHomeRecord,
  slipKey,
  slipTag,
  takeHomeRecord,
  toHex,
  weekOf,
} from "@yanshu/wire";
import type { MeetingView } from "../api/homes.ts";
import type { Answer, Errand } from "../connection/link.ts";
import { createAlarm } from "../core/alarm.ts";
import { type Engine, ownOf } from "../core/engine.ts";
import { ClientError } from "../errors.ts";
import { farOf, isLeftBehind } from "../group-state/places.ts";
import { isAmong } from "../group-state/store-group.ts";
import { noteOffered, type OfferKey } from "../identity/offered-reserve.ts";
import { otherHomes } from "../identity/other-home.ts";
import { heldHomes } from "../identity/own-homes.ts";
import {
  changeSlips,
  forgetFound,
  forgetOldStrays,
  namedMax,
  noteFound,
  notePlaces,
  readSlips,
  type Slips,
  type Sought,
  soughtMsMax,
  straysBeyond,
  straysSought,
} from "../identity/slips.ts";
import { isStandingIn } from "../identity/standing-in.ts";
import { forgetServer, forgetServerOf, homeKey, learnServerOf, serverKnown } from "../values/far-servers.ts";

const dayMs = 86_400_000;
const callFor = { "reserve-offered": "reserveOffered", "home-moves": "homeMoves" } as const;
/** In the first minutes a family waits for it. */
const oftenMs = 15_000;
const oftenMsMax = 15 * 60_000;
const seldomMs = 10 * 60_000;
const placesAgainMs = dayMs;
/** Each slip goes by itself, so that who keeps the board does not see which were laid by one device. */
const betweenMsMax = 4_000;
/** Home lets so many bytes a minute through to one server (PE59). */
const betweenPagesMs = 6_000;
/** One may be retired by now, or of a group that its device has lost. */
const slipsOfDevice = 3;
const slipsMax = 256;
/** In one round at one place, so that one with much holds up the others for a moment only. */
const laidAtOnce = 16;
const pagesAtOnce = 4;
const recordIdBytes = 16;
/** How often a slip is looked at that does not count yet. */
const looksMax = 20;
const lookedAtMax = 512;

export type MeetingWorker = {
  /** The device signed in, or went elsewhere. */
  readonly wake: (now?: "now") => void;
  readonly view: () => MeetingView | undefined;
  readonly meetAt: (place: string) => Promise<void>;
  readonly stop: () => void;
};

/** What opens slips for one of this device's leaves. */
type OwnLeaf = { readonly key: Bytes; readonly address: Address; readonly sealPrivate: Bytes };

type Look = { readonly account: AccountId; readonly when: string; readonly times: number };

export function createMeetingWorker(engine: Engine): MeetingWorker {
  const { db, ports } = engine;
  const { plan, stop } = createAlarm(ports, run);
  /** One tunnel to each board, in which nothing else is said: a board that knows a reader again learns of no post. */
  const readers = new Map<string, Errand>();
  /**
   * Slips for this device that count or never will, by what they are as a whole: another may come under the tag of one.
   * Then weeks that no slip comes to any more, by place.
   */
  const judged = new Set<string>();
  const over = new Set<string>();
  /** By leaf, slips that do not count yet, by what they are as a whole. */
  const looks = new Map<string, Map<string, Look>>();
  let isRunning = false;
  let isStopped = false;
  let isWanted = false;

  function run(): void {
    isWanted ||= isRunning;
    if (isRunning || isStopped || engine.own === undefined || engine.phase !== "ready" || isStandingIn(engine)) return;
    if (!engine.link.isReady("signed") || !engine.link.isReady("anonymous")) return; // The next sign-in wakes it.
    isRunning = true;
    isWanted = false;
    work()
      .catch((error: unknown) => {
        engine.failed(error);
        return seldomMs;
      })
      .then((againMs) => {
        isRunning = false;
        if (againMs !== oftenMs) closeReaders();
        if (isWanted) plan(0);
        else if (againMs !== undefined) plan(againMs * (0.5 + ports.chance() / 2));
      })
      .catch(engine.failed);
  }

  /** Returns after how long it goes on; undefined: nobody is looked for. */
  async function work(): Promise<number | undefined> {
    db.transaction(() => forgetOldStrays(db, ports.nowMs()));
    await dropOvertaken();
    await learnPlaces();
    const sought = soughtLeaves(engine);
    const { sinceMs } = readSlips(db);
    if (sought.length === 0) {
      if (sinceMs !== undefined) db.transaction(() => changeSlips(db, ({ sinceMs: _, ...held }) => held));
      return undefined;
    }
    const nowMs = ports.nowMs();
    const fromMs = sinceMs ?? nowMs;
    if (sinceMs === undefined) db.transaction(() => changeSlips(db, (held) => ({ ...held, sinceMs: nowMs })));
    if (nowMs - fromMs > soughtMsMax) return undefined;
    // Read before it laid slips, a device would end the search of its person and be found by nobody.
    if (!isRecordTold(engine)) return oftenMs;
    const places = placesOf(engine);
    // Beside each other: one that does not answer, or never ends, holds up no other.
    const isMore = await Promise.all(
      places.map(async (place) => {
        const lays = await layAt(place, sought, betweenMsMax * places.length);
        return (await readAt(place)) || lays;
      }),
    );
    return isMore.includes(true) || ports.nowMs() - fromMs < oftenMsMax ? oftenMs : seldomMs;
  }

  /** Home says which servers are meeting places, while it is there to say so (HM80). */
  async function learnPlaces(): Promise<void> {
    const { server } = ownOf(engine);
    const ms = ports.nowMs();
    const { asked } = readSlips(db);
    if (asked?.server === server && ms >= asked.ms && ms - asked.ms < placesAgainMs) return;
    // It does not learn who asks: else it could answer each account with a name of its own (HM80).
    const answer = await engine.link.call("anonymous", "meetingPlaces", {});
    if (!isAnswered(answer)) return;
    const said = answer.kind === "ok" ? answer.value.places.filter((place) => isServerName(place)) : [];
    db.transaction(() => notePlaces(db, server, [...new Set(said)], ms));
    // All are asked for again at the next look: what was said already counts until then.
    const isTold = (await learnOffered(server, "reserve-offered")) && (await learnOffered(server, "home-moves"));
    if (!isTold) db.transaction(() => changeSlips(db, ({ asked: _, ...held }) => held));
    // Met while this home lives, a place is known by its key, whatever the next home says (HM80).
    for (const place of said)
      if (place !== server && homeKey(db) !== undefined && serverKnown(db, place) === undefined)
        await engine.link.meet(place);
  }

  /**
   * Which reserve home's operator offers (HM117), or where home goes (HM118), asked for as meeting places are. Returns
   * whether home answered.
   */
  async function learnOffered(server: string, key: OfferKey): Promise<boolean> {
    const answer = await engine.link.call("anonymous", callFor[key], {});
    // not a check: home did not answer, and is asked again.
    if (!isAnswered(answer)) return false;
    const [link] = answer.kind === "ok" ? answer.value.links : [];
    if (db.transaction(() => noteOffered(db, key, server, link))) engine.changed("homes", "status");
    return true;
  }

  async function readerAt(place: string): Promise<Errand | undefined> {
    const held = readers.get(place);
    if (held !== undefined) return held;
    const opened = await errandAt(place);
    if (opened !== undefined) readers.set(place, opened);
    return opened;
  }

  function closeReader(place: string): void {
    readers.get(place)?.close();
    readers.delete(place);
  }

  function closeReaders(): void {
    for (const reader of readers.values()) reader.close();
    readers.clear();
  }

  function errandAt(place: string): Promise<Errand | undefined> {
    const { server } = ownOf(engine);
    return place === server ? engine.link.errand(server) : engine.link.errandTo(place);
  }

  /**
   * Reads a board on from the pages that were full. It is asked by week and page, and by no number of its own. Returns
   * whether there is more.
   */
  async function readAt(place: string): Promise<boolean> {
    const nowMs = ports.nowMs();
    let left = pagesAtOnce;
    const [oldest, newest] = [weekOf(nowMs) - meetingLimits.weeksMore, weekOf(nowMs + dayMs)];
    for (let week = oldest; week <= newest; week++) {
      if (over.has(`${place} ${week}`)) continue;
      for (let page = pagesRead(place, week); page < meetingLimits.pagesMax; page++) {
        if (left-- === 0) return true;
        const reader = await readerAt(place);
        // not a check: the network's answer.
        if (reader === undefined || isStopped) return false;
        const answer = await reader.call("readSlips", { week, page });
        if (answer.kind !== "ok") {
          closeReader(place);
          return false;
        }
        const { slips } = answer.value;
        await takeSlips(slips);
        if (slips.length < meetingLimits.slipsMax) break;
        db.transaction(() => changeSlips(db, (held) => ({ ...held, read: readOn(held, place, week, oldest) })));
        await pause(betweenPagesMs);
      }
      // Clocks differ by less than a day.
      if (weekOf(nowMs - dayMs) > week) over.add(`${place} ${week}`);
    }
    return false;
  }

  function pagesRead(place: string, week: number): number {
    return readSlips(db).read.find((one) => one.place === place && one.week === week)?.pages ?? 0;
  }

  async function takeSlips(slips: readonly { readonly tag: Bytes; readonly box: Bytes }[]): Promise<void> {
    if (slips.length === 0) return;
    const { sha256 } = ports.crypto;
    const own = ownLeaves(engine);
    const sought = soughtLeaves(engine);
    for (const { tag, box } of slips) {
      const leaf = own.find(({ key }) => equalBytes(slipTag(sha256, key, box), tag));
      if (leaf === undefined) continue;
      const slip = toHex(sha256(concat(tag, box)));
      if (judged.has(slip) || isLookedAtEnough(leaf, slip, sought)) continue;
      if (isStopped) return;
      const verdict = await judge(leaf, box, (account) => noteLook(leaf, slip, account, sought));
      if (verdict === "taken" || verdict === "refused") judged.add(slip);
      if (verdict === "refused") countDiagnostic(db, "slip-refused");
    }
  }

  /**
   * Who knows a leaf can lay slips for it that say nothing and never end: after some looks one waits until the list of
   * whom it names is longer, or that one is sought. Of a leaf so many are looked at, and no more. @checks HM93
   */
  function isLookedAtEnough({ address }: OwnLeaf, slip: string, sought: readonly Sought[]): boolean {
    const ofLeaf = looks.get(toHex(address));
    const held = ofLeaf?.get(slip);
    if (held === undefined) return ofLeaf !== undefined && ofLeaf.size >= lookedAtMax;
    return held.times >= looksMax && held.when === whenOf(held.account, sought);
  }

  function noteLook({ address }: OwnLeaf, slip: string, account: AccountId, sought: readonly Sought[]): void {
    const when = whenOf(account, sought);
    const ofLeaf = looks.get(toHex(address)) ?? new Map<string, Look>();
    looks.set(toHex(address), ofLeaf);
    const held = ofLeaf.get(slip);
    // One that is not sought is looked at again only once they are.
    const times = isAmong(account, sought) ? 1 : looksMax;
    ofLeaf.set(slip, { account, when, times: held?.when === when ? held.times + 1 : times });
  }

  /** What has to change before it can count. */
  function whenOf(account: AccountId, sought: readonly Sought[]): string {
    return `${engine.lists.get(account)?.entries.length} ${isAmong(account, sought)}`;
  }

  /** `later`: the device list that it counts by is not known yet. @checks HM84 */
  async function judge(
    { address, sealPrivate }: OwnLeaf,
    box: Bytes,
    look: (account: AccountId) => void,
  ): Promise<"taken" | "passed" | "refused" | "later"> {
    const plain = await openSealed(ports.crypto, sealPrivate, { purpose: "slip", address }, box);
    const said = plain && decodeSlip(plain);
    const read = said && openHomeRecord(said.record);
    if (said === undefined || read === undefined) return "refused";
    const { account, homes } = read.body;
    const server = homes[0];
    // A home that was left is no news, and may be who lays it. @checks HM84
    if (!isServerName(server) || isLeftBehind(engine, server)) return "refused";
    look(account);
    // @checks HM84
    if (!isAmong(account, soughtLeaves(engine))) return "passed";
    const known = await engine.lists.load(account);
    if (known === undefined) return "refused";
    // The list first, in which a device may be revoked since: its record counts less, or not at all.
    if (said.entries.length > 0) await engine.lists.take({ inception: known.inception, entries: said.entries });
    return takeRecord(account, server, said.record);
  }

  async function takeRecord(
    account: AccountId,
    server: string,
    bytes: Bytes,
  ): Promise<"taken" | "passed" | "refused" | "later"> {
    const list = await engine.lists.load(account);
    if (list === undefined) return "refused";
    const before = readSlips(db).found.find((one) => equalBytes(one.account, account))?.record;
    const step = await takeHomeRecord(ports.crypto, list, before && openHomeRecord(before), bytes);
    if (step.kind === "refused") return step.why === "unknown-head" ? "later" : "refused";
    // not a check: it is known, or a later one is.
    if (step.kind !== "taken") return "passed";
    db.transaction(() => {
      noteFound(db, account, bytes);
      learnServerOf(db, account, server);
    });
    engine.changed("homes", "contacts");
    engine.schedule();
    return "taken";
  }

  /**
   * A record by an earlier list counts no more for who is in a group from elsewhere by now: a thief's device that was
   * revoked since may have said it (HM84).
   */
  async function dropOvertaken(): Promise<void> {
    for (const { account, record } of readSlips(db).found) {
      const said = openHomeRecord(record)?.body;
      const head = (await engine.lists.load(account))?.entries.at(-1);
      if (said === undefined || head === undefined || head.body.n <= said.n || !isElsewhere(engine, account)) continue;
      db.transaction(() => {
        forgetFound(db, account);
        forgetServerOf(db, account, said.homes[0] ?? "");
      });
    }
  }

  /**
   * Slips are laid again each week, since a board keeps them for some, and when the home record is another. Returns
   * whether there are more.
   */
  async function layAt(place: string, sought: readonly Sought[], betweenMs: number): Promise<boolean> {
    const { crypto } = ports;
    const own = ownOf(engine);
    const record = heldHomes(engine);
    const list = engine.lists.get(own.account);
    // not a check: both are there by then.
    if (record === undefined || list === undefined) return false;
    let left = laidAtOnce;
    const week = weekOf(ports.nowMs());
    const id = crypto.sha256(record.bytes).slice(0, recordIdBytes);
    const entries = list.entries.map(({ bytes }) => bytes);
    const laid = readSlips(db).laid.find((one) => one.place === place);
    let addresses = laid?.week === week && equalBytes(laid.record, id) ? laid.addresses : new Uint8Array();
    for (const leaf of leavesToReach(sought)) {
      // not a check: the device goes elsewhere.
      if (isStopped || ownOf(engine).server !== own.server) return false;
      if (isIn(addresses, leaf.address)) continue;
      if (left-- === 0) return true;
      const { sealKey, address } = leaf;
      const box = await sealTo(crypto, sealKey, { purpose: "slip", address }, encodeSlip(record.bytes, entries));
      await pause(ports.chance() * betweenMs);
      const errand = await errandAt(place);
      if (errand === undefined) return false;
      const tag = slipTag(crypto.sha256, slipKey(crypto.sha256, leaf), box);
      const answer = await errand.call("putSlip", { tag, box }).finally(errand.close);
      if (answer.kind !== "ok") return false; // Full, or no meeting place: it is tried again.
      addresses = concat(addresses, address);
      const now = { place, record: id, week, addresses };
      db.transaction(() => changeSlips(db, (held) => ({ ...held, laid: laidAnd(held, now) })));
    }
    return false;
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => ports.after(ms, resolve));
  }

  return {
    wake: (now) => plan(now === "now" ? 0 : oftenMs),
    view: () => meetingView(engine),
    meetAt: async (typed) => {
      const place = typed.trim().toLowerCase();
      // not a check: what its own person asks for.
      if (!isServerName(place)) throw new ClientError("bad-link");
      closeReader(place);
      db.transaction(() => {
        // Home of before may have shown a false key for it, which would stand for ever (HM92).
        if (!isLivedAt(engine, place)) forgetServer(db, place);
        changeSlips(db, (held) => ({
          ...held,
          named: [place, ...held.named.filter((one) => one !== place)].slice(0, namedMax),
        }));
      });
      engine.changed("homes");
      plan(0);
    },
    stop: () => {
      isStopped = true;
      closeReaders();
      stop();
    },
  };
}

/**
 * Leaves of people who were at a home that is gone, as long as no group has the account elsewhere. Only of the group
 * that a conversation has now, of conversations in which this person is, and of nobody who is blocked: whoever opens a
 * slip reads where this account lives. Those of fewest people come first. @checks HM83
 */
function soughtLeaves(engine: Engine): readonly Sought[] {
  const { db } = engine;
  const own = ownOf(engine).account;
  const left = new Set(otherHomes(db).filter((server) => isLeftBehind(engine, server)));
  if (left.size === 0) return []; // not a check: nobody is sought then, and nothing is read for it.
  const elsewhere = new Set<string>();
  const sought = new Map<string, Sought>();
  const groups = [...engine.groups.values()].filter((group) => isPresent(engine, group));
  for (const { groupId: group, members, state } of groups.sort(
    (one, other) => one.members.length - other.members.length,
  ))
    for (const member of members) {
      if (equalBytes(member.account, own)) continue;
      const { conversation } = state;
      if (!left.has(member.server)) elsewhere.add(toHex(member.account));
      else if (!sought.has(toHex(member.address)))
        sought.set(toHex(member.address), { ...member, conversation, group });
    }
  for (const stray of straysSought(db)) if (left.has(stray.server)) sought.set(toHex(stray.address), stray);
  return [...sought.values()].filter(
    ({ account, device }) =>
      !elsewhere.has(toHex(account)) &&
      readContact(db, account)?.state !== "blocked" &&
      engine.lists.devices(account).some(({ id }) => equalBytes(id, device)),
  );
}

/** The group that is written to, of a conversation in which this person is or waits for the other. */
function isPresent({ db }: Engine, { groupId, state }: Group): boolean {
  const row = readConversation(db, state.conversation);
  const isHere = row?.state === "open" || row?.state === "request-out";
  return isHere && row.group_id !== null && equalBytes(row.group_id, groupId);
}

/** Whether home knows the record by which the account is at home there. */
function isRecordTold(engine: Engine): boolean {
  const isOwn = heldHomes(engine)?.body.homes[0] === ownOf(engine).server;
  return isOwn && readMeta(engine.db, "homes-owed") === undefined;
}

function isElsewhere(engine: Engine, account: AccountId): boolean {
  return [...engine.groups.values()].some(({ members }) =>
    members.some((member) => equalBytes(member.account, account) && !isLeftBehind(engine, member.server)),
  );
}

/** A few leaves of each device, of every account one before a second. */
function leavesToReach(sought: readonly Sought[]): readonly Sought[] {
  const counts = new Map<string, number>();
  const next = (id: Bytes) => {
    const count = counts.get(toHex(id)) ?? 0;
    counts.set(toHex(id), count + 1);
    return count;
  };
  return sought
    .flatMap((leaf) => (next(leaf.device) < slipsOfDevice ? [{ leaf, nth: next(leaf.account) }] : []))
    .sort((one, other) => one.nth - other.nth)
    .slice(0, slipsMax)
    .map(({ leaf }) => leaf);
}

function ownLeaves({ db, ports: { crypto } }: Engine): readonly OwnLeaf[] {
  // Others may hold a leaf of before, and the group that was before another took its place.
  return db
    .all<{ group_id: Bytes; address: Address; claim_cap: Capability; seal_private: Bytes }>(
      `SELECT g.group_id, a.address, a.claim_cap, a.seal_private
       FROM addresses a JOIN groups g ON g.conversation = a.conversation`,
    )
    .map(({ group_id, address, claim_cap, seal_private }) => ({
      key: slipKey(crypto.sha256, { group: group_id, address, claimCap: claim_cap }),
      address,
      sealPrivate: seal_private,
    }));
}

/** Those that the person named, and those that homes named. */
function placesKnown({ db }: Engine): readonly string[] {
  const { named, places } = readSlips(db);
  return [...new Set([...named, ...places.map(({ name }) => name)])];
}

/**
 * Whether a contact is at that server, in a conversation that goes on: then its key says whom one is with. What a
 * stranger's request or a card says of a server counts for nothing. @checks HM92
 */
function isLivedAt(engine: Engine, server: string): boolean {
  return [...engine.groups.values()].some(
    (group) =>
      isPresent(engine, group) &&
      readConversation(engine.db, group.state.conversation)?.state === "open" &&
      group.members.some(
        (member) => member.server === server && readContact(engine.db, member.account)?.state === "contact",
      ),
  );
}

/** Those of them that are reached: home, if it is one, and others through it. */
function placesOf(engine: Engine): readonly string[] {
  const own = ownOf(engine).server;
  return placesKnown(engine).filter(
    (place) => place === own || (!isLeftBehind(engine, place) && farOf(engine, place) !== undefined),
  );
}

function meetingView(engine: Engine): MeetingView | undefined {
  if (engine.own === undefined) return undefined;
  const { found, sinceMs } = readSlips(engine.db);
  const places = placesKnown(engine);
  // Also before the first round: a terminal asks as soon as it is signed in.
  const isOver = sinceMs !== undefined && engine.ports.nowMs() - sinceMs > soughtMsMax;
  const missing = isOver
    ? []
    : [...soughtLeaves(engine), ...straysBeyond(engine.db)].map(({ account }) => toHex(account));
  const met = new Set(found.map(({ account }) => toHex(account)));
  const left = [...new Set(missing)].filter((account) => !met.has(account));
  return places.length === 0 && left.length === 0 ? undefined : { places, missing: left };
}

/** One more page of that week was full. Weeks before `oldest` are over. */
function readOn({ read }: Slips, place: string, week: number, oldest: number): Slips["read"] {
  const isIt = (one: Slips["read"][number]) => one.place === place && one.week === week;
  const pages = (read.find(isIt)?.pages ?? 0) + 1;
  return [...read.filter((one) => !isIt(one) && one.week >= oldest), { place, week, pages }];
}

/** Places where nothing was laid in these weeks are dropped. */
function laidAnd({ laid }: Slips, now: Slips["laid"][number]): Slips["laid"] {
  return [...laid.filter(({ place, week }) => place !== now.place && week >= now.week - 1), now];
}

function isIn(addresses: Bytes, address: Address): boolean {
  for (let at = 0; at < addresses.length; at += address.length)
    if (equalBytes(addresses.subarray(at, at + address.length), address)) return true;
  return false;
}

/** A home of an older version knows no such call, and names nothing. Whatever else is refused is asked again. */
function isAnswered(answer: Answer<unknown>): boolean {
  return answer.kind === "ok" || (answer.kind === "error" && answer.code === "unknown-method");
}
