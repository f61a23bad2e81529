/**
 * Options: command-line flags, and environment variables with the same names (docs/spec/delivery.md DS34). The error
 * for a wrong value is a sentence that names the option.
 */
import { isIP } from "node:net";
import { resolve } from "node:path";
import { blobLimits, decodeLink, isServerName, meetingLimits, roomLimits } from "@yanshu/wire";
import type { S3Place } from "./blobs/bun-s3.ts";
import { defaultConfig, type ServerConfig } from "./core/config.ts";
import type { TlsFiles } from "./gateway/bun-tls.ts";
import { type IsProxy, proxiesOf } from "./gateway/prefix.ts";
import { defaultOf, limitOptions } from "./limit-options.ts";
import { indented } from "./operator/words.ts";

export type Options = {
  readonly port: number;
  readonly data: string;
  /** The log's URL (PostgreSQL); absent: a SQLite file in the data folder. */
  readonly log: string | undefined;
  /** The bucket for the bytes of files; absent: in the data folder. */
  readonly blobs: S3Place | undefined;
  /** How servers that share a log notify each other at once; absent: each looks every second. */
  readonly wake: WakeOption | undefined;
  readonly host: string;
  /** The certificate and its key; absent: plain HTTP, as behind a proxy. */
  readonly tls: TlsFiles | undefined;
  /** Whether other processes of this machine listen on the same port. */
  readonly sharePort: boolean;
  /** Proxies on other machines, whose X-Forwarded-For is believed. */
  readonly isProxy: IsProxy | undefined;
  readonly domain: string;
  readonly origin: string;
  readonly assets: string | undefined;
  readonly operatorPort: number | undefined;
  /** The time over which sockets are closed at SIGTERM. */
  readonly drainMs: number;
  readonly membersMayInvite: boolean;
  /** Bytes that may wait for one device. */
  readonly queueBytesMax: number;
  /** Bytes of encrypted history (vault) that one account may keep. */
  readonly vaultBytesMax: number;
  /** How long a person who recovers an account through helpers waits, so that the account's devices can object. */
  readonly familyDelayMs: number;
  readonly pushContact: string;
  readonly pushLoopback: boolean;
  /** Days that files are kept, and GiB for all files together. */
  readonly fileDays: number;
  readonly filesGib: number;
  /** Size of the reserve file, which is truncated when the disk fills (core/room.ts). */
  readonly reserveBytes: number;
  /** The limits that were set (limit-options.ts). */
  readonly limits: Partial<ServerConfig>;
  /** Absent: this server offers no voice or video calls. */
  readonly calls: CallOptions | undefined;
  /** Whether the data folder was restored from a backup. */
  readonly restored: boolean;
  /** Absent: it exchanges messages with no other server. */
  readonly federation: FederationOptions | undefined;
  /** Other servers at which people of this one look for each other once it is gone. */
  readonly meetingPlaces: readonly string[];
  /** An invite of another server, which people of this one are offered as their reserve. */
  readonly reserveLink: string | undefined;
  readonly movesTo: string | undefined;
  readonly quiet: boolean;
};

/** Settings of call rooms and the relay (docs/spec/calls.md CA16). */
export type CallOptions = {
  /** The UDP port; 0: any free port. */
  readonly port: number;
  /** Whether the operator chose the port: if it is in use, the server then does not start. */
  readonly isPortGiven: boolean;
  readonly tcp: number | undefined;
  /** TURN over TLS: its port, and the certificate that it shows. */
  readonly tls: { readonly port: number; readonly files: TlsFiles } | undefined;
  /** A port that calls within TLS share with the website; `tls` has no port of its own then. */
  readonly front?: number | undefined;
  readonly host: string;
  readonly publicHost: string | undefined;
  readonly bytesPerSecond: number;
  readonly seatsMax: number;
};

export type FederationOptions = {
  readonly mode: "listed" | "open";
  /** Whether servers on this machine are called, without TLS. */
  readonly isLoopback: boolean;
};

/** NATS: its servers, `host:port` each, and credentials. `user` without a password is a token. */
export type WakeOption = {
  readonly servers: readonly string[];
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly tls: boolean;
};

export class OptionError extends Error {
  override name = "OptionError";
}

type Flag = { readonly value: string; readonly help: string };

