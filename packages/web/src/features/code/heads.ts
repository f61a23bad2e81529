/**
 * Heads: what friends' apps keep of the log of releases is compared with what this browser keeps (docs/spec/web.md
 * WE321, docs/spec/release.md RE20, RE21).
 */
import { computed, effect } from "@preact/signals";
import { besideLog, compareVersions, headIn, pinned, type Viewed, versionIn, viewIn } from "@yanshu/release";
import { t, wordsOfFeatures } from "../../locales/i18n.ts";
import { isTest, keepHeard, keepSplit, keptSplit, log, readSeen } from "../../shell/released.ts";
import { api, peekView } from "../../shell/session.ts";
import { toast } from "../../shell/toast.tsx";

/** Since when a later release has been known, in milliseconds. */
const aheadKey = "yanshu.release.ahead";
const aheadMaxMs = 14 * 24 * 3_600_000;

export function start(): void {
  try {
    log.value ??= readSeen()?.log;
  } catch {
    return; // A private window refuses storage: it keeps no log.
  }
  const [status, heads] = [peekView("status"), peekView("releaseHeads")];
  const isReady = computed(() => status.value?.phase === "ready");
  const own = computed(() => (log.value === undefined ? undefined : viewIn(log.value, pinned.log)));
  /** Each is checked once: a signature takes the page's thread some milliseconds. */
  const signed = new Map<string, string | undefined>();
  const headOnce = (said: string) => {
    if (!signed.has(said)) signed.set(said, headIn(said, pinned.log));
    return signed.get(said);
  };
  effect(() => {
    // With each new status too: a friend who came later is told.
    if (own.value === undefined || status.value?.phase !== "ready") return;
    void api.tellReleaseHead(own.value.head).catch(() => undefined);
  });
  effect(() => {
    // Before they are read nothing is known of them.
    if (heads.value === undefined || !isReady.value) return;
    const said = [...new Set(heads.value.flatMap((head) => headOnce(head) ?? []))];
    for (const old of signed.keys()) if (!heads.value.includes(old)) signed.delete(old);
    compare(own.value, said);
  });
}

function compare(own: Viewed | undefined, said: readonly string[]): void {
  const found = said.map((theirs) => ({
    theirs,
    is: own === undefined ? "later" : besideLog(own, theirs, pinned.log),
  }));
  keepHeard(found.filter(({ is }) => is !== "same").map(({ theirs }) => theirs));
  if (own === undefined) return;
  const other = found.find(({ is }) => is === "split");
  // Everybody has the test keys: by them anybody could alarm anybody.
  if (other !== undefined && !isTest && keptSplit() === undefined) {
    keepSplit({ ours: own.head, theirs: other.theirs });
    void wordsOfFeatures().then(() => toast(t("code.splitRow")));
  }
  noteAhead(found.some(({ is }) => is === "later") || namesLater(own));
}

/** Whether the kept log names a release after the one that was taken. */
function namesLater({ entries }: Viewed): boolean {
  return compareVersions(versionIn(entries.at(-1) ?? ""), readSeen()?.version ?? "0.0.0") > 0;
}

function noteAhead(isAhead: boolean): void {
  if (!isAhead) localStorage.removeItem(aheadKey);
  else if (localStorage.getItem(aheadKey) === null) localStorage.setItem(aheadKey, `${Date.now()}`);
}

/** Whether a newer release has been known for so long that it is told: home may withhold it. */
export function isBehind(): boolean {
  // Without a log nothing was compared, and a private window refuses storage.
  const since = log.value === undefined ? null : localStorage.getItem(aheadKey);
  return since !== null && Date.now() - Number(since) > aheadMaxMs;
}
