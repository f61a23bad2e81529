/**
 * Limit options: every limit of docs/spec/delivery.md DS24, DS60 and DS126 as an option of the server, with its default. They are
 * there to stop floods, not talk: who has five hundred people behind one address raises what counts a place.
 */
import { defaultConfig, type ServerConfig } from "./core/config.ts";

/** Groups of limits in the config: numbers by what they count for. */
type Groups = {
  [G in keyof ServerConfig as ServerConfig[G] extends Readonly<Record<string, number>> ? G : never]: ServerConfig[G];
};
type Numbers = { [N in keyof ServerConfig as ServerConfig[N] extends number ? N : never]: ServerConfig[N] };

export type LimitOption = {
  readonly help: string;
  /** How many of the config's units one of the option's is. */
  readonly unit: number;
  readonly read: (config: ServerConfig) => number;
  readonly write: (config: ServerConfig, value: number) => ServerConfig;
};

const mebi = 1024 * 1024;

function inGroup<G extends keyof Groups>(group: G, key: string & keyof Groups[G], help: string, unit = 1): LimitOption {
  const of = (config: ServerConfig) => config[group] as unknown as Readonly<Record<string, number>>;
  return {
    help,
    unit,
    read: (config) => of(config)[key] as number,
    write: (config, value) => ({ ...config, [group]: { ...of(config), [key]: value } }),
  };
}

function alone(name: keyof Numbers, help: string, unit = 1): LimitOption {
  return {
    help,
    unit,
    read: (config) => config[name],
    write: (config, value) => ({ ...config, [name]: value }),
  };
}

export const limitOptions: Readonly<Record<string, LimitOption>> = {
  "sockets-per-place": inGroup(
    "socketsMax",
    "prefix",
    "sockets from one address (an IPv6 /56) on which nobody is signed in; raise it for a company or church behind one",
  ),
  sockets: inGroup("socketsMax", "all", "such sockets in all"),
  "member-sockets-per-place": inGroup("memberSocketsMax", "prefix", "sockets from one address with a device signed in"),
  "member-sockets": inGroup("memberSocketsMax", "all", "such sockets in all"),
  "piece-megabytes-per-place": inGroup(
    "pieceBytesMax",
    "prefix",
    "memory for large frames on their way, from one address",
    mebi,
  ),
  "piece-megabytes": inGroup("pieceBytesMax", "all", "and in all", mebi),
  "unsent-megabytes-per-place": inGroup(
    "unsentBytesMax",
    "prefix",
    "memory for what one address does not read, on sockets where nobody is signed in",
    mebi,
  ),
  "unsent-megabytes": inGroup("unsentBytesMax", "all", "and all together", mebi),
  "member-unsent-megabytes-per-place": inGroup(
    "memberUnsentBytesMax",
    "prefix",
    "the same, where a device is signed in",
    mebi,
  ),
  "member-unsent-megabytes": inGroup("memberUnsentBytesMax", "all", "and all together", mebi),
  "inbox-megabytes-per-place": inGroup(
    "unhandledBytesMax",
    "prefix",
    "memory for messages from one address that wait for their turn",
    mebi,
  ),
  "inbox-megabytes": inGroup("unhandledBytesMax", "all", "and in all", mebi),
  "list-megabytes": alone("listBytesKept", "memory for lists of addresses", mebi),
  "transfers-per-place": inGroup("bodiesMax", "prefix", "requests for files under way from one address"),
  transfers: inGroup("bodiesMax", "all", "and in all"),
  "transfer-megabytes-per-place": inGroup(
    "bodyBytesMax",
    "prefix",
    "memory for parts of files on their way to a bucket, from one address",
    mebi,
  ),
  "transfer-megabytes": inGroup("bodyBytesMax", "all", "and in all", mebi),
  "posts-per-list": inGroup("postsPerMinute", "list", "posts a minute to one group"),
  "posts-per-address": inGroup("postsPerMinute", "address", "posts a minute to one address, by strangers too"),
  "posts-per-connection": inGroup("postsPerMinute", "connection", "posts a minute on one connection"),
  "posts-per-place": inGroup("postsPerMinute", "prefix", "posts a minute from one address"),
  "groups-per-connection": inGroup("createsPerHour", "connection", "groups founded an hour on one connection"),
  "groups-per-place": inGroup("createsPerHour", "prefix", "groups founded an hour from one address"),
  "groups-per-region": inGroup("createsPerHour", "region", "groups founded an hour from one IPv6 /48"),
  groups: inGroup("createsPerHour", "all", "groups founded an hour in all"),
  "calls-per-connection": inGroup("callsPerMinute", "connection", "calls a minute on one connection"),
  "calls-per-place": inGroup("callsPerMinute", "prefix", "calls a minute from one address"),
  "handle-looks-per-place": inGroup("handleLooksPerHour", "prefix", "names looked for an hour from one address"),
  "handle-tries": inGroup("handleTriesPerDay", "account", "names that one account tries to take a day"),
  "restores-per-place": inGroup("restoresPerHour", "prefix", "accounts brought back an hour from one address"),
  "restores-per-account": inGroup("restoresPerDay", "account", "and of one account, a day"),
  "file-requests-per-place": inGroup("blobRequestsPerMinute", "prefix", "requests for files a minute from one address"),
  "file-begins-per-place": inGroup("blobBeginsPerDay", "prefix", "files begun a day from one address"),
  "wrong-tokens-per-place": inGroup("wrongTokensPerMinute", "prefix", "false upload tokens a minute from one address"),
  "guesses-per-place": inGroup(
    "guessesPerHour",
    "prefix",
    "wrong invitations an hour from one address; the right one is taken",
  ),
  "standing-registrations": inGroup(
    "registrationsPerHour",
    "standing",
    "people an hour by the standing invitation, and by each that is open to all",
  ),
  "registrations-per-member": inGroup("registrationsPerDay", "member", "people a day by one member's links"),
  "member-registrations": inGroup("registrationsPerDay", "members", "people a day by members' links in all"),
  "quota-days": alone("quotaGrowsDays", "days until a new account may keep as much as an old one"),
  "new-vault-megabytes": alone("vaultBytesFirst", "encrypted history of an account on its first day", mebi),
  "new-file-tokens": alone("blobTokensFirst", "upload tokens of an account on its first day"),
  "file-tokens": alone("blobTokensPerDay", "upload tokens that one account draws a day, each for 16 MiB"),
};

export function defaultOf({ read, unit }: LimitOption): number {
  return read(defaultConfig) / unit;
}
