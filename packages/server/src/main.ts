/**
 * Main: starts the server from flags and environment, prints its address and an invitation, and stops it cleanly; or
 * runs a command: backup, restore, drill, or one of the operator's. An error at the start is one clear sentence and
 * exit code 1.
 *
 * Modules that only some starts need are imported there (`await import`), so that the server starts faster: commands,
 * PostgreSQL, NATS, and the drawing of the invitation.
 */
import { createHmac } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { encodeLink, idBytes } from "@yanshu/wire";
import { openBlobIndex, openBlobStore } from "./blobs/bun.ts";
import { filmsInBucket, filmsInFolder } from "./blobs/bun-films.ts";
import { type S3Place, s3Disk, tryBucket } from "./blobs/bun-s3.ts";
import type { BlobStore } from "./blobs/store.ts";
import { diskUnder } from "./bun-disk.ts";
import { lockFolder } from "./bun-lock.ts";
import { Faults } from "./core/faults.ts";
import type { Wake } from "./core/ports.ts";
import type { Disk } from "./core/room.ts";
import { type Provided, provide, services } from "./feature.ts";
import { isTcpFree, isUdpFree } from "./features/calls/bun-listeners.ts";
import { callsBy } from "./features/calls/bun-port.ts";
import { publicReaderBy } from "./features/channels/bun-mirror.ts";
import { meetingPort } from "./features/meeting/port.ts";
import { peersBy } from "./features/peers/bun-dial.ts";
import { serverKeys } from "./features/peers/keys.ts";
import type { ServerKeys } from "./features/peers/port.ts";
import { createBunPush } from "./features/push/bun.ts";
import { vapidKeys } from "./features/push/vapid.ts";
import { type Serving, serve } from "./gateway/bun.ts";
import type { FrontThread } from "./gateway/bun-front.ts";
import { readPair, TlsError } from "./gateway/bun-tls.ts";
import type { Log } from "./log/feature-tables.ts";
import { LogFullError, LogOpenError } from "./log/log.ts";
import type { PostgresLog } from "./log/postgres/bun.ts";
import { openSqliteLog } from "./log/sqlite/bun.ts";
import { attend } from "./operator/attend.ts";
import type { Front } from "./operator/server-acts.ts";
import { helpText, OptionError, type Options, readOptions, type WakeOption } from "./options.ts";
import type { SharedSecret } from "./secrets.ts";
import { StandingInvitation } from "./token.ts";

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  if (args.includes("--help")) {
    const { operatorHelp } = await import("./operator/commands.ts");
    const { backupHelp } = await import("./backup/command.ts");
    process.stdout.write(helpText([...operatorHelp, ...backupHelp]));
    return;
  }
  try {
    const [command = "", ...rest] = args;
    if (/^[a-z]/.test(command) && (await ranCommand(command, rest))) return;
    await start(readOptions(args, process.env));
  } catch (error) {
    process.stderr.write(`yanshu: ${reasonOf(error)}\n`);
    process.exit(1);
  }
}

/** @returns whether there is such a command. */
async function ranCommand(command: string, args: readonly string[]): Promise<boolean> {
  const { backupCommand, drillCommand, restoreCommand } = await import("./backup/command.ts");
  if (command === "backup") await backupCommand(args, process.env);
  else if (command === "restore") await restoreCommand(args);
  else if (command === "drill") await drillCommand(args);
  else return (await import("./operator/commands.ts")).runCommand(command, args, process.env);
  return true;
}

