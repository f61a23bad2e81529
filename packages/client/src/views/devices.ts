/**
 * View `devices`: this account's devices by the latest entry of its device list (docs/spec/identity.md ID4). The
 * entries were verified when they were stored.
 */
import { type Bytes, deviceIdOf, equalBytes, invariant, readEntryBody, toHex, type UnixMs } from "@yanshu/wire";
import type { DeviceRow } from "../api/core.ts";
import { readDeviceNames } from "../values/device-names.ts";
import type { ViewContext } from "./context.ts";

const headSql = `SELECT bytes FROM account_entries WHERE account = ? AND current = 1 ORDER BY n DESC LIMIT 1`;

export function readDevices(context: ViewContext): readonly DeviceRow[] {
  const { own, sha256, database } = context;
  if (own === undefined) return [];
  const head = database.get<{ bytes: Bytes }>(headSql, own.account);
  const body = head && readEntryBody(head.bytes);
  if (body === undefined) return [];
  invariant(sha256 !== undefined, "the view of devices is read with a hash");
  const named = new Map(readDeviceNames(database).map((one) => [toHex(one.device), one]));
  return body.devices.map((key, place) => {
    const id = deviceIdOf(sha256, key);
    const device = toHex(id);
    const { name = "", made = "", sinceMs = 0 as UnixMs } = named.get(device) ?? {};
    return { device, isThis: equalBytes(id, own.device), order: place + 1, name, made, sinceMs };
  });
}
