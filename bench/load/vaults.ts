/**
 * Vaults as a long life fills them, which nobody could by calls within the time of a benchmark: written into the
 * database of a server that does not run.
 */
import { join } from "node:path";
import { openSqliteLog } from "@yanshu/server";
import type { VaultsJob, VaultsResult } from "./jobs.ts";
import { makePerson } from "./people.ts";

const segmentBytes = 1_024;
const step = 5_000;

export function runVaults({ folder, members, segments }: VaultsJob): VaultsResult {
  const log = openSqliteLog(join(folder, "yanshu.db"));
  const body = new Uint8Array(segmentBytes).fill(7);
  for (const [place, index] of members.entries()) {
    // An account is named after its key alone: the domain in its first entry is of no matter.
    const account = log.accounts.find(makePerson("bench", index, "localhost").account)?.ref;
    if (account === undefined) throw new Error("somebody who registered is not there");
    const count = place === 0 ? segments : segments / 10;
    for (let done = 0; done < count; done += step)
      log.transaction(() => {
        for (let i = 0; i < Math.min(step, count - done); i++) log.features.backup.appendSegment(account, body);
      });
  }
  log.close();
  return { segments };
}
