/**
 * Updates: the service worker keeps the app for offline; a newer version waits until the person says so
 * (docs/spec/web.md WE15, WE33). The browser is never asked to look for one: the page asks which there is, fetches and
 * checks it, and registers its name at the tap. So every other program that comes to answer this page is one that
 * nobody took, and raises the alarm (WE34).
 */
import { t, wordsOfFeatures } from "../locales/i18n.ts";
import { appCache, fetchWhole, keptKey, type Release } from "../release.ts";
import { alarm, beginAgain, raise } from "./alarm.ts";
import { features } from "./features.ts";
import { preload } from "./lazy.ts";
import { livedHere } from "./lived-here.ts";
import { believe, judge, mayTake, refused, seenKey } from "./released.ts";
import { shutUnderAlarm } from "./shut.ts";
import { slotted } from "./slot.tsx";
import { toast } from "./toast.tsx";
import { newer, taking } from "./update-strip.tsx";

const lookAgainMs = 3_600_000;
/** Ahead of the minute for which the old one is held each time. */
const holdAgainMs = 20_000;
/** A browser that forgets everything does one after the other. */
const missedMs = [0, 200, 1_000, 3_000];
/**
 * The name of the version that a person of this browser took last, for all windows; and that which was told to take
 * over.
 */
const takenKey = "yanshu.release";
const calledKey = "yanshu.release.called";

const names: { [key: string]: string } = {};
let isLooking = false;
let storeGone: Promise<typeof import("../worker/store-gone.ts")>;
const watched = new WeakSet<ServiceWorkerRegistration>();

export function startUpdates(): void {
  shutUnderAlarm();
  if (!("serviceWorker" in navigator) || !import.meta.env.PROD) return;
  // What the alarm shows, and what raises it, is here before it is needed: then home could answer with anything.
  const shown = [...features().map(({ whole }) => whole?.alarm), slotted("carryOut")];
  for (const part of shown) if (part !== undefined) void preload(part as never).catch(() => undefined);
  storeGone = import("../worker/store-gone.ts");
  storeGone.catch(() => undefined);
  let before = navigator.serviceWorker.controller;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    const now = navigator.serviceWorker.controller;
    if (before === null)
      before = now; // The very first one takes over silently.
    else if (now === null) void missed();
    // What takes over before it is called is nothing that was built here.
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
  // A window that stays open for days hears of a new version too.
  setInterval(() => void look(), lookAgainMs);
  await look();
}

/** What comes to answer this page, and what goes, is looked at at once. */
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
 * A person took it, under another name than the one that is there: the same name with other bytes is nobody's version.
 */
function isExplained(next: ServiceWorker, { active }: ServiceWorkerRegistration): boolean {
  return isTaken(next) && next.scriptURL !== active?.scriptURL;
}

/** As long as the old one has work to do the other does not take its place. */
function hold({ active }: ServiceWorkerRegistration): void {
  active?.postMessage("hold");
  setInterval(() => active?.postMessage("hold"), holdAgainMs);
}

/** The browser has let the app go: whether the store went along. */
async function missed(): Promise<void> {
  if (!livedHere()) return;
  const { isStoreGone } = await storeGone;
  for (const ms of missedMs) {
    await new Promise((resolve) => setTimeout(resolve, ms));
    if (await isStoreGone()) {
      raise("wiped");
      return;
    }
  }
}

/** Asks home which version is the newest, and fetches it. Without a network there is nothing new. */
async function look(): Promise<void> {
  if (isLooking || alarm.peek() !== undefined) return;
  isLooking = true;
  try {
    const release = await newest();
    const registration = await navigator.serviceWorker.getRegistration();
    if (registration === undefined) {
      // What was there, and went while this page lives, does not come back by itself.
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
    // Asked again later; without it the app still works as it is.
  } finally {
    isLooking = false;
  }
}

/**
 * Whether a version may be taken (WE136, WE137); one that may not is told of.
 *
 * @param isNow it is put in place now: nothing before it is taken from then on.
 */
async function isGood(worker: string, isNow: boolean): Promise<boolean> {
  const verdict = await judge(worker);
  if (mayTake(verdict)) {
    refused.value = undefined;
    if (isNow) await believe(worker, verdict);
    return true;
  }
  if (verdict.kind !== "released" && refused.peek()?.worker !== worker) {
    refused.value = { worker, why: verdict };
    await wordsOfFeatures();
    toast(t("code.notTaken"));
  }
  return false;
}

/**
 * The first load trusts its home whatever it says, and asks for nothing more (WE12): whether it is a release is looked
 * at the next time.
 */
async function isFirstGood(worker: string): Promise<boolean> {
  return read(seenKey) === undefined || isGood(worker, true);
}

/** A release whose note came later than its files is believed as well. */
async function lookAtOwn(worker: string): Promise<void> {
  await believe(worker, await judge(worker));
  refused.value = undefined;
}

async function newest(): Promise<Release> {
  const answer = await fetch("/release.json", { cache: "no-store" });
  const release = (await answer.json()) as Release;
  if (!answer.ok || release.v !== 1 || !/^sw-[0-9a-f]{64}\.js$/.test(release.worker))
    throw new Error("home does not say which version is the newest");
  return release;
}

/**
 * Whether the bytes behind a name are those that it names, and the browser keeps them for good: it registers these very
 * bytes (WE85).
 */
async function isItself(name: string): Promise<boolean> {
  const answer = await fetch(`/${name}`);
  const { headers, ok, redirected } = answer;
  const isForGood = /\bimmutable\b/.test(headers.get("cache-control") ?? "");
  const isAlikeForAll = /^(accept-encoding)?$/i.test(headers.get("vary") ?? "");
  if (!ok || redirected || !isForGood || !isAlikeForAll) return false;
  return (await isNamed(name, answer)) && isKept(name);
}

/** Whether the browser would answer with these bytes without asking home. */
async function isKept(name: string): Promise<boolean> {
  try {
    return await isNamed(name, await fetch(`/${name}`, { cache: "only-if-cached", mode: "same-origin" }));
  } catch {
    return false; // It keeps nothing under this name.
  }
}

async function isNamed(name: string, answer: Response): Promise<boolean> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", await answer.arrayBuffer()));
  return name === `sw-${[...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("")}.js`;
}

async function fetchAhead({ files }: Release): Promise<void> {
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
    // It was looked at when it was offered, which may be hours ago.
    if (!(await isItself(name))) throw new Error("home answers with another version than it offered");
    if (!(await isGood(name, false))) throw new Error("home offers what is no release");
    const registration = await register(name);
    const { installing, waiting } = registration;
    const next = installing ?? waiting;
    if (next === null || !(await isInstalled(next))) throw new Error("the new version could not be put in place");
    // What was asked of home after all was kept in the place of what was looked at.
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

/** Read each time: another window may have taken it. */
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
    // A private window is the only one.
  }
}
