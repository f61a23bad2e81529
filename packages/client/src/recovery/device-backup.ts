/**
 * Device backup (docs/spec/store.md ST40): this device's keys and its contacts, stored outside of the database, so that
 * a device whose database is lost restores itself (restore-device.ts). Written on each change.
 */
import { type MetaKey, readMeta } from "@yanshu/store";
import { type Bytes, equalBytes } from "@yanshu/wire";
import { encodeRecord } from "../backup/recovery-record.ts";
import { pack, unpack } from "../cbor.ts";
import type { DeviceBackupWriter, Engine } from "../core/engine.ts";

/** Wait after a change, because changes come in bursts. */
const restMs = 2_000;
/** The same after what features seldom keep there: all of the record is made for it. */
const seldomMs = 30_000;
/**
 * The first time after a start: of five hundred contacts the record takes as long as a look at Moments, and what is
 * opened first would wait for it (docs/spec/moments.md MO106).
 */
const firstMs = 10_000;

/** Meta keys of the store that are copied; `master-key` until the recovery card is confirmed. */
const keptKeys = [
  "server",
  "inception",
  "device-seed",
  "master-key",
  "pair-current",
  "pair-next",
  "incarnation",
  "home-key",
] as const satisfies readonly MetaKey[];

export type DeviceBackup = {
  readonly v: 1;
  readonly meta: Readonly<Partial<Record<(typeof keptKeys)[number], Bytes>>>;
  /** The recovery record's content (VA13); absent if it is too large. */
  readonly record?: Bytes;
};

export function createDeviceBackup(engine: Engine): DeviceBackupWriter {
  const { ports } = engine;
  const place = ports.deviceBackup;
  const planned = new Set<number>();
  let last: Bytes | undefined;
  let isFirst = true;
  let turn: Promise<void> = Promise.resolve();

  /** Writes run one after another, so that the last one wins. */
  function inTurn(work: () => Promise<void>): Promise<void> {
    turn = turn.then(work).catch(engine.failed);
    return turn;
  }

  async function put(): Promise<void> {
    const made = deviceBackupOf(engine);
    if (place === undefined || made === undefined) return;
    const bytes = pack(made);
    if (last !== undefined && equalBytes(last, bytes)) return;
    last = undefined;
    await place.write(bytes);
    last = bytes;
  }

  return {
    scheduleFlush(topics) {
      const { neverKept, seldomKept } = engine.features;
      if (topics.every((topic) => neverKept.has(topic))) return;
      const soonMs = isFirst ? firstMs : restMs;
      const ms = topics.every((topic) => seldomKept.has(topic) || neverKept.has(topic)) ? seldomMs : soonMs;
      if (place === undefined || planned.has(ms) || engine.own === undefined) return;
      planned.add(ms);
      ports.after(ms, () => {
        planned.delete(ms);
        isFirst = false;
        void inTurn(put);
      });
    },
    write: () => (place === undefined ? Promise.resolve() : inTurn(put)),
    clear: () =>
      place === undefined
        ? Promise.resolve()
        : inTurn(async () => {
            last = undefined;
            await place.clear();
          }),
  };
}

/** Undefined if there is no account, or it is being deleted. */
function deviceBackupOf(engine: Engine): DeviceBackup | undefined {
  const { db, own, phase } = engine;
  if (own === undefined || !(phase === "ready" || phase === "starting")) return undefined;
  const entries = keptKeys.flatMap((key) => {
    const value = readMeta(db, key);
    return value === undefined ? [] : [[key, value] as const];
  });
  // Until an earlier backup was restored, the database holds less than that backup.
  const record = readMeta(db, "kept-record") ?? encodeRecord(engine);
  return { v: 1, meta: Object.fromEntries(entries), record };
}

/** Undefined if there is none, or it is malformed. */
export async function readDeviceBackup({ ports }: Engine): Promise<DeviceBackup | undefined> {
  try {
    const bytes = await ports.deviceBackup?.read();
    if (bytes === undefined) return undefined;
    const kept = unpack<DeviceBackup>(bytes);
    const { server, inception, "device-seed": seed } = kept.meta;
    return kept.v === 1 && server !== undefined && inception !== undefined && seed !== undefined ? kept : undefined;
  } catch {
    return undefined;
  }
}
