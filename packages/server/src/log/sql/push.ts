/** The wake-ups' part of the log: statements only, no decisions. */
import type { Bytes } from "@yanshu/wire";
import type { PushLog } from "../log.ts";
import type { Prepare } from "./prepared.ts";

export function pushLog(prepare: Prepare): PushLog {
  const find = prepare("SELECT endpoint, key, secret FROM subscriptions WHERE device = ?");
  const set = prepare(`
    INSERT INTO subscriptions (device, endpoint, key, secret) VALUES (?, ?, ?, ?) ON CONFLICT (device) DO UPDATE
    SET endpoint = excluded.endpoint, key = excluded.key, secret = excluded.secret`);
  const drop = prepare("DELETE FROM subscriptions WHERE device = ?1 AND (?2 IS NULL OR endpoint = ?2)");
  const silence = prepare("UPDATE addresses SET wakes = 0 WHERE device = ? AND wakes = 1");
  const wakes = prepare("UPDATE addresses SET wakes = ? WHERE address = ? AND device = ?");
  return {
    subscription: (device) => {
      const row = find.get<[string, Bytes, Bytes]>(device);
      return row === undefined ? undefined : { endpoint: row[0], key: row[1], secret: row[2] };
    },
    setSubscription: (device, { endpoint, key, secret }) => set.put(device, endpoint, key, secret),
    dropSubscription: (device, endpoint) => drop.put(device, endpoint ?? null),
    silence: (device) => silence.put(device),
    setWaking: (device, address, isWaking) => wakes.put(Number(isWaking), address, device),
  };
}
