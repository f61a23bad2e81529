/**
 * Limit options: every limit of docs/spec/delivery.md DS24, DS25, DS60 and DS126 as an option of the server, with its
 * default. They stop floods, not conversation: an operator with five hundred people behind one address raises the
 * limits per prefix ("per place").
 */
import { defaultConfig, type ServerConfig } from "./core/config.ts";
import type { CoreConfig } from "./core/core-config.ts";
import type { LimitOption as Described } from "./feature.ts";
import { allFeatures } from "./log/feature-tables.ts";

export type LimitOption = {
  readonly help: string;
  /** The factor from the option's unit to the config's. */
  readonly unit: number;
  readonly read: (config: ServerConfig) => number;
  readonly write: (config: ServerConfig, value: number) => ServerConfig;
};

const mebi = 1024 * 1024;

const coreOptions: Readonly<Record<string, Described<CoreConfig>>> = {
  "sockets-per-place": {
    of: ["socketsMax", "prefix"],
    help: "sockets from one address (an IPv6 /56) on which nobody is signed in; raise it for a company or church behind one",
  },
  sockets: { of: ["socketsMax", "all"], help: "such sockets in all" },
  "member-sockets-per-place": {
    of: ["memberSocketsMax", "prefix"],
    help: "sockets from one address with a device signed in",
  },
  "member-sockets": { of: ["memberSocketsMax", "all"], help: "such sockets in all" },
  "piece-megabytes-per-place": {
    of: ["pieceBytesMax", "prefix"],
    help: "memory for large frames on their way, from one address",
    unit: mebi,
  },
  "piece-megabytes": { of: ["pieceBytesMax", "all"], help: "and in all", unit: mebi },
  "unsent-megabytes-per-place": {
    of: ["unsentBytesMax", "prefix"],
    help: "memory for what one address does not read, on sockets where nobody is signed in",
    unit: mebi,
  },
  "unsent-megabytes": { of: ["unsentBytesMax", "all"], help: "and all together", unit: mebi },
  "member-unsent-megabytes-per-place": {
    of: ["memberUnsentBytesMax", "prefix"],
    help: "the same, where a device is signed in",
    unit: mebi,
  },
  "member-unsent-megabytes": { of: ["memberUnsentBytesMax", "all"], help: "and all together", unit: mebi },
  "inbox-megabytes-per-place": {
    of: ["unhandledBytesMax", "prefix"],
    help: "memory for messages from one address that wait for their turn",
    unit: mebi,
  },
  "inbox-megabytes": { of: ["unhandledBytesMax", "all"], help: "and in all", unit: mebi },
  "list-megabytes": { of: ["listBytesKept"], help: "memory for lists of addresses", unit: mebi },
  "queue-messages": { of: ["queueMax"], help: "messages that may wait for one device" },
  "unacknowledged-megabytes": {
    of: ["unackedBytesMax"],
    help: "what one connected device may owe acknowledgements for; what comes then waits on the disk",
    unit: mebi,
  },
  "links-per-connection": {
    of: ["rendezvousMax", "connection"],
    help: "new devices that one connection may be linking",
  },
  "links-per-place": { of: ["rendezvousMax", "prefix"], help: "from one address" },
  links: { of: ["rendezvousMax", "all"], help: "and in all" },
  "transfers-per-place": { of: ["bodiesMax", "prefix"], help: "requests for files under way from one address" },
  transfers: { of: ["bodiesMax", "all"], help: "and in all" },
  "transfer-megabytes-per-place": {
    of: ["bodyBytesMax", "prefix"],
    help: "memory for parts of files on their way here, from one address",
    unit: mebi,
  },
  "transfer-megabytes": { of: ["bodyBytesMax", "all"], help: "and in all", unit: mebi },
  "posts-per-list": { of: ["postsPerMinute", "list"], help: "posts a minute to one group" },
  "posts-per-address": { of: ["postsPerMinute", "address"], help: "posts a minute to one address, by strangers too" },
  "posts-per-connection": { of: ["postsPerMinute", "connection"], help: "posts a minute on one connection" },
  "posts-per-place": { of: ["postsPerMinute", "prefix"], help: "posts a minute from one address" },
  "groups-per-connection": { of: ["createsPerHour", "connection"], help: "groups founded an hour on one connection" },
  "groups-per-place": { of: ["createsPerHour", "prefix"], help: "groups founded an hour from one address" },
  "groups-per-region": { of: ["createsPerHour", "region"], help: "groups founded an hour from one IPv6 /48" },
  groups: { of: ["createsPerHour", "all"], help: "groups founded an hour in all" },
  "calls-per-connection": { of: ["callsPerMinute", "connection"], help: "calls a minute on one connection" },
  "calls-per-place": { of: ["callsPerMinute", "prefix"], help: "calls a minute from one address" },
  "sign-ins-per-device": { of: ["signInsPerMinute", "device"], help: "sign-ins a minute of one device" },
  "restores-per-place": { of: ["restoresPerHour", "prefix"], help: "accounts brought back an hour from one address" },
  "restores-per-account": { of: ["restoresPerDay", "account"], help: "and of one account, a day" },
  "guesses-per-place": {
    of: ["guessesPerHour", "prefix"],
    help: "wrong invitations an hour from one address; the right one is taken",
  },
  "standing-registrations": {
    of: ["registrationsPerHour", "standing"],
    help: "people an hour by the standing invitation, and by each that is open to all",
  },
  "registrations-per-member": { of: ["registrationsPerDay", "member"], help: "people a day by one member's links" },
  "member-registrations": { of: ["registrationsPerDay", "members"], help: "people a day by members' links in all" },
  "quota-days": { of: ["quotaGrowsDays"], help: "days until a new account may keep as much as an old one" },
};

type Numbers = Readonly<Record<string, number | Readonly<Record<string, number>> | undefined>>;

/** The option for the number at `of`: a number of the config, or one in a group. */
function optionOf({ of, help, unit = 1 }: { of: readonly string[]; help: string; unit?: number }): LimitOption {
  const [name = "", key] = of;
  const found = (config: ServerConfig) => (config as unknown as Numbers)[name];
  const group = (config: ServerConfig) => found(config) as Readonly<Record<string, number>>;
  return {
    help,
    unit,
    read: (config) => (key === undefined ? (found(config) as number) : (group(config)[key] as number)),
    write: (config, value) => ({ ...config, [name]: key === undefined ? value : { ...group(config), [key]: value } }),
  };
}

export const limitOptions: Readonly<Record<string, LimitOption>> = Object.fromEntries(
  [coreOptions, ...allFeatures.map(({ options = {} }) => options)].flatMap((options) =>
    Object.entries(options).map(([name, option]) => [name, optionOf(option)]),
  ),
);

export function defaultOf({ read, unit }: LimitOption): number {
  return read(defaultConfig) / unit;
}
