/**
 * Device backup (docs/spec/store.md ST40): who this device is, and whom it knows, in a second place beside the
 * database, so that a device whose database is gone mends itself (mend.ts). It is written when it changes.
 */
import { type MetaKey, readMeta } from "@yanshu/store";
import { type Bytes, equalBytes } from "@yanshu/wire";
import { encodeRecord } from "../backup/recovery-record.ts";
import { pack, unpack } from "../cbor.ts";
import type { DeviceBackupWriter, Engine } from "../core/engine.ts";

/** Changes come in bursts. */
const restMs = 2_000;

/** Single values of the store, by their names there; `master-key` until the recovery card was confirmed. */
const keptKeys = [
  "server",
  "inception",
  "device-seed",
  "master-key",
  "pair-current",
  "pair-next",
  "incarnation",
] as const satisfies readonly MetaKey[];

export type DeviceBackup = {
  readonly v: 1;
  readonly meta: Readonly<Partial<Record<(typeof keptKeys)[number], Bytes>>>;
  /** What the recovery record would say (VA13); absent where it is too large. */
  readonly record?: Bytes;
};

export function createDeviceBackup(engine: Engine): DeviceBackupWriter {
  const { ports } = engine;
  const place = ports.deviceBackup;
  let isPlanned = false;
  let last: Bytes | undefined;
  let turn: Promise<void> = Promise.resolve();

  /** One after another: what was written last is what stands. */
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
    scheduleFlush() {
      if (place === undefined || isPlanned || engine.own === undefined) return;
      isPlanned = true;
      ports.after(restMs, () => {
        isPlanned = false;
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

/** Undefined where nobody lives, or the one who does is on the way out. */
function deviceBackupOf(engine: Engine): DeviceBackup | undefined {
  const { db, own, phase } = engine;
  if (own === undefined || !(phase === "ready" || phase === "starting")) return undefined;
  const entries = keptKeys.flatMap((key) => {
    const value = readMeta(db, key);
    return value === undefined ? [] : [[key, value] as const];
  });
  // Until what was kept was taken in, this device knows less than it says.
  const record = readMeta(db, "kept-record") ?? encodeRecord(engine);
  return { v: 1, meta: Object.fromEntries(entries), ...(record === undefined ? {} : { record }) };
}

/** Undefined where there is none, or it is broken. */
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
