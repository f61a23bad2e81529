/** Ms until the next try is allowed after wrong ones, updated every second (docs/spec/store.md ST32). */
import { useEffect, useState } from "preact/hooks";
import { type LockRecord, waitMsOf } from "../../shared/lock-record.ts";

export function useWait(record: LockRecord | undefined): number {
  const [nowMs, setNow] = useState(Date.now());
  const waitMs = record === undefined ? 0 : waitMsOf(record, nowMs);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [record]);
  useEffect(() => setNow(Date.now()), [record]);
  return waitMs;
}
