/**
 * All that is kept of an account, told to its own devices (docs/spec/delivery.md DS70): row by row as it stands in the
 * database, in answers of half a mebibyte. A row that is larger goes in pieces.
 */
import {
  type CallArgs,
  type CallResult,
  type Cell,
  decodePlace,
  encodePlace,
  encodeRow,
  limits,
  type Place,
  unlessMalformed,
} from "@yanshu/wire";
import { accept, type Outcome, refuse } from "../../core/outcome.ts";
import type { Pause } from "../../core/ports.ts";
import type { AccountExportLog, AccountRef } from "../../log/log.ts";

/** Counted in steps, between which others are served (docs/spec/delivery.md DS131). */
export async function everythingCounts(
  log: AccountExportLog,
  account: AccountRef,
  pause: Pause,
): Promise<Outcome<CallResult<"everythingCounts">>> {
  const counting = log.exportOf(account).counts();
  for (let step = counting.next(); ; step = counting.next()) {
    if (step.done === true) return accept({ tables: [...step.value] });
    await pause();
  }
}

export function everything(
  log: AccountExportLog,
  account: AccountRef,
  { from }: CallArgs<"everything">,
): Outcome<CallResult<"everything">> {
  const place = from === undefined ? startOf(log, 0) : placeIn(log, from);
  if (place === undefined) return refuse("malformed");
  const { table, columns } = place.kind;
  const own = log.exportOf(account);
  const rows: Uint8Array[] = [];
  let room: number = limits.rowsBytesMax;
  let { after, at } = place;
  while (rows.length < limits.rowsMax) {
    const found = own.after(table, after);
    if (found === undefined) {
      if (at > 0) return refuse("stale-offset"); // The rest of a row that is gone.
      const following = startOf(log, place.index + 1);
      return accept({
        table,
        columns,
        rows,
        isCut: false,
        ...(following && { next: encodePlace({ table: following.kind.table, after: [], at: 0 }) }),
      });
    }
    const bytes = encodeRow(found.row);
    if (at >= bytes.length) return refuse("stale-offset");
    const rest = bytes.subarray(at);
    if (rest.length > room) {
      if (rows.length > 0) break;
      rows.push(rest.slice(0, room));
      return accept({ table, columns, rows, isCut: true, next: encodePlace({ table, after, at: at + room }) });
    }
    rows.push(rest.slice());
    room -= rest.length;
    [after, at] = [found.key, 0];
  }
  return accept({ table, columns, rows, isCut: false, next: encodePlace({ table, after, at }) });
}

type At = Pick<Place, "after" | "at"> & {
  readonly index: number;
  readonly kind: AccountExportLog["exportTables"][number];
};

function startOf(log: AccountExportLog, index: number): At | undefined {
  const kind = log.exportTables[index];
  return kind && { index, kind, after: [], at: 0 };
}

/** Places are said by clients: what is none of ours would be the database's to refuse, each in its own way. */
function isOf(cell: Cell, kind: "number" | "int32" | "bytes" | undefined): boolean {
  if (kind === "bytes") return cell instanceof Uint8Array;
  return typeof cell === "number" && (kind === "number" || (cell | 0) === cell);
}

function placeIn(log: AccountExportLog, from: Uint8Array): At | undefined {
  return unlessMalformed(() => {
    const { table, after, at } = decodePlace(from);
    const start = startOf(
      log,
      log.exportTables.findIndex((kind) => kind.table === table),
    );
    const keys = start?.kind.keys ?? [];
    const isKey = after.length === keys.length && after.every((cell, i) => isOf(cell, keys[i]));
    return start && (after.length === 0 || isKey) ? { ...start, after, at } : undefined;
  });
}