async function start(options: Options): Promise<void> {
  mkdirSync(options.data, { recursive: true, mode: 0o700 });
  // Servers may share a remote log and bucket; data in the folder belongs to one server, so the folder is locked.
  const unlock = options.log === undefined || options.blobs === undefined ? lockFolder(options.data) : () => undefined;
  if (options.blobs !== undefined) await mustHave(options.blobs);
  const disk = diskUnder(options.data, options.reserveBytes);
  const { log, blobs } = await storesOnFull(options, disk);
  const shared = log.peers?.secret;
  const standing = new StandingInvitation(options.data, log.peers);
  const wake = shared && options.wake && (await wakeBy(options.wake, shared));
  const { calls } = options;
  // The ports are tested now, because the relay opens them only with the first call.
  if (calls !== undefined && !(await isUdpFree(calls.host, calls.port))) {
    const said = `the UDP port ${calls.port} cannot be opened on ${calls.host}: choose another with --call-port`;
    if (calls.isPortGiven) throw new OptionError(said);
    process.stderr.write(`yanshu: ${said}; until then calls go directly or not at all\n`);
  }
  if (calls?.tls !== undefined) readPair(calls.tls.files);
  const ports = { "call-tcp": calls?.tcp, "call-tls": calls?.tls?.port, front: calls?.front };
  for (const [name, port] of Object.entries(ports))
    if (calls !== undefined && port !== undefined && !isTcpFree(calls.host, port))
      throw new OptionError(`the TCP port ${port} cannot be opened on ${calls.host}: choose another with --${name}`);
  const faults = new Faults((line) => process.stderr.write(`yanshu: ${line}\n`));
  // Exceptions that nothing else caught are counted, and do not end the server (docs/spec/delivery.md DS110).
  process.on("uncaughtException", (error) => faults.caught("the process", error));
  process.on("unhandledRejection", (error) => faults.caught("the process", error));
  const tell = (said: string) => void process.stderr.write(`yanshu: ${said}\n`);
  const { front, provides } = await callsIn(calls, faults, tell);
  const keys = serverKeys(options.data, shared);
  const serving = serve({
    faults,
    front,
    disk,
    log,
    blobs,
    wake,
    port: options.port,
    host: options.host,
    tls: options.tls,
    tell,
    sharePort: options.sharePort,
    isProxy: options.isProxy,
    config: {
      ...options.limits,
      domain: options.domain,
      registrationToken: () => standing.token(),
      membersMayInvite: options.membersMayInvite,
      queueBytesMax: options.queueBytesMax,
      vaultBytesMax: options.vaultBytesMax,
      familyDelayMs: options.familyDelayMs,
      blobDays: options.fileDays,
      blobsBytesMax: options.filesGib * 1024 ** 3,
    },
    push: createBunPush({
      keys: vapidKeys(options.data, shared),
      subject: options.pushContact,
      loopback: options.pushLoopback,
    }),
    assets: options.assets,
    operatorPort: options.operatorPort,
    provides: [...(provides ?? []), ...peersIn(options, keys), ...meetingIn(options), ...publicIn(options, keys)],
  });
  front?.begin();
  if (log.check !== undefined)
    log.check().then(
      (found) => faults.damaged(found),
      (error) => faults.caught("checking the database", error),
    );
  const attended = attend(serving, options, standing);
  let stopping: "no" | "slowly" | "now" = "no";
  const end = (how: "slowly" | "now") => {
    if (stopping === how || stopping === "now") return;
    stopping = how;
    const close = () => {
      log.close();
      blobs.close();
      unlock();
      process.exit(0);
    };
    attended.going();
    void (how === "now" ? serving.stop() : serving.drain(options.drainMs))
      .then(() => wake?.close())
      .then(() => attended.stop())
      .finally(close);
  };
  process.on("SIGHUP", () => serving.look());
  process.on("SIGINT", () => end("now"));
  process.on("SIGTERM", () => end("slowly"));
  if (!options.quiet) await greet(attended.front, options, serving);
}

/** The service that connects to other servers; empty without --federation. */
function peersIn({ federation, pushContact }: Options, keys: ServerKeys): readonly Provided[] {
  if (federation === undefined) return [];
  const port = { mode: federation.mode, keys, contact: pushContact };
  return [peersBy(port, { loopback: federation.isLoopback })];
}

function meetingIn({ meetingPlaces: places, reserveLink: reserve, movesTo: next }: Options): readonly Provided[] {
  return [
    provide(meetingPort, { places, ...(reserve !== undefined && { reserve }), ...(next !== undefined && { next }) }),
  ];
}

/** The key that signs packs, and where films lie: in the bucket of files, or in a folder of their own. */
function publicIn({ blobs, data, federation }: Options, { signKey, sign, before }: ServerKeys): readonly Provided[] {
  const films = blobs === undefined ? filmsInFolder(join(data, "films")) : filmsInBucket(blobs);
  return [
    provide(services.homeKey, { publicKey: signKey, sign, before }),
    provide(services.films, films),
    publicReaderBy({ loopback: federation?.isLoopback === true }),
  ];
}

/** The relay for calls, and the front if there is one. */
async function callsIn(
  calls: Options["calls"],
  faults: Faults,
  tell: (said: string) => void,
): Promise<{ readonly front?: FrontThread; readonly provides: readonly Provided[] | undefined }> {
  if (calls === undefined) return { provides: undefined };
  const { front: port, tls, host } = calls;
  if (port === undefined || tls === undefined)
    return { provides: [callsBy({ ...calls, front: undefined }, faults, tell)] };
  const { FrontThread } = await import("./gateway/bun-front.ts");
  const front = new FrontThread({ host, port }, faults, tell);
  const behind = {
    ...calls,
    tls: { ...tls, peers: front.peers.turn.memory },
    front: { port, setTarget: front.setTarget.bind(front), counts: () => front.counts() },
  };
  return { front, provides: [callsBy(behind, faults, tell)] };
}

