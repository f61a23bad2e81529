/**
 * The guard of the lock in a page (README.md WE30, WE31): finds out whether the store is open, follows the other tabs,
 * and locks when the app has been hidden in all tabs for as long as the person chose.
 */
import { type LockMessage, lockChannelName } from "../../shared/lock-channel.ts";
import { type LockRecord, putBackLock, readLock } from "../../shared/lock-record.ts";
import { alarm, beginAgain, raise } from "../../shell/alarm.ts";
import { locked, lockKey } from "../../shell/locked.ts";
import { keepRingNames } from "../../shell/ring-names.ts";

const channel = new BroadcastChannel(lockChannelName);
const listeners = new Set<(message: LockMessage) => void>();
/** A visible window responds within this time. */
const answerMs = 400;

let record: LockRecord | undefined;
let hiddenSinceMs: number | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;
/** True from the locking until the page has reloaded. */
let isLeaving = false;
/** Set after locking by hand, so that the lock screen does not ask for the passkey at once. */
const closedKey = "yanshu.closed";

export function tell(message: LockMessage): void {
  channel.postMessage(message);
}

/** Returns a function that removes the listener. */
export function onLockMessage(listener: (message: LockMessage) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export async function start(): Promise<void> {
  channel.addEventListener("message", ({ data }: MessageEvent<LockMessage>) => {
    if (data.kind === "open") locked.value = false;
    if (data.kind === "lock") void leave();
    if (data.kind === "changed") void readLock().then(follow);
    if (data.kind === "dropped")
      void import("../../shell/webauthn.ts").then(({ forgetCredential }) => forgetCredential(data.passkey));
    if (data.kind === "begin-anew") void beginAnew(data.isLost);
    if (data.kind === "gone") raise("wiped");
    if (data.kind === "in-sight?" && document.visibilityState === "visible") tell({ kind: "in-sight" });
    for (const listener of listeners) listener(data);
  });
  follow(await readLock());
  locked.value = record !== undefined;
  if (record === undefined) return;
  tell({ kind: "is-open" });
  document.addEventListener("visibilitychange", seen);
  seen();
}

async function beginAnew(isLost: boolean): Promise<void> {
  isLeaving = true;
  if (isLost && record !== undefined && alarm.peek() === undefined) await putBackLock(record);
  beginAgain("/");
}

/**
 * The lock's record, as this page knows it; undefined: no lock. If the record's file was removed with all others, it
 * is written again, because the worker needs it to check a code.
 */
export async function standingLock(): Promise<LockRecord | undefined> {
  if (record !== undefined) await putBackLock(record);
  return record;
}

/** The store is lost and its worker blocked: reloads every page. */
export async function workerGone(): Promise<void> {
  tell({ kind: "begin-anew", isLost: true });
  await beginAnew(true);
}

/** Remembers the record, and for the first frame whether there is a lock. With a lock no caller names are stored. */
export function follow(now: LockRecord | undefined): void {
  record = now;
  try {
    if (record === undefined) localStorage.removeItem(lockKey);
    else {
      localStorage.setItem(lockKey, "1");
      void keepRingNames(undefined);
    }
  } catch {
    // A private window refuses storage, and has no lock.
  }
}

function seen(): void {
  clearTimeout(timer);
  const isHidden = document.visibilityState === "hidden";
  if (!isHidden) {
    // The timer of a frozen page did not fire in time.
    if (hiddenSinceMs !== undefined && isOver(hiddenSinceMs)) void lockUnlessInSight();
    hiddenSinceMs = undefined;
    return;
  }
  hiddenSinceMs ??= Date.now();
  timer = setTimeout(() => void lockUnlessInSight(), record?.afterMs);
}

function isOver(sinceMs: number): boolean {
  return record !== undefined && record.afterMs > 0 && Date.now() - sinceMs >= record.afterMs;
}

async function lockUnlessInSight(): Promise<void> {
  // Under an alarm nothing is on screen. After a reload a hostile program could ask for the code.
  if (locked.peek() || record === undefined || alarm.peek() !== undefined) return;
  const isElsewhere = await new Promise<boolean>((resolve) => {
    const stop = onLockMessage((message) => {
      if (message.kind !== "in-sight") return;
      stop();
      resolve(true);
    });
    setTimeout(() => {
      stop();
      resolve(false);
    }, answerMs);
    tell({ kind: "in-sight?" });
  });
  if (!isElsewhere) await lockNow();
  else if (document.visibilityState === "hidden")
    timer = setTimeout(() => void lockUnlessInSight(), Math.max(record.afterMs, 1_000));
}

/** Locks every tab. @param isByHand the person locked in this tab. */
export async function lockNow(isByHand = false): Promise<void> {
  tell({ kind: "lock" });
  await leave(isByHand);
}

/**
 * Whether the lock screen may ask for the passkey without a tap: not while the page is about to reload, and not after
 * the person has just locked by hand.
 */
export function mayAsk(): boolean {
  if (isLeaving) return false;
  try {
    const isClosed = sessionStorage.getItem(closedKey) !== null;
    sessionStorage.removeItem(closedKey);
    return !isClosed;
  } catch {
    return true;
  }
}

/** For a person who cannot open the lock: deletes everything, and the app starts as on a new device. */
export async function giveUp(): Promise<void> {
  const [{ createDeviceBackup }, { dropLock }] = await Promise.all([
    import("../../shared/device-backup.ts"),
    import("../../shared/lock-passkey.ts"),
  ]);
  await createDeviceBackup().clear();
  await dropLock();
  follow(undefined);
  localStorage.removeItem("yanshu.lived");
  await lockNow();
}

/** Reloads the page, after deleting what this page and the service worker still show or hold. */
async function leave(isByHand = false): Promise<void> {
  isLeaving = true;
  locked.value = true;
  try {
    sessionStorage.clear();
    if (isByHand) sessionStorage.setItem(closedKey, "1");
    const registration = await navigator.serviceWorker?.getRegistration();
    for (const notice of (await registration?.getNotifications?.()) ?? []) notice.close();
    await caches.delete("yanshu-shared");
    await (await navigator.storage.getDirectory()).removeEntry("yanshu-export.zip").catch(() => undefined);
  } catch {
    // A private window refuses storage, and so kept nothing.
  }
  beginAgain("/");
}
