/**
 * Homes, at one of them (docs/spec/homes.md): an account comes with a list of its own, is told where it is, settles,
 * and leaves after a delay in which any of its devices may say no.
 */
import {
  arriveProofBytes,
  type Bytes,
  type CallArgs,
  type CallResult,
  compareHomeRecords,
  type DeviceList,
  equalBytes,
  type HomeRecord,
  type Homes,
  headOf,
  homesOf,
  openHomeRecord,
  rootOf,
  standing,
  takeHomeRecord,
  zeroHash,
} from "@yanshu/wire";
import { accept, done, type Outcome, refuse } from "../../core/outcome.ts";
import type { Clock, SyncPrimitives } from "../../core/ports.ts";
import { dayMs, dayOf } from "../../core/rate.ts";
import type { Arrivals, Signed } from "../../feature.ts";
import type { AccountRef } from "../../log/log.ts";
import type { HomeTables, Leaving } from "./tables.ts";

export type HomesAt = {
  readonly tables: HomeTables;
  readonly arrivals: Arrivals;
  readonly primitives: SyncPrimitives;
  readonly clock: Pick<Clock, "nowMs">;
  readonly domain: string;
  /** That pass whole before an account leaves; for how many one may arrive; and one for which this is the reserve. */
  readonly days: { readonly leaving: number; readonly arriving: number; readonly reserve: number };
  readonly committed: <T>(run: () => Outcome<T>) => Promise<Outcome<T>>;
};

const tries = 8;
type Nothing = Record<never, never>;

/** @param connection what the signature is bound to. @checks HM10, HM39 */
export async function arrive(
  at: HomesAt,
  connection: { readonly incarnation: Bytes; readonly nonce: Bytes },
  { token, history, key, signature, record }: CallArgs<"arrive">,
  prefix: string | undefined,
): Promise<Outcome<Nothing>> {
  const { arrivals, tables, primitives, domain, clock } = at;
  let taken: HomeRecord | undefined;
  let from = dayOf(clock.nowMs());
  const judge = async (list: DeviceList): Promise<Outcome<Nothing>> => {
    const head = headOf(list);
    if (head === undefined) return refuse("bad-entry"); // The root's word stands in an entry.
    const isListed = head.body.devices.some((one) => equalBytes(one, key));
    if (!isListed && !equalBytes(rootOf(list).key, key)) return refuse("bad-entry");
    const homeHash = record === undefined ? zeroHash : primitives.sha256(record);
    const proof = arriveProofBytes({ domain, ...connection, account: list.account, homeHash });
    if (!primitives.verify(key, proof, signature)) return refuse("bad-signature");
    const judged = record === undefined ? undefined : await takeHomeRecord(primitives, list, undefined, record);
    if (judged?.kind === "refused") return refuse("bad-entry");
    taken = judged?.record;
    const homes = homesOf(list, taken);
    from = arrivingFrom(at, homes);
    // @checks HM41
    return homes.homes.includes(domain) || homes.reserve === domain ? done : refuse("bad-entry");
  };
  const written = (account: AccountRef) => {
    tables.arrive(account, from);
    if (taken !== undefined) tables.putRecord(account, taken.bytes, dayOf(clock.nowMs()));
  };
  const lengthened = (account: AccountRef, list: DeviceList) => {
    const held = tables.of(account)?.record;
    const still = standing(list, held && openHomeRecord(held));
    if (taken !== undefined && (still === undefined || compareHomeRecords(primitives, taken, still) > 0))
      tables.putRecord(account, taken.bytes, dayOf(clock.nowMs()));
  };
  return arrivals.arrive({ token, history, judge, written, lengthened }, prefix);
}

/** The day from which those are counted that it may go on arriving (HM19, HM42): today, or one still to come. */
function arrivingFrom({ clock, domain, days }: HomesAt, { reserve }: Homes): number {
  return dayOf(clock.nowMs()) + (reserve === domain ? days.reserve - days.arriving : 0);
}

/**
 * Takes a record, if it counts, and with it what `then` writes.
 *
 * @param then whether, by the homes that count from now on; inside the commit.
 * @checks HM14
 */
export async function takeRecord(
  at: HomesAt,
  account: AccountRef,
  record: Bytes | undefined,
  then: (homes: readonly string[]) => Outcome<Nothing> = () => done,
): Promise<Outcome<{ readonly isNew: boolean }>> {
  const { tables, arrivals, primitives } = at;
  for (let attempt = 0; attempt < tries; attempt++) {
    const before = arrivals.of(account);
    if (before === undefined) return refuse("unknown-account");
    const { list } = before;
    const held = before.at.record;
    const step = record === undefined ? undefined : await takeHomeRecord(primitives, list, held, record);
    if (step?.kind === "refused") return refuse(step.why === "bad-signature" ? "bad-signature" : "bad-entry");
    const now = step?.record ?? held;
    const isNew = step?.kind === "taken";
    const wrote = await at.committed<"moved" | "done">(() => {
      const still = arrivals.of(account);
      const isStill = still !== undefined && headOf(still.list) === headOf(list) && isSame(still.at.record, held);
      if (!isStill) return accept("moved");
      const homes = homesOf(list, now);
      const may = then(homes.homes);
      if (!may.ok) return may;
      if (isNew && now !== undefined) tables.putRecord(account, now.bytes, dayOf(at.clock.nowMs()));
      // A device of it was here (HM42).
      const arriving = tables.of(account)?.arrivingDay;
      const from = arrivingFrom(at, homes);
      if (arriving !== undefined && arriving !== from) tables.arrive(account, from);
      return accept("done");
    });
    if (!wrote.ok) return wrote;
    if (wrote.value === "done") return accept({ isNew });
  }
  return refuse("unavailable");
}

