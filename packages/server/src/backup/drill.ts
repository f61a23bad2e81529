/**
 * Drill: a server over what was put back, as at the next start, on a port of this machine that nobody knows
 * (docs/spec/delivery.md DS148).
 */
import { join } from "node:path";
import { openBlobStore } from "../blobs/bun.ts";
import { serve } from "../gateway/bun.ts";
import { openSqliteLog } from "../log/sqlite/bun.ts";
import { OptionError } from "../options.ts";

/** @throws OptionError when it does not get ready. */
export async function tryServer(data: string): Promise<{ readonly accounts: number; readonly devices: number }> {
  const log = openSqliteLog(join(data, "yanshu.db"));
  const blobs = openBlobStore(join(data, "blobs"));
  const serving = serve({ log, blobs, port: 0, host: "127.0.0.1" });
  try {
    const answer = await fetch(`http://127.0.0.1:${serving.port}/readyz`, { signal: AbortSignal.timeout(10_000) });
    if (!answer.ok) throw new OptionError(`the server over the copy is not ready: ${(await answer.text()).trim()}`);
    return log.counts();
  } finally {
    await serving.stop();
    log.close();
    blobs.close();
  }
}
