/**
 * Heads: what friends' apps keep of the log of releases is compared with what this browser keeps (docs/spec/web.md
 * WE321, docs/spec/release.md RE20).
 */
import { effect } from "@preact/signals";
import { besideLog, checkpointOf, pinned } from "@yanshu/release";
import { t, wordsOfFeatures } from "../../locales/i18n.ts";
import { keepSplit, keptSplit, log, readSeen } from "../../shell/released.ts";
import { api, peekView } from "../../shell/session.ts";
import { toast } from "../../shell/toast.tsx";

/** Since when friends have had a longer log, in milliseconds. */
const aheadKey = "yanshu.release.ahead";
const aheadMaxMs = 14 * 24 * 3_600_000;

export function start(): void {
  try {
    log.value ??= readSeen()?.log;
  } catch {
    return; // A private window refuses storage: it keeps no log.
  }
  const [status, heads] = [peekView("status"), peekView("releaseHeads")];
  effect(() => {
    const own = log.value;
    if (own === undefined || status.value?.phase !== "ready") return;
    const head = checkpointOf(own);
    void api.tellReleaseHead(head).catch(() => undefined);
    const found = (heads.value ?? []).map((theirs) => ({ theirs, is: besideLog(own, theirs, pinned.log) }));
    const other = found.find(({ is }) => is === "split");
    if (other !== undefined && keptSplit() === undefined) {
      keepSplit({ ours: head, theirs: other.theirs });
      void wordsOfFeatures().then(() => toast(t("code.splitRow")));
    }
    noteAhead(found.some(({ is }) => is === "later"));
  });
}

function noteAhead(isAhead: boolean): void {
  if (!isAhead) localStorage.removeItem(aheadKey);
  else if (localStorage.getItem(aheadKey) === null) localStorage.setItem(aheadKey, `${Date.now()}`);
}

/** Whether friends have had a newer release for so long that it is told: home may withhold it. */
export function isBehind(): boolean {
  // Without a log nothing was compared, and a private window refuses storage.
  const since = log.value === undefined ? null : localStorage.getItem(aheadKey);
  return since !== null && Date.now() - Number(since) > aheadMaxMs;
}
