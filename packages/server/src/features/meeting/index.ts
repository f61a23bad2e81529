/**
 * Meeting: a board for people whose home is gone (docs/spec/homes.md HM80, HM81). Off unless the operator allows it.
 */
import { meetingLimits, weekOf } from "@yanshu/wire";
import { accept, done, refuse } from "../../core/outcome.ts";
import { regionOf } from "../../core/public-address.ts";
import { dayMs, hourMs } from "../../core/rate.ts";
import { limitByPlace, serverFeature, services } from "../../feature.ts";
import { meetingPort } from "./port.ts";
import { Shares } from "./shares.ts";
import { meetingTables, migrations, ofNobody } from "./tables.ts";

/** A client of another home: all of one home are one place. */
const peerMark = "peer ";
/** A name costs nothing: those whose network is not known have so many sixteenths together (HM89). */
const sharesByName = 4;
/** Of a network by IPv6 the /48. A name may have a `:` as well. */
const wholeOf = (place: string | undefined) =>
  place !== undefined && /^(peer|home) /.test(place) ? place : (regionOf(place) ?? place);
const isPeer = (prefix: string | undefined) => prefix?.startsWith(peerMark) === true;

export const meeting = serverFeature({
  name: "meeting",
  migrations,
  owned: [],
  ofNobody,
  tables: (prepare) => meetingTables(prepare),
  limits: {
    /** Slips on the board; 0: this server is no meeting place. */
    meetingSlips: 0,
    slipsPerHour: { prefix: 600 },
    /** `peer`: of all who come from one other home. */
    slipReadsPerHour: { prefix: 3_600, peer: 57_600 },
  },
  options: {
    "meeting-slips": {
      of: ["meetingSlips"],
      help: "people whose own server is gone leave so many slips here for each other, of 2 KiB each, for three weeks; 16384 is much",
    },
  },
  expire: (tables, today) => tables.expire(weekOf(today * dayMs) - meetingLimits.weeksMore),
  serve: ({ tables, config, clock, inCommit, ask }) => {
    const { places = [], reserve, next } = ask(meetingPort) ?? {};
    const asList = (link: string | undefined) => ({ links: link === undefined ? [] : [link] });
    const isOpen = config.meetingSlips > 0;
    const networkOf = ask(services.peerNetwork);
    const shares = new Shares(config.meetingSlips);
    const byName = new Shares(sharesByName * config.meetingSlips);
    /** All homes in one network are one place: names cost nothing (HM89). */
    const placeOf = (prefix: string | undefined) => {
      const network = isPeer(prefix) ? networkOf?.((prefix ?? "").slice(peerMark.length)) : undefined;
      return network ?? prefix;
    };
    const slipsByPlace = limitByPlace(config.slipsPerHour.prefix, hourMs, clock);
    const readsByPlace = limitByPlace(config.slipReadsPerHour.prefix, hourMs, clock);
    const readsByPeer = limitByPlace(config.slipReadsPerHour.peer, hourMs, clock);
    return {
      calls: {
        meetingPlaces: { grows: false, handle: (_from, _args, answer) => answer(accept({ places })) },
        reserveOffered: { grows: false, handle: (_from, _args, answer) => answer(accept(asList(reserve))) },
        homeMoves: { grows: false, handle: (_from, _args, answer) => answer(accept(asList(next))) },
        putSlip: {
          grows: true,
          limit: (from) => slipsByPlace({ ...from, prefix: placeOf(from.prefix) }),
          handle: (from, { tag, box }, answer) => {
            // @checks HM81
            if (!isOpen) return answer(refuse("unavailable"));
            const [week, place] = [weekOf(clock.nowMs()), wholeOf(placeOf(from.prefix))];
            const common = isPeer(place) ? "by name" : undefined;
            // @checks HM81
            if (!shares.take(place, week)) return answer(refuse("storage-full"));
            // @checks HM89
            if (!byName.take(common, week)) {
              shares.giveBack(place, week);
              return answer(refuse("storage-full"));
            }
            let isNew = false;
            inCommit(
              () => {
                isNew = false;
                if (tables.has(tag, box)) return done;
                // Those that came at least a week ago were laid again, or nobody looks any more. @checks HM81
                if (tables.count() >= config.meetingSlips) tables.giveUp(week - meetingLimits.weeksMore);
                // A full board forgets nobody else for the sake of others. @checks HM81
                if (tables.count() >= config.meetingSlips) return refuse("storage-full");
                tables.put(tag, box, week);
                isNew = true;
                return done;
              },
              (outcome) => {
                if (!isNew) {
                  shares.giveBack(place, week);
                  byName.giveBack(common, week);
                }
                answer(outcome);
              },
            );
          },
        },
        readSlips: {
          grows: false,
          limit: (from) =>
            isPeer(from.prefix) ? readsByPeer({ ...from, prefix: placeOf(from.prefix) }) : readsByPlace(from),
          handle: (_from, { week, page }, answer) => {
            // @checks HM81
            if (!isOpen) return answer(refuse("unavailable"));
            const { slipsMax } = meetingLimits;
            answer(accept({ slips: tables.of(week, page * slipsMax, slipsMax) }));
          },
        },
      },
    };
  },
});
