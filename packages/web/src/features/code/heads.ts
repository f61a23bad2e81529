/**
 * Heads: what friends' apps keep of the log of releases is compared with what this browser keeps (docs/spec/web.md
 * WE321, docs/spec/release.md RE20, RE21).
 */
import { computed, effect, signal } from "@preact/signals";
import {
  besideLog,
  compareVersions,
  headIn,
  headWithGrowth,
  pinned,
  sizeIn,
  type Viewed,
  versionIn,
  viewIn,
} from "@yanshu/release";
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
  /** The smallest log of a friend that the own one contradicts. */
  const otherSize = signal<number | undefined>(undefined);
  const toTell = computed(() => {
    if (own.value === undefined || otherSize.value === undefined) return own.value?.head;
    return headWithGrowth(own.value, otherSize.value);
  });
  /** Each is checked once: a signature takes the page's thread some milliseconds. */
  const signed = new Map<string, boolean>();
  const isSigned = (said: string) => {
    if (!signed.has(said)) signed.set(said, headIn(said, pinned.log) !== undefined);
    return signed.get(said) === true;
  };
  effect(() => {
    // With each new status too: a friend who came later is told.
    if (toTell.value === undefined || status.value?.phase !== "ready") return;
    void api.tellReleaseHead(toTell.value).catch(() => undefined);
  });
  effect(() => {
    // Before they are read nothing is known of them.
    if (heads.value === undefined || !isReady.value) return;
    const said = heads.value.filter(isSigned);
    for (const old of signed.keys()) if (!heads.value.includes(old)) signed.delete(old);
    otherSize.value = compare(own.value, said);
  });
}

/** @returns the size of the smallest log among them that the own one contradicts. */
function compare(own: Viewed | undefined, said: readonly string[]): number | undefined {
  const found = said.map((theirs) => ({
    theirs,
    is: own === undefined ? "later" : besideLog(own, theirs, pinned.log),
  }));
  keepHeard(found.filter(({ is }) => is !== "same").map(({ theirs }) => theirs));
  if (own === undefined) return undefined;
  noteAhead(found.some(({ is }) => is === "later") || namesLater(own));
  const others = found.filter(({ is }) => is === "split").map(({ theirs }) => theirs);
  const [other] = others;
  // Everybody has the test keys: by them anybody could alarm anybody.
  if (other === undefined || isTest) return undefined;
  if (keptSplit() === undefined) {
    keepSplit({ ours: own.head, theirs: headIn(other, pinned.log) ?? "" });
    void wordsOfFeatures().then(() => toast(t("code.splitRow")));
  }
  const sizes = others.map((head) => sizeIn(head, pinned.log)).filter((size) => size <= own.entries.length);
  return sizes.length === 0 ? undefined : Math.min(...sizes);
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