/**
 * Opens the stores. If the disk is full, gives up the reserve and tries again; if that fails too, opens them to read
 * until there is room (docs/spec/delivery.md DS115).
 */
async function storesOnFull(options: Options, disk: Disk): ReturnType<typeof stores> {
  try {
    return await stores(options);
  } catch (error) {
    if (!(error instanceof LogFullError)) throw error;
    if (disk.reserve() === "held") disk.giveUp();
  }
  try {
    return await stores(options);
  } catch (error) {
    if (!(error instanceof LogFullError)) throw error;
    process.stderr.write("yanshu: the disk is full: what is here is read, and nothing is taken until there is room\n");
    return stores(options, true);
  }
}

async function stores(
  { data, log: url, blobs: bucket, restored }: Options,
  onFullDisk = false,
): Promise<{ log: Log; blobs: BlobStore }> {
  const shared =
    url === undefined ? undefined : (await import("./log/postgres/bun.ts")).openPostgresLog(url, { restored });
  const log = shared ?? openSqliteLog(join(data, "yanshu.db"), { restored, onFullDisk });
  try {
    return { log, blobs: filesOf(data, bucket, shared, onFullDisk) };
  } catch (error) {
    log.close();
    throw error;
  }
}

function filesOf(
  data: string,
  bucket: S3Place | undefined,
  shared: PostgresLog | undefined,
  onFullDisk: boolean,
): BlobStore {
  const folder = join(data, "blobs");
  if (bucket === undefined) return openBlobStore(folder, shared?.blobs.seed, onFullDisk);
  const { index, close } =
    shared === undefined ? openBlobIndex(folder, true, onFullDisk) : { index: shared.blobs, close: () => {} };
  return { index, disk: s3Disk(bucket, index), close };
}

/**
 * @throws OptionError if the bucket refuses these keys, which waiting does not change. If it only cannot be reached,
 * the server starts (docs/spec/media.md ME21).
 */
async function mustHave(bucket: S3Place): Promise<void> {
  const { kind, code } = { code: "", ...(await tryBucket(bucket)) };
  if (kind === "refused") throw new OptionError(`the bucket refuses us (${code}): see --blobs and its keys`);
  if (kind === "away")
    process.stderr.write(`yanshu: the bucket cannot be reached (${code}); files wait until it can\n`);
}

/**
 * Connects to NATS. Without it, servers only notice each other's messages later: if it is away, that is just reported.
 */
async function wakeBy(option: WakeOption, shared: SharedSecret): Promise<Wake> {
  const { natsWake, subjectsOf } = await import("./wake/nats.ts");
  const said = {
    there: "NATS is there",
    away: "NATS is away: servers hear of each other within a second meanwhile",
    refused: "NATS refuses this server: see --wake",
  };
  const secret = shared("wake", crypto.getRandomValues(new Uint8Array(32)));
  return natsWake({
    ...option,
    subjectOf: subjectsOf(secret, (key, text) => new Uint8Array(createHmac("sha256", key).update(text).digest())),
    tell: (state) => process.stderr.write(`yanshu: ${said[state]}\n`),
  });
}

async function greet(
  { origin, domain, standing }: Front,
  options: Options,
  { port, operatorPort }: Serving,
): Promise<void> {
  const { renderUnicodeCompact } = await import("uqr");
  const token = standing() ?? new Uint8Array(idBytes.token);
  const invite = encodeLink(origin, { kind: "invite", link: { server: domain, token } });
  process.stdout.write(
    `Yanshu 雁书 listens at ${origin} (${options.host}:${port})\n` +
      (operatorPort === undefined ? "" : `Counts for the operator: http://127.0.0.1:${operatorPort}/\n`) +
      `\nScan or open to register; keep it among those you invite:\n\n${renderUnicodeCompact(invite)}\n\n${invite}\n\n`,
  );
}

/** Codes of a folder that cannot be written: read-only, full, missing, no permission, or an I/O error. */
const unwritable = new Set(["EROFS", "ENOSPC", "EDQUOT", "ENOENT", "ENOTDIR", "EPERM", "EIO"]);

function reasonOf(error: unknown): string {
  if (error instanceof OptionError || error instanceof LogOpenError || error instanceof TlsError) return error.message;
  if (error instanceof LogFullError) return "the disk is full: make room, or see --data";
  const code = (error as { code?: unknown }).code;
  if (code === "EADDRINUSE") return "the port is in use by another program: choose another with --port (YANSHU_PORT)";
  if (code === "EACCES") return "no permission for the port or the data folder: see --port and --data";
  if (typeof code === "string" && unwritable.has(code))
    return `the data folder cannot be written (${code}): see --data`;
  return error instanceof Error ? error.message : "unknown fault";
}

await main();
