/** Renewals: when a leaf is due for fresh keys, and how many commits of the kind its group had (GR25). */
import { type Bytes, type DeviceId, equalBytes, type UnixMs } from "@yanshu/wire";
import type { Database } from "../database.ts";

export function setRenewal(db: Database, groupId: Bytes, dueMs: UnixMs): void {
  db.run(
    "INSERT INTO renewals (group_id, due_ms) VALUES (?, ?) ON CONFLICT (group_id) DO UPDATE SET due_ms = excluded.due_ms",
    groupId,
    dueMs,
  );
}

export function readRenewal(db: Database, groupId: Bytes): UnixMs | undefined {
  return db.get<{ due_ms: number }>("SELECT due_ms FROM renewals WHERE group_id = ?", groupId)?.due_ms;
}

/**
 * Of a device the latest counts, and of an account the `ofOneMax` latest. @param kept how many of the latest are of any
 * use. @param devices those of the account.
 */
export function addPathCommit(
  db: Database,
  groupId: Bytes,
  device: DeviceId,
  epoch: number,
  atMs: UnixMs,
  kept: number,
  devices: readonly DeviceId[],
  ofOneMax: number,
): void {
  const others = pathCommitsOf(db, groupId, devices).filter((one) => !equalBytes(one.device, device));
  for (const one of [{ device }, ...others.slice(ofOneMax - 1)])
    db.run("DELETE FROM path_commits WHERE group_id = ? AND device = ?", groupId, one.device);
  db.run(
    "INSERT OR REPLACE INTO path_commits (group_id, epoch, at_ms, device) VALUES (?, ?, ?, ?)",
    groupId,
    epoch,
    atMs,
    device,
  );
  db.run(
    `DELETE FROM path_commits WHERE group_id = ?1 AND epoch NOT IN (
       SELECT epoch FROM path_commits WHERE group_id = ?1 ORDER BY epoch DESC LIMIT ?2)`,
    groupId,
    kept,
  );
}

/** Of these devices, the latest first. */
function pathCommitsOf(db: Database, groupId: Bytes, devices: readonly DeviceId[]): readonly { device: DeviceId }[] {
  return db
    .all<{ device: DeviceId }>("SELECT device FROM path_commits WHERE group_id = ? ORDER BY epoch DESC", groupId)
    .filter(({ device }) => devices.some((one) => equalBytes(one, device)));
}

/** Those that came within `ms` of now; a clock that was set back since counts none of what seems far ahead. */
export function pathCommitsAround(db: Database, groupId: Bytes, nowMs: UnixMs, ms: number): number {
  return (
    db.get<{ n: number }>(
      "SELECT count(*) AS n FROM path_commits WHERE group_id = ? AND abs(at_ms - ?) < ?",
      groupId,
      nowMs,
      ms,
    )?.n ?? 0
  );
}

export function forgetRenewal(db: Database, groupId: Bytes): void {
  db.run("DELETE FROM renewals WHERE group_id = ?", groupId);
  db.run("DELETE FROM path_commits WHERE group_id = ?", groupId);
}