const limitFlags: Readonly<Record<string, Flag>> = Object.fromEntries(
  Object.entries(limitOptions).map(([name, limit]) => [
    name,
    { value: "N", help: `${limit.help} (${defaultOf(limit)})` },
  ]),
);

const flags: Readonly<Record<string, Flag>> = {
  port: { value: "N", help: "port to listen on (8080); 0 takes a free one" },
  data: { value: "DIR", help: "folder of the database (./data)" },
  log: {
    value: "URL",
    help: "where accounts and messages are kept: postgres://… for a database that several servers may share (a file in --data)",
  },
  blobs: {
    value: "URL",
    help: "where files are kept: s3://BUCKET/PREFIX?endpoint=URL&region=NAME, its keys in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (in --data)",
  },
  wake: {
    value: "URL",
    help: "how servers that share a --log tell each other at once: nats://HOST:PORT, or several with commas (each looks every second)",
  },
  host: { value: "ADDRESS", help: "address to listen on (127.0.0.1); 0.0.0.0 for all" },
  "tls-cert": {
    value: "FILE",
    help: "certificate with its chain, in PEM: HTTPS without a proxy; read anew when it changes",
  },
  "tls-key": { value: "FILE", help: "its private key, in PEM" },
  "share-port": {
    value: "yes|no",
    help: "several processes of this machine, over one --log and one --blobs, listen on one port (no)",
  },
  proxies: {
    value: "ADDRESSES",
    help: "proxies on other machines, such as 10.0.0.5,10.1.0.0/16, whose X-Forwarded-For is believed, to limit floods (this machine)",
  },
  domain: {
    value: "NAME",
    help: "name of this server in links and addresses, with its port if unusual (localhost:PORT)",
  },
  origin: { value: "URL", help: "where browsers find it (http://localhost:PORT)" },
  assets: { value: "DIR", help: "the built web app" },
  "operator-port": { value: "N", help: "counts on 127.0.0.1, as JSON and, at /metrics, for Prometheus (off)" },
  "drain-seconds": { value: "N", help: "at SIGTERM, devices are sent elsewhere over this long (5)" },
  "members-may-invite": { value: "yes|no", help: "a member's contact link also registers (yes)" },
  "queue-megabytes": { value: "N", help: "how much may wait for one device that is away (256)" },
  "vault-megabytes": { value: "N", help: "how much encrypted history one account may keep (1024)" },
  "family-seconds": {
    value: "N",
    help: "who comes back by their family waits this long, so that their own devices can say no (86400, a day)",
  },
  "push-contact": { value: "URL", help: "where push services reach you: https: or mailto: (https://DOMAIN)" },
  "push-loopback": { value: "yes|no", help: "wake through http://127.0.0.1 as well, for trying it out (no)" },
  "file-days": { value: "N", help: "files are kept this many days (30)" },
  "reserve-megabytes": {
    value: "N",
    help: "room that is held on the disk and given up when it fills, so that messages are still delivered and deleted (32)",
  },
  "files-gib": { value: "N", help: "room for all files, in GiB (20)" },
  calls: {
    value: "yes|no",
    help: "people call each other by this server (yes; no with --log, where all calls must come to one server)",
  },
  "call-port": {
    value: "N",
    help: "UDP port of calls that do not go directly (the number of --port); to be opened in routers and firewalls",
  },
  "call-tcp": { value: "N", help: "TCP port of the same, for networks that block UDP (off)" },
  "call-tls": {
    value: "N",
    help: "TCP port of the same within TLS, for networks that let nothing pass but websites; 443, where it is free (off)",
  },
  front: {
    value: "N",
    help: "one TCP port for the website and for calls within TLS, told apart by how they greet: 443; needs --tls-cert (off)",
  },
  "call-cert": { value: "FILE", help: "certificate of --call-tls or of calls at --front, in PEM (that of --tls-cert)" },
  "call-key": { value: "FILE", help: "its private key, in PEM (that of --tls-key)" },
  "call-bind": {
    value: "ADDRESS",
    help: "address of those ports (0.0.0.0, or that of --host where --domain is localhost)",
  },
  "call-host": { value: "NAME", help: "where they are found, if not under --domain, as behind a proxy elsewhere" },
  "call-megabits": { value: "N", help: "what all calls together may take of the line, each way (200)" },
  "call-seats": { value: "N", help: "devices in one call (16; 32 at most)" },
  federation: {
    value: "off|listed|open",
    help: "this server speaks with none, with those of `peers allow`, or with all but those of `peers deny` (off)",
  },
  "peer-insecure-loopback": {
    value: "yes|no",
    help: "speak with servers at localhost as well, without TLS, for trying it out (no)",
  },
  "meeting-places": {
    value: "NAMES",
    help: "servers such as meet.example,yan.example at which people of this one look for each other should it be gone; three at most (none)",
  },
  "reserve-link": {
    value: "LINK",
    help: "an invite of another server, which people of this one are offered as their reserve (none)",
  },
  "moves-to": {
    value: "LINK",
    help: "this server goes to another name: an invite of the server there, to which people of this one are asked to go (none)",
  },
  restored: { value: "", help: "the data folder was put back from a backup: devices tell it again what it lost" },
  quiet: { value: "", help: "print nothing but errors" },
  ...limitFlags,
};

