/**
 * Voucher: the signature of a device on a recovery record (docs/spec/vault.md VA26). Home knows the key that a record
 * is sealed to, and can seal one of its own; it cannot sign as a device of the account.
 *
 * device key 32 · n of a list entry 8 · its hash 32 · stamp in ms 8 · signature 64 · content
 */
import { decodeRecoveryRecord, type RecoveryRecord } from "@yanshu/content";
import {
  ByteReader,
  type Bytes,
  ByteWriter,
  concat,
  equalBytes,
  headOf,
  idBytes,
  MalformedError,
  recordBytes,
} from "@yanshu/wire";
import { type Engine, ownOf } from "../core/engine.ts";
import { devicesBefore, isListed } from "./belief.ts";
import { cameOver } from "./came-over.ts";

const numberBytes = 8;

/** Signs by this device, under the present list: `n` and `entryHash` are those of its head. */
export async function vouch(
  engine: Engine,
  stampMs: number,
  held: Bytes,
): Promise<{ readonly bytes: Bytes; readonly n: number; readonly entryHash: Bytes }> {
  const { account, deviceKey } = ownOf(engine);
  const list = engine.lists.get(account);
  const head = list && headOf(list);
  if (head === undefined) throw new Error("invariant: own device list is held");
  const { hash: entryHash } = head;
  const { n } = head.body;
  const signed = recordBytes({ account, n, entryHash, stampMs, held });
  const bytes = concat(
    deviceKey.publicKey,
    new ByteWriter(numberBytes).u53(n).finish(),
    entryHash,
    new ByteWriter(numberBytes).u53(stampMs).finish(),
    await engine.ports.crypto.sign(deviceKey.privateKey, signed),
    held,
  );
  return { bytes, n, entryHash };
}

/**
 * `vouched`: the signer is in the list from before this device came, or in the present one. `removed`: the signer is
 * not listed any more; either it was stolen, or a thief of another device removed it: the person decides. `unvouched`:
 * no valid signature. `unreadable`: malformed, or of a later version.
 */
export type ReadRecord =
  | {
      readonly kind: "vouched" | "removed";
      readonly record: RecoveryRecord;
      readonly held: Bytes;
      readonly stampMs: number;
    }
  | { readonly kind: "unvouched" | "unreadable" };

export async function readVouched(engine: Engine, bytes: Bytes): Promise<ReadRecord> {
  const { account } = ownOf(engine);
  const list = await engine.lists.load(account);
  const read = readVoucher(bytes);
  if (read === undefined || list === undefined) return { kind: "unreadable" };
  const { signer, n, entryHash, stampMs, signature, held } = read;
  const entry = [...list.entries, ...cameOver(engine, list)].find(
    ({ body, hash }) => body.n === n && equalBytes(hash, entryHash),
  );
  // @checks VA26
  const isNamed = isListed(entry?.body.devices, signer);
  const signed = recordBytes({ account, n, entryHash, stampMs, held });
  // @checks VA26
  if (!isNamed || !(await engine.ports.crypto.verify(signer, signed, signature))) return { kind: "unvouched" };
  const record = decodeRecoveryRecord(held);
  if (record === undefined) return { kind: "unreadable" };
  const counts = isListed(devicesBefore(engine, list)?.all, signer) || isListed(headOf(list)?.body.devices, signer);
  // The stamp is shown, so one in the future becomes now.
  return { kind: counts ? "vouched" : "removed", record, held, stampMs: Math.min(stampMs, engine.ports.nowMs()) };
}

function readVoucher(bytes: Bytes) {
  try {
    const reader = new ByteReader(bytes);
    return {
      signer: reader.take(idBytes.publicKey),
      n: reader.u53(),
      entryHash: reader.take(idBytes.hash),
      stampMs: reader.u53(),
      signature: reader.take(idBytes.signature),
      held: reader.rest(),
    };
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}
