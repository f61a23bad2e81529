/**
 * Heads: what friends' apps keep of the log of releases is compared with what this browser keeps (docs/spec/web.md
 * WE321, docs/spec/release.md RE20–RE22).
 */
import { computed, effect } from "@preact/signals";
import {
  besideLog,
  compareVersions,
  growthsBeside,
  headIn,
  pinned,
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
  /** Each is checked once: a signature takes the page's thread some milliseconds. */
  const signed = new Map<string, boolean>();
  const isSigned = (said: string) => {
    if (!signed.has(said)) signed.set(said, headIn(said, pinned.log) !== undefined);
    return signed.get(said) === true;
  };
  /** Before they are read nothing is known of them. */
  const found = computed(() =>
    isReady.value ? heads.value?.filter(isSigned).map((theirs) => beside(own.value, theirs)) : undefined,
  );
  effect(() => {
    // With each new status too: a friend who came later is told.
    if (own.value === undefined || found.value === undefined || status.value?.phase !== "ready") return;
    const grown = growthsBeside(own.value, othersIn(found.value), pinned.log);
    void api.tellReleaseHead(own.value.head, grown).catch(() => undefined);
  });
  effect(() => {
    if (found.value === undefined) return;
    for (const old of signed.keys()) if (heads.value?.includes(old) !== true) signed.delete(old);
    note(own.value, found.value);
  });
}

/** A signed head that a friend told, and how it stands to the own log. */
type Beside = { readonly theirs: string; readonly is: ReturnType<typeof besideLog> };

function beside(own: Viewed | undefined, theirs: string): Beside {
  return { theirs, is: own === undefined ? "later" : besideLog(own, theirs, pinned.log) };
}

/** Everybody has the test keys: by them anybody could alarm anybody. */
const othersIn = (found: readonly Beside[]) =>
  isTest ? [] : found.filter(({ is }) => is === "split").map(({ theirs }) => theirs);

function note(own: Viewed | undefined, found: readonly Beside[]): void {
  keepHeard(found.filter(({ is }) => is !== "same").map(({ theirs }) => theirs));
  if (own === undefined) return;
  const [other] = othersIn(found);
  if (other !== undefined && keptSplit() === undefined) {
    keepSplit({ ours: own.head, theirs: headIn(other, pinned.log) ?? "" });
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