/** @throws OptionError */
export function readOptions(args: readonly string[], env: Readonly<Record<string, string | undefined>>): Options {
  const given = { ...fromEnvironment(env), ...fromArguments(args) };
  const port = numberOption("port", given.port ?? "8080", 0, 65_535);
  // Browsers name a server by host and port, so links must too.
  const domain = domainOption(given.domain ?? (port === 80 ? "localhost" : `localhost:${port}`));
  return {
    port,
    data: resolve(given.data ?? "data"),
    log: given.log === undefined ? undefined : logOption(given.log),
    blobs: given.blobs === undefined ? undefined : s3Place(given.blobs, env),
    wake: given.wake === undefined ? undefined : wakeOption(given.wake, given.log !== undefined),
    host: given.host ?? "127.0.0.1",
    tls: tlsOption(given["tls-cert"], given["tls-key"]),
    sharePort: sharePortOption(yesOrNo("share-port", given["share-port"] ?? "no"), port, given),
    isProxy: given.proxies === undefined ? undefined : proxiesOption(given.proxies),
    domain,
    origin: originOption(
      given.origin ??
        (given.domain === undefined && given["tls-cert"] === undefined ? `http://${domain}` : `https://${domain}`),
    ),
    assets: given.assets === undefined ? undefined : resolve(given.assets),
    operatorPort:
      given["operator-port"] === undefined
        ? undefined
        : numberOption("operator-port", given["operator-port"], 0, 65_535),
    drainMs: numberOption("drain-seconds", given["drain-seconds"] ?? "5", 0, 600) * 1_000,
    membersMayInvite: yesOrNo("members-may-invite", given["members-may-invite"] ?? "yes"),
    queueBytesMax: numberOption("queue-megabytes", given["queue-megabytes"] ?? "256", 1, 1_000_000) * 1024 * 1024,
    vaultBytesMax: numberOption("vault-megabytes", given["vault-megabytes"] ?? "1024", 0, 1_000_000) * 1024 * 1024,
    familyDelayMs: numberOption("family-seconds", given["family-seconds"] ?? "86400", 0, 30 * 86_400) * 1_000,
    pushContact: contactOption(given["push-contact"] ?? `https://${domain.replace(/:\d+$/, "")}`),
    pushLoopback: yesOrNo("push-loopback", given["push-loopback"] ?? "no"),
    fileDays: numberOption("file-days", given["file-days"] ?? "30", 1, blobLimits.daysMax),
    reserveBytes: numberOption("reserve-megabytes", given["reserve-megabytes"] ?? "32", 0, 100_000) * 1024 * 1024,
    filesGib: numberOption("files-gib", given["files-gib"] ?? "20", 0, 1_000_000),
    limits: limitsIn(given),
    calls: callOptions(given, port, domain),
    federation: federationOption(given),
    meetingPlaces: meetingPlacesOption(given["meeting-places"]),
    reserveLink: inviteOption("reserve-link", given["reserve-link"], domain),
    movesTo: inviteOption("moves-to", given["moves-to"], domain),
    restored: yesOrNo("restored", given.restored ?? "no"),
    quiet: yesOrNo("quiet", given.quiet ?? "no"),
  };
}

