/**
 * Updates: the service worker caches the app for offline use; a newer version waits until the person accepts it
 * (docs/spec/web.md WE15, WE33). The page never uses the browser's own update check: it asks home for the newest
 * version, fetches and checks it, and registers that service worker's name when the person accepts. So any other
 * service worker that appears was accepted by nobody, and raises the alarm (WE34).
 */
import { t, wordsOfFeatures } from "../locales/i18n.ts";
import { appCache, fetchWhole, keptKey, type Release } from "../release.ts";
import { alarm, beginAgain, raise } from "./alarm.ts";
import { features } from "./features.ts";
import { preload } from "./lazy.ts";
import { livedHere } from "./lived-here.ts";
import { areFilesOf, believe, isDoubtful, judge, mayTake, type Refusal, refused, seenKey } from "./released.ts";
import { isBeside } from "./session.ts";
import { shutUnderAlarm } from "./shut.ts";
import { slotted } from "./slot.tsx";
import { toast } from "./toast.tsx";
import { newer, taking } from "./update-strip.tsx";

const lookAgainMs = 3_600_000;
/** Shorter than the minute for which each "hold" message keeps the old service worker busy (sw.ts). */
const holdAgainMs = 20_000;
/** Pauses between looks for the store: a browser that clears a site removes the worker and the files one by one. */
const missedMs = [0, 200, 1_000, 3_000];
/** For all windows: the version that the person accepted last, and the version that was told to take over. */
const takenKey = "yanshu.release";
const calledKey = "yanshu.release.called";

const names: { [key: string]: string } = {};
let isLooking = false;
let storeGone: Promise<typeof import("../worker/store-gone.ts")>;
const watched = new WeakSet<ServiceWorkerRegistration>();

export function startUpdates(): void {
  shutUnderAlarm();
  if (!("serviceWorker" in navigator) || !import.meta.env.PROD) return;
  // The alarm's screens and checks are loaded ahead: under an alarm home could answer with a hostile program.
  const shown = [...features().map(({ whole }) => whole?.alarm), slotted("carryOut")];
  for (const part of shown) if (part !== undefined) void preload(part as never).catch(() => undefined);
  storeGone = import("../worker/store-gone.ts");
  storeGone.catch(() => undefined);
  let before = navigator.serviceWorker.controller;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    const now = navigator.serviceWorker.controller;
    if (before === null)
      before = now; // The first service worker takes over without a reload.
    else if (now === null) void missed();
    // Our own service workers take over only when told; one that does so by itself is not ours.
    else if (isTaken(now) && isCalled(now) && now.scriptURL !== before.scriptURL) beginAgain();
    else raise("swapped");
  });
  void begin();
}

async function begin(): Promise<void> {
  const registration = await navigator.serviceWorker.getRegistration();
  if (registration !== undefined) watch(registration);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void look();
  });
  // For a window that stays open for days.
  setInterval(() => void look(), lookAgainMs);
  await look();
}

/** Checks each service worker that is being installed, and notices when the registration disappears. */
function watch(registration: ServiceWorkerRegistration): void {
  if (watched.has(registration)) return;
  watched.add(registration);
  const check = () => {
    for (const next of [registration.installing, registration.waiting])
      if (next !== null && !isExplained(next, registration)) {
        hold(registration);
        raise("swapped");
      }
  };
  registration.addEventListener("updatefound", check);
  check();
  void navigator.serviceWorker.ready.then(({ active }) =>
    active?.addEventListener("statechange", () => {
      const isReplaced = registration.active !== null && isTaken(registration.active);
      if (active.state === "redundant" && !isReplaced) void missed();
    }),
  );
}

/**
 * Whether the person accepted this version. The active one's name again means other bytes under that name: no version
 * of ours, since the name is the hash.
 */
function isExplained(next: ServiceWorker, { active }: ServiceWorkerRegistration): boolean {
  return isTaken(next) && next.scriptURL !== active?.scriptURL;
}

/** Keeps the old service worker busy: while it has work, the browser does not activate another. */
function hold({ active }: ServiceWorkerRegistration): void {
  active?.postMessage("hold");
  setInterval(() => active?.postMessage("hold"), holdAgainMs);
}

/** The service worker is gone: raises the alarm if the store is gone too. */
async function missed(): Promise<void> {
  // A browser that is only the screens of `yanshu app` has no store that could go.
  if (!livedHere() || isBeside.peek()) return;
  const { isStoreGone } = await storeGone;
  for (const ms of missedMs) {
    await new Promise((resolve) => setTimeout(resolve, ms));
    if (await isStoreGone()) {
      raise("wiped");
      return;
    }
  }
}

/** Asks home for the newest version, and fetches it. Does nothing without a network. */
async function look(): Promise<void> {
  if (isLooking || alarm.peek() !== undefined) return;
  isLooking = true;
  try {
    const release = await newest();
    const registration = await navigator.serviceWorker.getRegistration();
    if (registration === undefined) {
      // Only where this page had no service worker: one that disappeared meanwhile is not registered again.
      if (
        navigator.serviceWorker.controller === null &&
        (await isItself(release.worker)) &&
        (await isFirstGood(release.worker))
      )
        await register(release.worker);
      return;
    }
    const now = registration.active ?? registration.waiting ?? registration.installing;
    if (now === null) return;
    if (nameOf(now) === release.worker) await lookAtOwn(release.worker);
    else if ((await isItself(release.worker)) && (await isGood(release.worker, false))) {
      await fetchAhead(release);
      newer.value = { name: release.worker, take: () => void take(release.worker) };
    }
  } catch {
    // Home is asked again later; the present version goes on working.
  } finally {
    isLooking = false;
  }
}

