/** Break: one lie between a device and its ports, or between servers and their log (docs/spec/simulation.md SIM9). */
import type { MediaPorts, Ports } from "@yanshu/client";
import type { Log } from "@yanshu/server";
import type { Database, SqlValue } from "@yanshu/store";

export type Break = {
  readonly crypto?: (crypto: Ports["crypto"]) => Ports["crypto"];
  readonly run?: (database: Database) => Database["run"];
  readonly media?: (media: MediaPorts) => MediaPorts;
  /** Whether this frame to the server is kept back. */
  readonly keepsBack?: (frame: Uint8Array) => boolean;
  /** Whether a timer of so many milliseconds never runs. */
  readonly forgets?: (ms: number) => boolean;
  /** Whether a line between homes that was cut stays so. */
  readonly linesStayCut?: true;
  /** Of every server's log, where there are several; from the first step on. */
  readonly log?: (log: Log, hasBegun: () => boolean) => Log;
};
/** Nothing becomes of statements like these, though it is said that something did. */
export function without(isLost: (sql: string, params: readonly SqlValue[]) => boolean): NonNullable<Break["run"]> {
  return (database) =>
    (sql, ...params) =>
      isLost(sql, params) ? 1 : database.run(sql, ...params);
}

export function isMark(sql: string, params: readonly SqlValue[], kind: string): boolean {
  return sql.trimStart().startsWith("INSERT INTO marks") && params[3] === kind;
}
