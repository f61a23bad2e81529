/**
 * Raised server: the server as `npm start` runs it, gateway, log and all, but with the rate limits
 * raised that a benchmark would run into at once. They are not flags of the server, because nobody
 * who runs one should need them.
 *
 *   bun bench/raised-server.ts --port N --data DIR --operator-port N
 *
 * With `YANSHU_LOG=postgres://…`, as with the server itself, its log is in a new database there; with
 * `YANSHU_WAKE=HOST:PORT,…` servers that share it tell each other by NATS; with `YANSHU_SHARE_PORT=yes` they share the
 * port as well. With `BENCH_PEERS=yes` it speaks with other servers of this machine. It serves the web app that
 * YANSHU_ASSETS names, if any, and prints an invitation.
 */
import { createHmac } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import {
  defaultConfig,
  type Log,
  natsWake,
  openPostgresLog,
  openSqliteLog,
  peersBy,
  type ServerConfig,
  serve,
  serverKeys,
  subjectsOf,
} from "@yanshu/server";
import { encodeLink, toBase64Url } from "@yanshu/wire";

const rate = 1_000_000_000;
const [mebi, gibi] = [2 ** 20, 2 ** 30];

export const raisedConfig = {
  postsPerMinute: { ...defaultConfig.postsPerMinute, address: rate, list: rate, connection: rate },
  registrationsPerHour: { standing: rate },
  newPeersPerHour: { all: rate, prefix: rate },
  peerRowsPerMinute: rate,
  peerBacklogBytes: 8 * gibi,
  peerBacklogBytesAll: 16 * gibi,
} satisfies Partial<ServerConfig>;

/** What the benchmark raised, from what, in words for the report. */
export const raisedLimits: readonly string[] = [
  `posts a minute to one address, and to one list: ${defaultConfig.postsPerMinute.address}, ${defaultConfig.postsPerMinute.list} → no limit`,
  `posts a minute of one connection: ${defaultConfig.postsPerMinute.connection} → no limit`,
  `registrations an hour by the standing invitation: ${defaultConfig.registrationsPerHour.standing} → no limit`,
  `rows a minute from one new server: ${defaultConfig.peerRowsPerMinute} → no limit`,
  `bytes that may wait for it, and for all together: ${defaultConfig.peerBacklogBytes / mebi} MiB, ${defaultConfig.peerBacklogBytesAll / gibi} GiB → ${raisedConfig.peerBacklogBytes / gibi} GiB, ${raisedConfig.peerBacklogBytesAll / gibi} GiB`,
  `new servers an hour, in all and for one IP prefix: ${defaultConfig.newPeersPerHour.all}, ${defaultConfig.newPeersPerHour.prefix} → no limit`,
];

function main(): void {
  const text = { type: "string" } as const;
  const { values } = parseArgs({ options: { port: text, data: text, "operator-port": text } });
  const data = values.data ?? "";
  const domain = `localhost:${values.port}`;
  const url = process.env["YANSHU_LOG"];
  const log = url === undefined ? openSqliteLog(join(data, "yanshu.db")) : openPostgresLog(url);
  const wake = wakeOf(log);
  const random = crypto.getRandomValues(new Uint8Array(16));
  const registrationToken = log.peers?.secret("registration-token", random) ?? random;
  writeFileSync(join(data, "registration-token"), toBase64Url(registrationToken));
  const serving = serve({
    log,
    wake,
    port: Number(values.port),
    assets: process.env["YANSHU_ASSETS"],
    host: process.env["YANSHU_HOST"] ?? "127.0.0.1",
    sharePort: process.env["YANSHU_SHARE_PORT"] === "yes",
    operatorPort: Number(values["operator-port"]),
    provides:
      process.env["BENCH_PEERS"] === "yes"
        ? [peersBy({ mode: "open", keys: serverKeys(data) }, { loopback: true })]
        : [],
    config: { ...raisedConfig, domain, registrationToken },
  });
  console.log(encodeLink(`http://${domain}`, { kind: "invite", link: { server: domain, token: registrationToken } }));
  process.on("SIGTERM", () => {
    void serving.stop().finally(() => {
      log.close();
      process.exit(0);
    });
  });
}

function wakeOf({ peers }: Log) {
  const servers = process.env["YANSHU_WAKE"]?.split(",");
  if (peers === undefined || servers === undefined) return undefined;
  const secret = peers.secret("wake", crypto.getRandomValues(new Uint8Array(32)));
  const hmac = (key: Uint8Array, text: string) => new Uint8Array(createHmac("sha256", key).update(text).digest());
  return natsWake({ servers, subjectOf: subjectsOf(secret, hmac) });
}

if (import.meta.main) main();