/**
 * Whether a version may be installed (WE136, WE137); a refused one is set in `refused`, which the page shows.
 *
 * @param isNow the version is being installed now: from then on older releases are refused.
 */
async function isGood(worker: string, isNow: boolean): Promise<boolean> {
  const verdict = await judge(worker);
  if (mayTake(verdict)) {
    refused.value = undefined;
    if (isNow) await believe(worker, verdict);
    return true;
  }
  if (verdict.kind !== "released") await tell(worker, verdict, false);
  return false;
}

/** Once for each version. @param isOwn it is the one that runs. */
async function tell(worker: string, why: Refusal, isOwn: boolean): Promise<void> {
  if (refused.peek()?.worker === worker) return;
  refused.value = { worker, why, isOwn };
  await wordsOfFeatures();
  toast(t(isOwn ? "code.ownDoubtful" : "code.notTaken"));
}

/**
 * As `isGood`, for the first version of a browser: a first load trusts its home, and makes no further request (WE12).
 * A later look checks whether that version is a release.
 */
async function isFirstGood(worker: string): Promise<boolean> {
  return read(seenKey) === undefined || isGood(worker, true);
}

/** Judges the running version again: home may publish a release's note later than its files. */
async function lookAtOwn(worker: string): Promise<void> {
  const verdict = await judge(worker);
  if (verdict.kind === "released") {
    await believe(worker, verdict);
    refused.value = undefined;
  } else if (isDoubtful(verdict)) await tell(worker, verdict, true);
}

async function newest(): Promise<Release> {
  const answer = await fetch("/release.json", { cache: "no-store" });
  const release = (await answer.json()) as Release;
  if (!answer.ok || release.v !== 1 || !/^sw-[0-9a-f]{64}\.js$/.test(release.worker))
    throw new Error("home does not say which version is the newest");
  return release;
}

/**
 * Whether the file of this name has the hash that the name states, and is in the browser's HTTP cache as immutable:
 * then the browser registers the checked bytes, and does not ask home again (WE85).
 */
async function isItself(name: string): Promise<boolean> {
  const answer = await fetch(`/${name}`);
  const { headers, ok, redirected } = answer;
  const isForGood = /\bimmutable\b/.test(headers.get("cache-control") ?? "");
  const isAlikeForAll = /^(accept-encoding)?$/i.test(headers.get("vary") ?? "");
  if (!ok || redirected || !isForGood || !isAlikeForAll) return false;
  return (await isNamed(name, answer)) && isKept(name);
}

/** Whether the HTTP cache holds a file of this name with the hash that the name states. */
async function isKept(name: string): Promise<boolean> {
  try {
    return await isNamed(name, await fetch(`/${name}`, { cache: "only-if-cached", mode: "same-origin" }));
  } catch {
    return false; // The cache holds nothing under this name.
  }
}

async function isNamed(name: string, answer: Response): Promise<boolean> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", await answer.arrayBuffer()));
  return name === `sw-${[...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("")}.js`;
}

async function fetchAhead({ files, worker }: Release): Promise<void> {
  if (!areFilesOf(files, await judge(worker))) throw new Error("home lists other files than the release has");
  const cache = await caches.open(appCache);
  for (const [path, hash] of Object.entries(files)) {
    const key = keptKey(path, hash);
    if ((await cache.match(key)) !== undefined) continue;
    const answer = await fetchWhole(path, hash);
    if (!answer.ok) throw new Error("a file of the app could not be fetched");
    await cache.put(key, answer);
  }
}

async function register(name: string): Promise<ServiceWorkerRegistration> {
  keep(takenKey, name);
  const registration = await navigator.serviceWorker.register(`/${name}`, { updateViaCache: "all" });
  watch(registration);
  return registration;
}

async function take(name: string): Promise<void> {
  taking.value = name;
  try {
    // The version was checked when it was offered, which may be hours ago.
    if (!(await isItself(name))) throw new Error("home answers with another version than it offered");
    if (!(await isGood(name, false))) throw new Error("home offers what is no release");
    const registration = await register(name);
    const { installing, waiting } = registration;
    const next = installing ?? waiting;
    if (next === null || !(await isInstalled(next))) throw new Error("the new version could not be put in place");
    // The cache holds other bytes now: the browser asked home after all, and may have installed those.
    if (!(await isKept(name))) {
      hold(registration);
      raise("swapped");
      return;
    }
    if (!(await isGood(name, true))) throw new Error("home offers what is no release");
    keep(calledKey, name);
    next.postMessage("take-over");
  } catch {
    taking.value = undefined;
    toast(t("update.failed"));
  }
}

function isInstalled(next: ServiceWorker): Promise<boolean> {
  return new Promise((resolve) => {
    const look = () => {
      if (next.state !== "installing") resolve(next.state !== "redundant");
    };
    next.addEventListener("statechange", look);
    look();
  });
}

const nameOf = ({ scriptURL }: ServiceWorker) => new URL(scriptURL).pathname.slice(1);

function isTaken(worker: ServiceWorker): boolean {
  return nameOf(worker) === read(takenKey);
}

function isCalled(worker: ServiceWorker): boolean {
  return nameOf(worker) === read(calledKey);
}

/** Read at each use: another window may have accepted a version. */
function read(key: string): string | undefined {
  try {
    return localStorage.getItem(key) ?? names[key];
  } catch {
    return names[key];
  }
}

function keep(key: string, name: string): void {
  names[key] = name;
  try {
    localStorage.setItem(key, name);
  } catch {
    // A private window refuses storage; `names` is enough, since no other window shares it.
  }
}