function isSame(a: HomeRecord | undefined, b: HomeRecord | undefined): boolean {
  return a === undefined || b === undefined ? a === b : equalBytes(a.bytes, b.bytes);
}

/** The record, if it comes along, and that the account is here, in one step. @checks HM12 */
export function settle(
  at: HomesAt,
  account: AccountRef,
  { record }: CallArgs<"settle">,
): Promise<Outcome<{ readonly isNew: boolean }>> {
  return takeRecord(at, account, record, ([first]) => {
    // @checks HM37
    if (at.tables.of(account)?.isGoing === true) return refuse("unknown-account");
    if (first !== at.domain) return refuse("bad-entry");
    at.tables.settle(account);
    return done;
  });
}

export function homeState(
  { tables, clock, days }: Pick<HomesAt, "tables" | "clock" | "days">,
  account: AccountRef,
): CallResult<"homeState"> {
  const row = tables.of(account);
  const { record, leaving, arrivingDay } = row ?? {};
  return {
    isArriving: arrivingDay !== undefined,
    ...(record === undefined ? {} : { record }),
    ...(leaving === undefined
      ? {}
      : { leaving: { request: leaving.request, waitMs: waitMs(leaving, { clock, days }) } }),
  };
}

type When = Pick<HomesAt, "clock" | "days">;

function waitMs({ dueDay }: Pick<Leaving, "dueDay">, at: When): number {
  return Math.max(0, (dueDay ?? dueFromNow(at)) * dayMs - at.clock.nowMs());
}

function dueFromNow({ clock, days }: When): number {
  return dayOf(clock.nowMs()) + days.leaving + 1;
}

/**
 * Runs inside a commit.
 *
 * @param at.mayAsk whether somebody may begin to leave once more today.
 * @checks HM15, HM37
 */
export function leave(
  tables: HomeTables,
  { account, device }: Signed,
  { request }: CallArgs<"leave">,
  at: When & { readonly mayAsk: (account: AccountRef) => boolean },
): Outcome<CallResult<"leave"> & { readonly isNew: boolean }> {
  const row = tables.of(account);
  if (row?.isGoing === true) return refuse("unknown-account");
  const before = row?.leaving;
  if (before !== undefined && equalBytes(before.request, request))
    return accept({ waitMs: waitMs(before, at), isNew: false });
  if (!at.mayAsk(account)) return refuse("rate-limited");
  const dueDay = dueFromNow(at);
  tables.putLeaving(account, { request, by: device, dueDay });
  return accept({ waitMs: waitMs({ dueDay }, at), isNew: true });
}

/** Runs inside a commit (HM17). @checks HM37 */
export function stopLeaving(
  tables: HomeTables,
  account: AccountRef,
  { request }: CallArgs<"stopLeaving">,
): Outcome<Nothing> {
  const row = tables.of(account);
  if (row?.isGoing === true) return refuse("unknown-account");
  const asked = row?.leaving;
  if (asked !== undefined && equalBytes(asked.request, request)) tables.stopLeaving(account);
  return done;
}

type Anew = { readonly account: AccountRef; readonly leaving: Leaving & { readonly dueDay: number } };

/**
 * Accounts that leave now (HM15, HM19). A device that is out by now takes nobody away (HM17). `anew`: home was put back
 * since they asked (DS193).
 */
export function leavingNow(
  at: Pick<HomesAt, "tables" | "arrivals"> & When,
  today: number,
  arrivedBeforeDay: number,
): { readonly due: readonly AccountRef[]; readonly stopped: readonly AccountRef[]; readonly anew: readonly Anew[] } {
  const { tables, arrivals } = at;
  const due: AccountRef[] = [];
  const stopped: AccountRef[] = [];
  const anew: Anew[] = [];
  for (const account of tables.due(today, arrivedBeforeDay)) {
    const row = tables.of(account);
    const leaving = row?.leaving;
    const hasArrived = row?.arrivingDay === undefined || row.arrivingDay >= arrivedBeforeDay;
    if (leaving === undefined || !hasArrived) due.push(account);
    else if (!arrivals.isListed(account, leaving.by)) stopped.push(account);
    else if (leaving.dueDay === undefined) anew.push({ account, leaving: { ...leaving, dueDay: dueFromNow(at) } });
    else due.push(account);
  }
  return { due, stopped, anew };
}

/** Inside the commit that begins the removal: whether the account is due still. From then on nobody says no (HM37). */
export function go(
  { tables, arrivals }: Pick<HomesAt, "tables" | "arrivals">,
  account: AccountRef,
  today: number,
  arrivedBeforeDay: number,
): Outcome<Nothing> {
  const { leaving, arrivingDay = arrivedBeforeDay, isGoing } = tables.of(account) ?? {};
  const isDue = leaving?.dueDay !== undefined && leaving.dueDay <= today;
  const isAsked = isDue && arrivals.isListed(account, leaving.by);
  // @checks HM37
  if (isGoing !== true && !isAsked && arrivingDay >= arrivedBeforeDay) return refuse("unavailable");
  tables.go(account);
  return done;
}
