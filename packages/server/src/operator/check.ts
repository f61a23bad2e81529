/**
 * Check: what an operator would otherwise check by hand (docs/spec/delivery.md DS147), each finding with what to do
 * about it. It changes nothing, and can run beside the server.
 */
import { existsSync, readdirSync, readFileSync, statfsSync, statSync } from "node:fs";
import { join } from "node:path";
import { fromBase64Url } from "@yanshu/wire";
import { listCopies } from "../backup/schedule.ts";
import { openBeside } from "./bun-bill.ts";
import { askControl } from "./bun-control.ts";
import type { Status } from "./status.ts";
import { lasting, sized } from "./words.ts";

export type Finding = { readonly what: string; readonly state: "well" | "note" | "fault"; readonly said: string };

export type CheckOptions = {
  readonly folder: string;
  /** The folder of backups; undefined: backups are not checked. */
  readonly backups: string | undefined;
  readonly isShared: boolean;
  readonly nowMs: number;
};

const roomLeast = 512 * 1024 ** 2;
const certificateMsLeast = 14 * 86_400_000;
const copyAgeMsMost = 2 * 86_400_000;

export async function check({ folder, backups, isShared, nowMs }: CheckOptions): Promise<readonly Finding[]> {
  const findings: (Finding | undefined)[] = [];
  const look = async (what: string, work: () => Finding | undefined | Promise<Finding | undefined>) => {
    try {
      findings.push(await work());
    } catch (error) {
      findings.push({ what, state: "fault", said: error instanceof Error ? error.message : "unknown fault" });
    }
  };
  await look("server", () => serverState(folder));
  await look("certificate", () => certificate(folder, nowMs));
  await look("folder", () => folderModes(folder));
  await look("room", () => roomLeft(folder));
  if (!isShared) await look("database", () => database(join(folder, "yanshu.db"), "database"));
  await look("files", () => files(join(folder, "blobs")));
  await look("secrets", () => secrets(folder));
  if (backups !== undefined) await look("backups", () => copies(backups, nowMs));
  return findings.filter((finding) => finding !== undefined);
}

async function serverState(folder: string): Promise<Finding> {
  const answer = await askControl(folder, "ready", {});
  if (answer === undefined) return { what: "server", state: "note", said: "not running" };
  if (!answer.ok) return { what: "server", state: "fault", said: answer.why };
  const { isReady, why } = answer.value as { readonly isReady: boolean; readonly why: string };
  return isReady
    ? { what: "server", state: "well", said: "running and ready" }
    : { what: "server", state: "fault", said: `running, and not ready: ${why}` };
}

/** Checks the server's own certificate, if it has one: near its last day, its renewal probably does not run. */
async function certificate(folder: string, nowMs: number): Promise<Finding | undefined> {
  const answer = await askControl(folder, "status", {});
  const ends = answer?.ok === true ? (answer.value as Status).certificateEnds : null;
  if (ends === null) return undefined;
  const leftMs = Date.parse(ends) - nowMs;
  return leftMs < certificateMsLeast
    ? { what: "certificate", state: "fault", said: `ends on ${ends}: does its renewal run?` }
    : { what: "certificate", state: "well", said: `until ${ends}` };
}

function folderModes(folder: string): Finding {
  const isOpen = (path: string) => existsSync(path) && (statSync(path).mode & 0o077) !== 0;
  const inside = ["yanshu.db", "yanshu.db-wal", "registration-token", "push-key"].map((name) => join(folder, name));
  const open = isOpen(folder) ? inside.filter(isOpen) : [];
  return open.length === 0
    ? { what: "folder", state: "well", said: "nobody else on this machine can read it" }
    : {
        what: "folder",
        state: "fault",
        said: `others on this machine can read ${open.join(", ")}: chmod 700 ${folder}`,
      };
}

function roomLeft(folder: string): Finding {
  const { bavail, blocks, bsize } = statfsSync(folder);
  const [free, all] = [bavail * bsize, blocks * bsize];
  const said = `${sized(free)} of ${sized(all)} free`;
  return free < roomLeast
    ? { what: "room", state: "fault", said: `${said}: messages are refused when it is full` }
    : { what: "room", state: free < all / 10 ? "note" : "well", said };
}

function database(path: string, what: string): Finding {
  const found = openBeside(path);
  try {
    const faults = found.query("PRAGMA quick_check(5)").values().flat();
    return faults.length === 1 && faults[0] === "ok"
      ? { what, state: "well", said: "whole" }
      : { what, state: "fault", said: "damaged: stop the server, and see `restore`" };
  } finally {
    found.close(false);
  }
}

/** Compares the index of files with the disk. Files in a bucket are not checked. */
function files(folder: string): Finding | undefined {
  const path = join(folder, "index.db");
  if (!existsSync(path)) return undefined;
  const index = openBeside(path);
  try {
    const whole = index.query("PRAGMA quick_check(1)").values()[0]?.[0] === "ok";
    if (!whole)
      return { what: "files", state: "fault", said: "their index is damaged: stop the server, and see `restore`" };
    const rows = index
      .query<{ id: string; written: number }, []>(
        "SELECT id, written FROM blobs b WHERE NOT EXISTS (SELECT 1 FROM blob_parts p WHERE p.id = b.id)",
      )
      .all();
    const short = rows.filter(({ id, written }) => written > 0 && sizeOf(join(folder, id.slice(0, 2), id)) < written);
    const said = `${rows.length} named, ${sized(rows.reduce((sum, { written }) => sum + written, 0))}`;
    return short.length === 0
      ? { what: "files", state: "well", said: `${said}, all there` }
      : { what: "files", state: "fault", said: `${said}, of which ${short.length} are missing or cut short` };
  } finally {
    index.close(false);
  }
}

function secrets(folder: string): Finding {
  const token = join(folder, "registration-token");
  if (!existsSync(token))
    return { what: "secrets", state: "note", said: "no standing invitation: one is made at the next start" };
  return fromBase64Url(readFileSync(token, "utf8").trim())?.length === 16
    ? { what: "secrets", state: "well", said: "the standing invitation can be read" }
    : { what: "secrets", state: "fault", said: `${token} holds no invitation: remove it, and a new one is made` };
}

function copies(folder: string, nowMs: number): Finding {
  const newest = listCopies(existsSync(folder) ? readdirSync(folder) : []).at(-1);
  if (newest === undefined)
    return { what: "backups", state: "fault", said: `none in ${folder}: see \`backup --every\`` };
  const age = nowMs - newest.atMs;
  const said = `the newest is of ${lasting(age)} ago`;
  return age > copyAgeMsMost
    ? { what: "backups", state: "fault", said: `${said}: does its timer run?` }
    : { what: "backups", state: "well", said };
}

function sizeOf(path: string): number {
  return existsSync(path) ? statSync(path).size : 0;
}
