/**
 * What the operator does about channels (docs/spec/channels.md CH10, CH22): nothing is done to an entry but by a
 * decision, which the next pack tells everybody with its reason.
 */
import {
  type Bytes,
  checkDecision,
  type Decision,
  fromHex,
  idBytes,
  isServerName,
  toHex,
  unlessMalformed,
} from "@yanshu/wire";
import { ActError, type ActPorts, type Acts, writesBy } from "../../feature.ts";
import type { MirrorTables } from "./mirror-tables.ts";
import { mayGo } from "./packs.ts";
import type { ChannelTables } from "./tables.ts";

type ChannelReport = {
  readonly channel: string;
  readonly entries: number;
  readonly isClosed: boolean;
  /** The newest of them, by hash. */
  readonly newest: readonly { readonly entry: string; readonly kind: string; readonly state: string }[];
};
type ChannelsReport = {
  readonly publishers: "members" | "listed";
  /** Of the organisation whose name this home has (CH95). */
  readonly own: readonly string[];
  readonly channels: readonly ChannelReport[];
};

const listedMax = 200;
const newestMax = 10;
const channelsMirroredMax = 500;
const homesMirroredMax = 64;
/** Of this home's own name: a file of one line for each is read whole. */
const ownMax = 500;
const states = ["there", "withdrawn", "removed"] as const;

/** @param told called once a decision is on disk. Absent: no server runs; the next one publishes it. */
export function channelActs(tables: ChannelTables, ports: ActPorts, told: () => void = () => undefined): Acts {
  const write = writesBy(ports);
  const decisionOf = (action: Decision["action"]) => async (args: Readonly<Record<string, unknown>>) => {
    const target = hashIn(args, "entry");
    const decision = unlessMalformed(() =>
      checkDecision({ target, action, reason: args["reason"], appeal: args["appeal"] }),
    );
    if (decision === undefined)
      throw new ActError("a decision has a reason and a place to object: --reason and --appeal");
    const entry = tables.entry(target);
    if (entry === undefined) throw new ActError("no entry has this hash");
    if (action === "remove" && !mayGo(entry))
      throw new ActError("an entry that says who signs, or what was withdrawn, stays");
    if (action === "restore" && (entry.state !== 2 || entry.bytes === undefined))
      throw new ActError("it was not removed, or its bytes are gone");
    await write(() => tables.addDecision(decision));
    told();
    return { entry: toHex(target), action };
  };
  const closed = (isClosed: boolean) => async (args: Readonly<Record<string, unknown>>) => {
    const channel = tables.channel(hashIn(args, "channel"));
    if (channel === undefined) throw new ActError("no channel has this id");
    await write(() => tables.setClosed(channel.ref, isClosed));
    return { channel: toHex(channel.channel), isClosed };
  };
  const owned = (isOwn: boolean) => async (args: Readonly<Record<string, unknown>>) => {
    const channel = hashIn(args, "channel");
    if (isOwn && tables.ownChannels().length >= ownMax) throw new ActError(`at most ${ownMax} channels are its own`);
    await write(() => tables.setOwn(channel, isOwn));
    return { channel: toHex(channel), isOwn };
  };
  const allowed = (isAllowed: boolean) => async (args: Readonly<Record<string, unknown>>) => {
    const channel = hashIn(args, "channel");
    await write(() => tables.setAllowed(channel, isAllowed));
    return { channel: toHex(channel), isAllowed };
  };
  return {
    "channels-remove": decisionOf("remove"),
    "channels-label": decisionOf("label"),
    "channels-restore": decisionOf("restore"),
    "channels-close": closed(true),
    "channels-reopen": closed(false),
    "channels-allow": allowed(true),
    "channels-deny": allowed(false),
    "channels-own": owned(true),
    "channels-disown": owned(false),
    "channels-publishers": async ({ publishers }) => {
      if (publishers !== "members" && publishers !== "listed") throw new ActError("publishers are members or listed");
      await write(() => tables.setListed(publishers === "listed"));
      return { publishers };
    },
    "channels-list": (): ChannelsReport => ({
      publishers: tables.isListed() ? "listed" : "members",
      own: tables.ownChannels().map(toHex),
      channels: tables.list(listedMax).map(({ ref, channel, entries, isClosed }) => ({
        channel: toHex(channel),
        entries,
        isClosed,
        newest: tables
          .entriesIn(ref, newestMax)
          .map(({ hash, kind, state }) => ({ entry: toHex(hash), kind, state: states[state] ?? "removed" })),
      })),
    }),
  };
}

/** What the operator keeps of other homes (docs/spec/channels.md CH70). */
export function mirrorActs(tables: MirrorTables, ports: ActPorts): Acts {
  const write = writesBy(ports);
  const named = ({ home }: Readonly<Record<string, unknown>>): string => {
    if (!isServerName(home)) throw new ActError("a home is meant by its name, as in its links: home.example");
    return home;
  };
  const held = (home: string) => {
    const row = tables.home(home);
    if (row === undefined) throw new ActError("this home is not mirrored");
    return row;
  };
  return {
    /** All of its films, or those of one channel more. */
    "mirrors-add": async (args) => {
      const home = named(args);
      const channel = args["channel"] === undefined ? undefined : hashIn(args, "channel");
      const before = tables.home(home);
      if (before === undefined && tables.homes().length >= homesMirroredMax)
        throw new ActError(`at most ${homesMirroredMax} homes are mirrored`);
      const channels = channel === undefined ? [] : [...(before?.channels ?? []), channel];
      if (channels.length > channelsMirroredMax)
        throw new ActError(`at most ${channelsMirroredMax} channels of a home`);
      const isWhole = before !== undefined && before.next > 0 && (channel !== undefined || before.channels.length > 0);
      // What was read already named films that were not wanted then.
      if (isWhole) throw new ActError("it is mirrored already: remove it first, and what is here is read anew");
      await write(() => {
        tables.addHome(home, new Uint8Array(0));
        tables.setChannels(home, channels);
      });
      return { home, channels: channels.map(toHex) };
    },
    "mirrors-remove": async (args) => {
      const { home } = held(named(args));
      await write(() => tables.dropHome(home));
      return { home };
    },
    "mirrors-list": () => ({
      homes: tables.homes().map(({ home, next, channels, fault, heardMs }) => ({
        home,
        packs: next,
        channels: channels.map(toHex),
        fault,
        heardMs,
      })),
      ...tables.totals(),
    }),
  };
}

function hashIn(args: Readonly<Record<string, unknown>>, name: "entry" | "channel"): Bytes {
  const given = args[name];
  if (typeof given === "string" && given.length === 2 * idBytes.hash && /^[0-9a-f]+$/.test(given))
    return fromHex(given);
  throw new ActError(
    `${name === "entry" ? "an entry is meant by its hash" : "a channel is meant by its id"}: 64 digits`,
  );
}