/** @param commands usage and help text of each. */
export function helpText(commands: readonly (readonly [string, string])[]): string {
  const lines = Object.entries(flags).map(([name, { value, help }]) => lineOfHelp(`--${name} ${value}`, help));
  const told = commands.map(([usage, help]) => lineOfHelp(usage, help));
  return `Commands:\n${told.join("\n")}\nOptions (or environment variables such as ${variableOf("port")}):\n${lines.join("\n")}\n`;
}

/** Beside the usage, or below a long one, no wider than a terminal. */
function lineOfHelp(usage: string, help: string): string {
  const words = indented(help, 35).join("\n");
  return usage.length < 32 ? `  ${usage.padEnd(33)}${words.trimStart()}` : `  ${usage}\n${words}`;
}

function fromEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of Object.keys(flags)) {
    const value = env[variableOf(name)];
    if (value !== undefined && value !== "") found[name] = value;
  }
  return found;
}

function fromArguments(args: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (let i = 0; i < args.length; i++) {
    const [written = "", inline] = (args[i] as string).split(/=(.*)/s);
    const name = written.replace(/^--/, "");
    const flag = written.startsWith("--") && Object.hasOwn(flags, name) ? flags[name] : undefined;
    if (flag === undefined) throw new OptionError(`unknown option ${written}`);
    const next = flag.value === "" ? "yes" : args[i + 1];
    if (inline === undefined && (next === undefined || next.startsWith("--")))
      throw new OptionError(`--${name} needs a value: --${name} ${flag.value}`);
    found[name] = inline ?? (next as string);
    if (inline === undefined && flag.value !== "") i++;
  }
  return found;
}

function variableOf(name: string): string {
  return `YANSHU_${name.toUpperCase().replaceAll("-", "_")}`;
}

function wrong(name: string, value: string, what: string): never {
  throw new OptionError(`--${name} (${variableOf(name)}) is ${JSON.stringify(value)}, but must be ${what}`);
}

function numberOption(name: string, value: string, min: number, max: number): number {
  const number = /^\d{1,10}$/.test(value) ? Number(value) : Number.NaN;
  return number >= min && number <= max ? number : wrong(name, value, `a whole number from ${min} to ${max}`);
}

/** The limits that were given. In a group, numbers that were not given are as in `defaultConfig`. */
function limitsIn(given: Readonly<Record<string, string>>): Partial<ServerConfig> {
  let config = defaultConfig;
  const changed = new Set<keyof ServerConfig>();
  for (const [name, limit] of Object.entries(limitOptions)) {
    const value = given[name];
    if (value === undefined) continue;
    const next = limit.write(config, numberOption(name, value, 1, 1_000_000_000) * limit.unit);
    for (const key of Object.keys(next) as (keyof ServerConfig)[]) if (next[key] !== config[key]) changed.add(key);
    config = next;
  }
  return Object.fromEntries([...changed].map((key) => [key, config[key]]));
}

function yesOrNo(name: string, value: string): boolean {
  if (["yes", "true", "1"].includes(value)) return true;
  if (["no", "false", "0"].includes(value)) return false;
  return wrong(name, value, "yes or no");
}

function domainOption(value: string): string {
  return /^(?=.{1,255}$)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*(:\d{1,5})?$/.test(value)
    ? value
    : wrong("domain", value, "a lower-case name such as yan.example");
}

function proxiesOption(value: string): IsProxy {
  return proxiesOf(value) ?? wrong("proxies", value, "addresses such as 10.0.0.5,10.1.0.0/16");
}

function logOption(value: string): string {
  const isOne = URL.canParse(value) && /^postgres(?:ql)?:$/.test(new URL(value).protocol);
  // Not shown: there may be a password in it.
  if (!isOne) throw new OptionError(`--log (${variableOf("log")}) must be a URL such as postgres://user@host/database`);
  return value;
}

/**
 * @param env contains the keys: everybody on the machine can see a command line (docs/spec/media.md ME23).
 * @throws OptionError
 */
