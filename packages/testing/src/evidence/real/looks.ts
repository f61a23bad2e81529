/**
 * Looks: what an operator finds when he looks everywhere at once, sorted by what was looked for.
 */
import { Database } from "bun:sqlite";
import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeClientFrame, decodeServerFrame } from "@yanshu/wire";
import { needlesOf, needlesOfBytes } from "../scan/canary.ts";
import { createMatcher, type Matcher, type Needle } from "../scan/matcher.ts";
import { filesIn, memoryOf, type Piece } from "../scan/places.ts";
import { type Scan, scan, together } from "../scan/scan.ts";
import type { Control } from "./control.ts";
import type { Deployment } from "./deployment.ts";

/** What is looked for; the first part of a needle's name. */
export type Sort =
  /** What people entered. */
  | "canary"
  /** The leak made on purpose, and the group of its bare MLS message. */
  | "control"
  | "control-group"
  /** Keys that must never leave a device. */
  | "key"
  /** MLS messages as they were before they were sealed, and ids of groups and conversations. */
  | "mls"
  | "group"
  | "conversation"
  /** Addresses and programs that people came with. */
  | "origin"
  /** Sealed envelopes, as they were posted. */
  | "envelope";

export type Look = {
  readonly disk: Scan;
  readonly memory: Scan | undefined;
  readonly logs: Scan;
  readonly operator: Scan;
  readonly traffic: Scan;
};

export const hitsOf = ({ found }: Scan, sort: Sort): readonly Scan["found"][number][] =>
  found.filter(({ name }) => name.startsWith(`${sort}: `));

/** With the process running. */
export async function lookEverywhere(deployment: Deployment, matcher: Matcher, control: Control): Promise<Look> {
  const { server } = deployment;
  return {
    disk: lookAtDisk(server.folder, matcher, control),
    memory: memoryScan(server.pid, matcher),
    logs: scan(matcher, [{ name: "output", bytes: server.logs() }]),
    operator: scan(matcher, [{ name: "counts", bytes: await server.operatorPage() }]),
    traffic: lookAtTraffic(deployment, matcher, control),
  };
}

/** The files as they lie there, then each record by itself: what is packed in it is tried from its beginning. */
export function lookAtDisk(folder: string, matcher: Matcher, { groupId }: Pick<Control, "groupId">): Scan {
  const leakedGroups = [groupId];
  return together([
    scan(matcher, filesIn(folder), { framing: true, leakedGroups }),
    scan(matcher, recordsIn(folder), { small: true, framing: true, leakedGroups }),
  ]);
}

function lookAtTraffic(deployment: Deployment, matcher: Matcher, { groupId }: Control): Scan {
  const options = { framing: true, leakedGroups: [groupId] };
  const raw = deployment.recorders.flatMap((recorder) => recorder.raw().map((bytes) => ({ name: "raw", bytes })));
  const payloads = deployment.recorders.flatMap((recorder) => {
    const { toServer, toClient } = recorder.payloads();
    return [
      ...toServer.map((bytes) => ({ name: "sent", bytes })),
      ...toClient.map((bytes) => ({ name: "received", bytes })),
    ];
  });
  return together([
    scan(matcher, raw, options),
    scan(matcher, payloads.flatMap(withEnvelopes), { ...options, small: true }),
  ]);
}

/** Undefined where the system does not let us look. */
function memoryScan(pid: number, matcher: Matcher): Scan | undefined {
  try {
    return scan(matcher, memoryOf(pid));
  } catch (error) {
    if (error instanceof Error && "code" in error) return undefined;
    throw error;
  }
}

/** Everything that is looked for, as it is known by now. */
export function matcherFor(deployment: Deployment, control: Control): Matcher {
  const sorted = (sort: Sort, needles: readonly Needle[]) =>
    needles.map((needle) => ({ ...needle, name: `${sort}: ${needle.name}` }));
  const { devices, secrets, canaries, origins } = deployment;
  const column = (sql: string) =>
    devices.flatMap(({ database, name }) =>
      database.all<{ value: Uint8Array }>(sql).map(({ value }) => ({ name, value })),
    );
  const bytes = (sql: string) => unique(column(sql)).flatMap(({ name, value }) => needlesOfBytes(name, value));
  return createMatcher([
    ...sorted("canary", canaries.needles()),
    ...sorted("control", control.canaries.flatMap(needlesOf)),
    ...sorted("control-group", needlesOfBytes("bare message", control.groupId)),
    ...sorted("key", bytes("SELECT value FROM meta WHERE key IN ('device-seed', 'master-key', 'recovery-key')")),
    ...sorted("key", bytes("SELECT key AS value FROM vault_keys")),
    // What opens Moments: the root of an account, ways to friends, logs, and posts with what is said on them.
    ...sorted(
      "key",
      bytes(
        `SELECT root AS value FROM moment_self UNION ALL SELECT way FROM moment_ways UNION ALL SELECT key FROM moment_logs
         UNION ALL SELECT key FROM moment_own_logs UNION ALL SELECT secret FROM moments
         UNION ALL SELECT reply FROM moment_words WHERE length(reply) > 0`,
      ),
    ),
    ...sorted(
      "key",
      [...secrets.keys.values()].flatMap((key) => needlesOfBytes("of an envelope", key)),
    ),
    ...sorted("mls", secrets.messages.flatMap(windowsOf)),
    ...sorted("group", bytes("SELECT group_id AS value FROM groups")),
    ...sorted("conversation", bytes("SELECT conversation AS value FROM conversations")),
    ...sorted("origin", [...origins.needles(), ...deployment.addresses.flatMap(addressNeedles)]),
    ...sorted(
      "envelope",
      envelopesPosted(deployment).flatMap((envelope, i) => sampleOf(envelope, i)),
    ),
  ]);
}

