/**
 * Raw: what this machine, runtime and disk can do with nothing of ours in the way, measured in the
 * same run as the scenarios, so that a ratio says more than a figure from another day.
 *
 *   echo     a bare Bun socket sends frames as large as a text of five letters back
 *   insert   a bare SQLite table takes such rows, WAL and synchronous=FULL, 256 a commit
 *   room     a bare Bun socket sends such a frame to all who are there, five times a second, and they say a word a second
 *
 * Run as `bun bench/raw.ts echo`, `room` or `insert FILE MILLISECONDS`, each in its own process.
 */
import { Database } from "bun:sqlite";
import { statSync } from "node:fs";
import { join } from "node:path";
import { textBytes } from "./envelope.ts";
import { withFolder } from "./folder.ts";
import { runLoad } from "./load.ts";
import { rssBytes } from "./process.ts";
import { type Row, row } from "./rows.ts";

/** About as many as share a commit in the pair scenario. */
const rowsPerCommit = 256;
const connections = 200;
/** Of a room at a bare socket: how often it talks, and how much each member says in a second, as an acknowledgement. */
const [roomEveryMs, wordBytes] = [200, 24];

type Role = "echo" | "room";

export type RawLimits = {
  readonly echoPerCpuSecond: number;
  readonly insertPerCpuSecond: number;
  readonly bytesPerRow: number;
  readonly rows: readonly Row[];
};

type InsertResult = {
  readonly rows: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly fileBytes: number;
};

export async function measureRaw(quick: boolean): Promise<RawLimits> {
  const measureMs = quick ? 500 : 5_000;
  const echo = await measureEcho(measureMs);
  const insert = await withFolder((folder) => measureInsert(join(folder, "raw.db"), measureMs));
  const echoPerCpuSecond = echo.frames / echo.serverCpuSeconds;
  const insertPerCpuSecond = insert.rows / insert.cpuSeconds;
  return {
    echoPerCpuSecond,
    insertPerCpuSecond,
    bytesPerRow: insert.fileBytes / insert.rows,
    rows: [
      row("raw: echoed frames per server CPU-second", echoPerCpuSecond, "frames/CPU-s"),
      row("raw: echoed frames a second", echo.frames / echo.seconds, "frames/s"),
      row("raw: inserted rows per CPU-second", insertPerCpuSecond, "rows/CPU-s"),
      row("raw: inserted rows a second", insert.rows / insert.seconds, "rows/s"),
      row("raw: bytes a row", insert.fileBytes / insert.rows, "bytes"),
      row("raw: commits on disk a second", insert.rows / rowsPerCommit / insert.seconds, "syncs/s"),
    ],
  };
}

async function measureEcho(measureMs: number) {
  return withBareSocket((url, pid) => {
    const job = { kind: "echo", url, pid, connections, inFlight: 1, frameBytes: textBytes } as const;
    return runLoad({ ...job, warmUpMs: measureMs / 5, measureMs }, 30_000 + 2 * measureMs);
  });
}

/** What each connection costs a bare socket, in bytes. */
export async function bareBytesPerConnection(count: number, settleMs: number): Promise<number> {
  const limitMs = 120_000 + 2 * settleMs;
  const held = await withBareSocket((url, pid) =>
    runLoad({ kind: "hold", url, pid, connections: count, settleMs }, limitMs),
  );
  return (held.rssAtAll - held.rssBefore) / count;
}

/** A bare socket that greets nobody: from the command until it listens, and its memory a moment later. */
export async function bareStart(settleMs: number): Promise<{ readonly listensMs: number; readonly rssBytes: number }> {
  const startedMs = performance.now();
  return withBareSocket(async (_, pid) => {
    const listensMs = performance.now() - startedMs;
    await Bun.sleep(settleMs);
    return { listensMs, rssBytes: rssBytes(pid) };
  });
}

/** A room that talks at a bare socket: its CPU seconds for a million frames that it sends. */
export async function bareRoom(members: number, measureMs: number): Promise<number> {
  const job = { kind: "hold", connections: members, settleMs: measureMs, sayBytes: wordBytes } as const;
  const { frames, serverCpuSeconds } = await withBareSocket(
    (url, pid) => runLoad({ ...job, url, pid }, 60_000 + 3 * measureMs),
    "room",
  );
  return (1e6 * serverCpuSeconds) / frames;
}

async function withBareSocket<T>(work: (url: string, pid: number) => Promise<T>, role: Role = "echo"): Promise<T> {
  const server = Bun.spawn([process.execPath, import.meta.path, role], { stdout: "pipe", stderr: "inherit" });
  try {
    const reader = server.stdout.getReader();
    const { value } = await reader.read();
    return await work(`ws://127.0.0.1:${Number(new TextDecoder().decode(value))}`, server.pid);
  } finally {
    server.kill();
    await server.exited;
  }
}

async function measureInsert(file: string, measureMs: number): Promise<InsertResult> {
  const child = Bun.spawn([process.execPath, import.meta.path, "insert", file, String(measureMs)], {
    stdout: "pipe",
    stderr: "inherit",
    timeout: 30_000 + 2 * measureMs,
  });
  return JSON.parse(await new Response(child.stdout).text()) as InsertResult;
}

function serveEcho(): void {
  serveBare({
    message: (socket, frame) => {
      socket.send(frame);
    },
  });
}

function serveRoom(): void {
  const server = serveBare({
    open: (socket) => {
      socket.subscribe("room");
    },
    message: () => undefined,
  });
  setInterval(() => server.publish("room", crypto.getRandomValues(new Uint8Array(textBytes))), roomEveryMs);
}

function serveBare(websocket: Bun.WebSocketHandler<undefined>): Bun.Server<undefined> {
  const server = Bun.serve<undefined>({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request, self) => (self.upgrade(request) ? undefined : new Response("", { status: 400 })),
    websocket,
  });
  process.stdout.write(`${server.port}\n`);
  return server;
}

function insertRows(file: string, measureMs: number): InsertResult {
  const database = new Database(file, { create: true });
  for (const pragma of ["journal_mode = WAL", "synchronous = FULL", "wal_autocheckpoint = 4000"])
    database.run(`PRAGMA ${pragma}`);
  database.run("CREATE TABLE envelopes (id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT");
  const insert = database.prepare("INSERT INTO envelopes (body) VALUES (?)");
  const body = crypto.getRandomValues(new Uint8Array(textBytes));
  const commit = database.transaction(() => {
    for (let i = 0; i < rowsPerCommit; i++) insert.run(body);
  });
  const cpuBefore = process.cpuUsage();
  const startedMs = performance.now();
  let rows = 0;
  while (performance.now() - startedMs < measureMs) {
    commit();
    rows += rowsPerCommit;
  }
  const seconds = (performance.now() - startedMs) / 1_000;
  const { user, system } = process.cpuUsage(cpuBefore);
  database.run("PRAGMA wal_checkpoint(TRUNCATE)"); // Else the file does not hold all rows yet.
  database.close();
  return { rows, seconds, cpuSeconds: (user + system) / 1_000_000, fileBytes: statSync(file).size };
}

if (import.meta.main) {
  const [role, file, measureMs] = process.argv.slice(2);
  if (role === "echo") serveEcho();
  else if (role === "room") serveRoom();
  else if (role === "insert" && file !== undefined) console.log(JSON.stringify(insertRows(file, Number(measureMs))));
  else throw new Error("bench/raw.ts: say `echo`, `room` or `insert FILE MILLISECONDS`");
}
