/** Channels (docs/spec/channels.md): public logs, films, packs and marks. Home signs packs, and no entry. */
import { monthOf, ownChannelsPath, publicPath } from "@yanshu/wire";
import { accept, type Outcome, refuse } from "../../core/outcome.ts";
import { hourMs, minuteMs } from "../../core/rate.ts";
import { type CallRules, committedBy, serverFeature, services, signed } from "../../feature.ts";
import { channelActs, mirrorActs } from "./acts.ts";
import { AuthorLog } from "./author-log.ts";
import { Films } from "./films.ts";
import { Heads } from "./heads.ts";
import { PublicHttp } from "./http.ts";
import { channelLimits } from "./limits.ts";
import { Marks } from "./marks.ts";
import { Mirror } from "./mirror.ts";
import { publicReader } from "./mirror-port.ts";
import { Packs } from "./packs.ts";
import { channelTables, migrations, ofNobody, owned } from "./tables.ts";

const off = {
  grows: false,
  handle: (_from: unknown, _args: unknown, answer: (outcome: Outcome<never>) => void) => answer(refuse("unavailable")),
};
/** A server without files, or without a key, takes no channels. */
const isOff = {
  channelTerms: off,
  channelOpen: off,
  channelAppend: off,
  channelAt: off,
  filmBegin: off,
  filmChunks: off,
  channelMark: off,
  channelMarks: off,
} satisfies CallRules;
const noCounts = { channelsKept: 0, films: 0, filmsBytes: 0, filmsRoom: 0, packsMade: 0, mirroredBytes: 0 };

export const channels = serverFeature({
  name: "channels",
  migrations,
  owned,
  ofNobody,
  tables: channelTables,
  limits: channelLimits,
  options: {
    "channels-gib": { of: ["channelsBytesMax"], help: "room for films of channels, in GiB", unit: 1024 ** 3 },
    "mirror-gib": { of: ["mirrorBytesMax"], help: "room for films of other homes' channels, in GiB", unit: 1024 ** 3 },
    "film-mib": { of: ["filmBytesMax"], help: "the largest film of a channel, in MiB, up to 256", unit: 1024 ** 2 },
    "film-minutes": { of: ["filmMsMax"], help: "the longest film of a channel, in minutes", unit: minuteMs },
    "channel-entries": { of: ["channelEntriesPerDay"], help: "films, comments and the like of one channel a day" },
    "removed-days": { of: ["removedEntryDays"], help: "days in which a removed entry of a channel can be restored" },
    "channels-max": { of: ["channelsMax"], help: "channels of this home" },
    "pack-seconds": {
      of: ["packMsMin"],
      help: "the least time between two packs of what is new, in seconds",
      unit: 1_000,
    },
    "public-requests-per-place": {
      of: ["publicRequestsPerMinute", "prefix"],
      help: "requests for channels a minute from one address",
    },
    "wrong-marks-per-place": {
      of: ["wrongMarksPerMinute", "prefix"],
      help: "false likes a minute from one address",
    },
  },
  metrics: {
    channelsKept: { name: "channels", kind: "gauge", help: "Channels that are kept." },
    films: { name: "films", kind: "gauge", help: "Films of channels that are kept." },
    filmsBytes: { name: "films_bytes", kind: "gauge", help: "Their bytes." },
    filmsRoom: { name: "films_bytes_max", kind: "gauge", help: "Room for them, in bytes." },
    mirroredBytes: {
      name: "mirrored_films_bytes",
      kind: "gauge",
      help: "Bytes of other homes' films, kept or wanted.",
    },
    packsMade: { name: "packs_total", kind: "counter", help: "Packs of what is public that were made." },
  },
  expire: (tables, today) => {
    tables.removedUntil(today, 1_000);
    tables.forgetMarks(monthOf(today) - 1);
  },
  acts: (tables, ports) => ({ ...channelActs(tables, ports), ...mirrorActs(tables.mirror, ports) }),
  serve: (server) => {
    const { ask, tables, config, clock, random, primitives, pause, faults, inCommit, awaiting } = server;
    const disk = ask(services.films);
    const key = ask(services.homeKey);
    const uploadTokens = ask(services.uploadTokens);
    const committed = committedBy(inCommit);
    if (disk === undefined || key === undefined || uploadTokens === undefined)
      return { calls: isOff, counts: () => noCounts, acts: channelActs(tables, { committed }) };
    const { domain } = config;
    const ports = { tables, config, domain, key, disk, uploadTokens, clock, random, primitives, pause, committed };
    const look = () => packs.look();
    const marks = new Marks(ports, look);
    const packs = new Packs(ports, faults, () => marks.keysHash());
    const films = new Films(ports);
    const log = new AuthorLog(ports, films, look);
    const heads = new Heads(ports, films);
    const mirror = new Mirror(
      { ...ports, tables: tables.mirror, read: ask(publicReader), mayGrow: server.mayGrow },
      faults,
    );
    const http = new PublicHttp(
      { tables, packs, films, heads, disk, clock, mirror, home: { home: domain, key: key.publicKey } },
      config.publicRequestsPerMinute.prefix,
    );
    let sweptMs = Number.NEGATIVE_INFINITY;
    return {
      http: [publicPath, ownChannelsPath].map((path) => ({ path, answer: (request) => http.answer(request) })),
      acts: { ...channelActs(tables, { committed }, look), ...mirrorActs(tables.mirror, { committed }) },
      stop: () => {
        packs.stop();
        mirror.stop();
      },
      counts: () => {
        const { films: kept, bytes } = tables.filmTotals();
        return {
          channelsKept: tables.channels(),
          films: kept,
          filmsBytes: bytes,
          filmsRoom: config.channelsBytesMax,
          packsMade: packs.made,
          mirroredBytes: tables.mirror.totals().bytes,
        };
      },
      eachMinute: () => {
        look();
        mirror.look();
        if (clock.nowMs() - sweptMs < hourMs || !server.isDayKnown()) return;
        sweptMs = clock.nowMs();
        films.sweep().catch((error) => faults.caught("sweeping films", error)); // It is swept an hour later.
      },
      calls: {
        channelTerms: {
          grows: false,
          handle: (_from, _args, answer) =>
            awaiting(
              marks.publicKeys().then((markKeys) =>
                accept({
                  packKey: key.publicKey,
                  month: marks.month,
                  markKeys: [...markKeys],
                  filmBytesMax: config.filmBytesMax,
                  filmMsMax: config.filmMsMax,
                  entriesPerDay: config.channelEntriesPerDay,
                  packSeconds: Math.ceil(config.packMsMin / 1_000),
                  publishers: tables.isListed() ? ("listed" as const) : ("members" as const),
                }),
              ),
              answer,
            ),
        },
        channelOpen: {
          grows: true,
          handle: ({ prefix }, args, answer) => awaiting(log.open(args, prefix), answer),
        },
        channelAppend: {
          grows: true,
          handle: ({ prefix }, args, answer) => awaiting(log.append(args, prefix), answer),
        },
        channelAt: { grows: false, handle: (_from, args, answer) => answer(log.at(args)) },
        filmBegin: {
          grows: true,
          handle: ({ prefix }, args, answer) => awaiting(films.begin(args, prefix), answer),
        },
        filmChunks: { grows: true, handle: (_from, args, answer) => awaiting(films.add(args), answer) },
        channelMark: {
          grows: true,
          handle: ({ prefix }, args, answer) => awaiting(marks.mark(args, prefix), answer),
        },
        channelMarks: {
          grows: false,
          handle: (from, args, answer) => awaiting(marks.draw(signed(from).account, args), answer),
        },
      },
    };
  },
});