export function s3Place(value: string, env: Readonly<Record<string, string | undefined>>): S3Place {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const query = new Map(url?.searchParams);
  const endpoint = query.get("endpoint");
  const isEndpoint = endpoint === undefined || (URL.canParse(endpoint) && /^https?:$/.test(new URL(endpoint).protocol));
  const isKnown = [...query.keys()].every((name) => name === "endpoint" || name === "region");
  if (url?.protocol !== "s3:" || url.hostname === "" || url.username !== "" || !isKnown || !isEndpoint)
    // Not shown: somebody may have put a key into it.
    throw new OptionError(
      `--blobs (${variableOf("blobs")}) must be a URL such as s3://bucket/prefix?endpoint=https://s3.example&region=eu-1, without keys`,
    );
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = env;
  if (!accessKeyId || !secretAccessKey)
    throw new OptionError("--blobs needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment");
  const path = url.pathname.replace(/^\/+|\/+$/g, "");
  const prefix = path === "" ? "" : `${path}/`;
  return {
    bucket: url.hostname,
    prefix,
    endpoint,
    region: query.get("region"),
    accessKeyId,
    secretAccessKey,
    sessionToken,
  };
}

function wakeOption(value: string, isShared: boolean): WakeOption {
  const host = "(?:[\\w.-]+|\\[[0-9a-fA-F:]+\\])(?::\\d{1,5})?";
  const shape = new RegExp(`^(nats|tls)://(?:([^\\s:@/]+)(?::([^\\s@/]*))?@)?(${host}(?:,${host})*)/?$`);
  const [, scheme, user, password, hosts = ""] = shape.exec(value) ?? [];
  // Not shown: there may be a password in it.
  if (scheme === undefined)
    throw new OptionError(
      `--wake (${variableOf("wake")}) must be a URL such as nats://host:4222 or nats://one:4222,other:4222`,
    );
  if (!isShared) throw new OptionError("--wake is for servers that share a database: it needs --log postgres://…");
  const told = (text: string | undefined) => (text === undefined ? undefined : decodeURIComponent(text));
  return { servers: hosts.split(","), user: told(user), password: told(password), tls: scheme === "tls" };
}

function federationOption(given: Readonly<Record<string, string>>): FederationOptions | undefined {
  const mode = given["federation"] ?? "off";
  const isLoopback = yesOrNo("peer-insecure-loopback", given["peer-insecure-loopback"] ?? "no");
  if (mode === "off") return undefined;
  if (mode !== "listed" && mode !== "open") return wrong("federation", mode, "off, listed or open");
  return { mode, isLoopback };
}

function meetingPlacesOption(given: string | undefined): readonly string[] {
  const names = (given ?? "").split(",").flatMap((name) => (name.trim() === "" ? [] : [name.trim().toLowerCase()]));
  if (names.length > meetingLimits.placesMax || !names.every((name) => isServerName(name)))
    return wrong("meeting-places", given ?? "", `at most ${meetingLimits.placesMax} names such as meet.example`);
  return names;
}

function inviteOption(
  name: "reserve-link" | "moves-to",
  given: string | undefined,
  domain: string,
): string | undefined {
  if (given === undefined) return undefined;
  const read = given.length > meetingLimits.inviteMax ? undefined : decodeLink(given);
  if (read?.kind === "invite" && read.link.server !== domain) return given.trim();
  // Not shown: it lets people in.
  throw new OptionError(`--${name} (${variableOf(name)}) must be an invite link of another server`);
}

/** A client may reach any of the processes, so all must share the database and the files. */
function sharePortOption(shares: boolean, port: number, { log, blobs }: Readonly<Record<string, string>>): boolean {
  if (!shares) return false;
  const name = `--share-port (${variableOf("share-port")})`;
  if (log === undefined)
    throw new OptionError(`${name} needs --log postgres://…: one process alone writes the database in --data`);
  if (blobs === undefined) throw new OptionError(`${name} needs --blobs s3://…: files in --data are one process's own`);
  if (port === 0) throw new OptionError(`${name} needs a --port: each process would take another free one`);
  return true;
}