/** The header with group id and epoch, and a piece of the middle. */
function windowsOf(message: Uint8Array): readonly Needle[] {
  const middle = message.length >> 1;
  return [
    { name: "header", form: "bytes", bytes: message.subarray(0, 45) },
    { name: "middle", form: "bytes", bytes: message.subarray(middle, middle + 32) },
  ];
}

/** What an address is recognised by, however much of its end is cut off. */
export function addressNeedles(address: string): readonly Needle[] {
  if (!address.includes(":")) return [{ name: "address", form: "text", bytes: Buffer.from(address) }];
  const groups = address.split(":");
  const packed = Buffer.from(
    groups
      .slice(0, 4)
      .map((group) => group.padStart(4, "0"))
      .join(""),
    "hex",
  );
  return [
    { name: "address", form: "text", bytes: Buffer.from(groups.slice(0, 3).join(":")) },
    { name: "address", form: "bytes", bytes: packed },
  ];
}

function envelopesPosted(deployment: Deployment): readonly Uint8Array[] {
  return deployment.recorders.flatMap((recorder) => recorder.payloads().toServer.flatMap(envelopesIn));
}

function sampleOf(envelope: Uint8Array, number: number): readonly Needle[] {
  if (envelope.length < 80) return [];
  return [{ name: `posted ${number}`, form: "bytes", bytes: envelope.subarray(40, 72) }];
}

function* recordsIn(folder: string): Generator<Piece> {
  const copy = mkdtempSync(join(tmpdir(), "yanshu-copy-"));
  try {
    for (const suffix of ["", "-wal"]) {
      const from = join(folder, `yanshu.db${suffix}`);
      if (existsSync(from)) copyFileSync(from, join(copy, `copy.db${suffix}`));
    }
    const database = new Database(join(copy, "copy.db"));
    const tables = database.query<{ name: string }, []>("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
    for (const { name } of tables) {
      for (const row of database.query(`SELECT * FROM "${name}"`).values() as unknown[][]) {
        for (const value of row) {
          if (value instanceof Uint8Array) yield* withEnvelopes({ name: `table ${name}`, bytes: value });
          else if (typeof value === "string") yield { name: `table ${name}`, bytes: Buffer.from(value) };
        }
      }
    }
    database.close();
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/**
 * What all devices put into their vaults, and the records that cards open (docs/spec/vault.md VA2, VA13), looked at by
 * themselves.
 */
export function lookAtVaults(
  folder: string,
  matcher: Matcher,
): Scan & { readonly segments: number; readonly records: number } {
  const kept = [...recordsIn(folder)].filter(({ name }) => name === "table segments" || name === "table records");
  const records = kept.filter(({ name }) => name === "table records").length;
  return { ...scan(matcher, kept, { small: true, framing: true }), segments: kept.length - records, records };
}

/** Envelopes that still stand in the server's queue. */
export function queuedIn(folder: string): number {
  let rows = 0;
  for (const { name } of recordsIn(folder)) if (name === "table envelopes") rows++;
  return rows;
}

function withEnvelopes(piece: Piece): readonly Piece[] {
  return [piece, ...envelopesIn(piece.bytes).map((bytes) => ({ name: piece.name, bytes }))];
}

/** The envelopes of a post or a push; none in anything else. */
function envelopesIn(frame: Uint8Array): readonly Uint8Array[] {
  const bytes = new Uint8Array(frame);
  try {
    const decoded = (bytes[0] ?? 0) < 0x80 ? decodeClientFrame(bytes) : decodeServerFrame(bytes);
    if (decoded.type === "post") return decoded.post.parts.map(({ envelope }) => envelope);
    return decoded.type === "push" ? [decoded.push.envelope] : [];
  } catch {
    return []; // A ping, or no frame at all.
  }
}

function unique<T extends { readonly value: Uint8Array }>(all: readonly T[]): readonly T[] {
  return [...new Map(all.map((one) => [Buffer.from(one.value).toString("hex"), one])).values()];
}
