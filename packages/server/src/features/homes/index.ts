/** Homes: an account comes from another home, and goes to one (docs/spec/homes.md). */
import { leaveProofBytes } from "@yanshu/wire";
import { accept, done, refuse } from "../../core/outcome.ts";
import { dayMs, dayOf, hourMs, RateLimit } from "../../core/rate.ts";
import { committedBy, limitByPlace, once, serverFeature, services, signed } from "../../feature.ts";
import { arrive, go, type HomesAt, homeState, leave, leavingNow, settle, stopLeaving, takeRecord } from "./homes.ts";
import { homeTables, migrations, owned, putBack } from "./tables.ts";

export const homes = serverFeature({
  name: "homes",
  migrations,
  owned,
  putBack,
  tables: (prepare) => homeTables(prepare),
  limits: {
    /** Whole days before an account leaves that a device sends away. */
    homeLeaveDays: 3,
    /** An account that came and has not settled is forgotten after so many. */
    homeArrivingDays: 30,
    /** So many, where this home is its reserve. */
    homeReserveDays: 400,
    /** From one IP prefix. */
    arrivalsPerHour: { prefix: 30 },
    /** Of wishes to leave, of one account. */
    leavesPerDay: { account: 10 },
  },
  options: {
    "home-leave-days": { of: ["homeLeaveDays"], help: "whole days before an account leaves that moved elsewhere" },
    "home-arriving-days": { of: ["homeArrivingDays"], help: "days for which an account may take to move in" },
    "home-reserve-days": {
      of: ["homeReserveDays"],
      help: "days for which a reserve keeps an account after a device of it was there last",
    },
    "arrivals-per-place": { of: ["arrivalsPerHour", "prefix"], help: "accounts that come from another home an hour" },
    "leaves-per-account": { of: ["leavesPerDay", "account"], help: "times a day that an account may begin to leave" },
  },
  serve: ({ tables, config, clock, primitives, ...server }) => {
    const { ask, inCommit, awaiting, byRoot, restoreRefusal, tellDevices, isDayKnown } = server;
    const arrivals = ask(services.arrivals);
    if (arrivals === undefined) throw new Error("invariant: the core provides arrivals");
    const leaves = new RateLimit(config.leavesPerDay.account, dayMs);
    const committed = committedBy(inCommit);
    let lookedHour = 0;
    const days = {
      leaving: config.homeLeaveDays,
      arriving: config.homeArrivingDays,
      reserve: config.homeReserveDays,
    };
    const at: HomesAt = { tables, arrivals, primitives, clock, domain: config.domain, days, committed };
    return {
      calls: {
        arrive: {
          grows: true,
          limit: limitByPlace(config.arrivalsPerHour.prefix, hourMs, clock),
          handle: (from, args, answer) => {
            const { nonce } = from;
            if (nonce === undefined) return answer(refuse("signed-in-connection"));
            awaiting(arrive(at, { incarnation: arrivals.incarnation, nonce }, args, from.prefix), answer);
          },
        },
        sayHome: {
          grows: false,
          handle: (from, { record }, answer) => {
            const { account } = signed(from);
            awaiting(
              takeRecord(at, account, record).then((outcome) => {
                if (outcome.ok && outcome.value.isNew) tellDevices(account, false);
                return outcome.ok ? done : outcome;
              }),
              answer,
            );
          },
        },
        homeState: {
          grows: false,
          handle: (from, _args, answer) => answer(accept(homeState(at, signed(from).account))),
        },
        settle: {
          grows: false,
          handle: (from, args, answer) => {
            const { account } = signed(from);
            awaiting(
              settle(at, account, args).then((outcome) => {
                if (outcome.ok) tellDevices(account, false);
                return outcome.ok ? done : outcome;
              }),
              answer,
            );
          },
        },
        findHome: {
          grows: false,
          handle: (_from, { capability }, answer) => {
            const found = arrivals.byCapability(capability);
            // @checks HM13
            if (found === undefined || found.at.isArriving) return answer(refuse("bad-capability"));
            const { account, history, at: where } = found;
            const record = where.record === undefined ? {} : { record: where.record.bytes };
            answer(accept({ account: account.id, history, ...record }));
          },
        },
        leave: {
          grows: false,
          handle: (from, args, answer) => {
            const who = signed(from);
            const nowMs = clock.nowMs();
            const mayAsk = once((account: number) => leaves.take(`${account}`, nowMs));
            inCommit(
              () => leave(tables, who, args, { clock, days, mayAsk }),
              (outcome) => {
                if (!outcome.ok) return answer(outcome);
                answer(accept({ waitMs: outcome.value.waitMs }));
                if (outcome.value.isNew) tellDevices(who.account, true);
              },
            );
          },
        },
        stopLeaving: {
          grows: false,
          handle: (from, args, answer) => {
            const { account } = signed(from);
            inCommit(
              () => stopLeaving(tables, account, args),
              (outcome) => {
                answer(outcome);
                if (outcome.ok) tellDevices(account, false);
              },
            );
          },
        },
        leaveNow: {
          grows: false,
          limit: restoreRefusal,
          handle: (from, args, answer) => {
            const root = byRoot(from);
            inCommit(
              () => root(args, (connection) => leaveProofBytes({ ...connection, account: args.account })),
              (outcome) => {
                if (!outcome.ok) return answer(outcome);
                const { ref } = outcome.value;
                const begin = () => {
                  tables.go(ref);
                  return done;
                };
                arrivals.remove(ref, begin, answer);
              },
            );
          },
        },
      },
      eachMinute: () => {
        if (!isDayKnown()) return; // Nothing goes for its age.
        const nowMs = clock.nowMs();
        const hour = Math.floor(nowMs / hourMs);
        if (hour === lookedHour) return;
        lookedHour = hour;
        const today = dayOf(nowMs);
        const before = today - config.homeArrivingDays;
        if (tables.due(today, before).length === 0) return;
        inCommit(
          () => {
            const { due, stopped, anew } = leavingNow(at, today, before);
            for (const account of stopped) tables.stopLeaving(account);
            for (const { account, leaving } of anew) tables.putLeaving(account, leaving);
            return accept(due);
          },
          (outcome) => {
            if (!outcome.ok) return;
            for (const account of outcome.value)
              arrivals.remove(
                account,
                () => go(at, account, today, before),
                () => undefined,
              );
          },
        );
      },
    };
  },
});