function callOptions(given: Readonly<Record<string, string>>, port: number, domain: string): CallOptions | undefined {
  if (!yesOrNo("calls", given["calls"] ?? (given["log"] === undefined ? "yes" : "no"))) {
    if (given["front"] !== undefined) throw new OptionError("--front is for calls, which are off: see --calls");
    return undefined;
  }
  const isHere = /^localhost(?::|$)/.test(domain);
  const tcp = given["call-tcp"];
  return {
    port: numberOption("call-port", given["call-port"] ?? `${port}`, 0, 65_535),
    isPortGiven: given["call-port"] !== undefined,
    tcp: tcp === undefined ? undefined : numberOption("call-tcp", tcp, 0, 65_535),
    front: frontOption(given, port),
    tls: callTls(given, port),
    host: addressOption("call-bind", given["call-bind"] ?? (isHere ? (given["host"] ?? "127.0.0.1") : "0.0.0.0")),
    publicHost: given["call-host"] === undefined ? undefined : hostOption("call-host", given["call-host"]),
    bytesPerSecond: numberOption("call-megabits", given["call-megabits"] ?? "200", 1, 100_000) * 125_000,
    seatsMax: numberOption("call-seats", given["call-seats"] ?? "16", 2, roomLimits.seatsMax),
  };
}

/** @param webPort where the server itself listens. */
function callTls(given: Readonly<Record<string, string>>, webPort: number): CallOptions["tls"] {
  const [wanted, cert, key] = [given["call-tls"], given["call-cert"], given["call-key"]];
  const isBehindFront = given["front"] !== undefined;
  if (wanted === undefined && !isBehindFront) {
    if (cert !== undefined || key !== undefined)
      throw new OptionError("--call-cert and --call-key belong to --call-tls, which is missing, or to --front");
    return undefined;
  }
  if (wanted !== undefined && isBehindFront)
    throw new OptionError("--front carries calls within TLS already: leave --call-tls out");
  const port = numberOption("call-tls", wanted ?? "0", 0, 65_535);
  const files = tlsOption(cert, key, "call") ?? tlsOption(given["tls-cert"], given["tls-key"]);
  if (files === undefined)
    throw new OptionError(
      "--call-tls needs a certificate: --call-cert and --call-key, or those of the server, --tls-cert and --tls-key",
    );
  // An address of its own may have the same numbers.
  if (port !== 0 && given["call-bind"] === undefined)
    for (const [name, other] of Object.entries({ port: `${webPort}`, "call-tcp": given["call-tcp"] }))
      if (other !== undefined && Number(other) === port) throw new OptionError(`--call-tls and --${name} are one port`);
  return { port, files };
}

/** @param webPort where the server itself listens. */
function frontOption(given: Readonly<Record<string, string>>, webPort: number): number | undefined {
  const wanted = given["front"];
  if (wanted === undefined) return undefined;
  const front = numberOption("front", wanted, 1, 65_535);
  if (given["tls-cert"] === undefined)
    throw new OptionError("--front needs the certificate of the website: --tls-cert and --tls-key");
  if (given["share-port"] !== undefined && yesOrNo("share-port", given["share-port"]))
    throw new OptionError("--front and --share-port do not go together: one process has the front's port");
  // An address of its own may have the number of the website.
  const others = given["call-bind"] === undefined ? { port: `${webPort}`, "call-tcp": given["call-tcp"] } : {};
  for (const [name, other] of Object.entries(others))
    if (other !== undefined && Number(other) === front) throw new OptionError(`--front and --${name} are one port`);
  return front;
}

function addressOption(name: string, value: string): string {
  return value === "localhost" || isIP(value) !== 0 ? value : wrong(name, value, "an address such as 0.0.0.0 or ::");
}

function hostOption(name: string, value: string): string {
  const isName = /^(?=.{1,255}$)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*$/.test(value);
  return isName || isIP(value) !== 0 ? value : wrong(name, value, "a name or an address such as calls.yan.example");
}

function tlsOption(cert: string | undefined, key: string | undefined, kind = "tls"): TlsFiles | undefined {
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined)
    throw new OptionError(`--${kind}-cert and --${kind}-key belong together: one of them is missing`);
  return { cert: resolve(cert), key: resolve(key) };
}

function contactOption(value: string): string {
  return /^(?:https:\/\/|mailto:)[^\s"]{1,260}$/.test(value)
    ? value
    : wrong("push-contact", value, "an address such as mailto:me@yan.example");
}

function originOption(value: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  return url !== undefined && url.origin === value && /^https?:$/.test(url.protocol)
    ? value
    : wrong("origin", value, "a URL without a path, such as https://yan.example");
}
