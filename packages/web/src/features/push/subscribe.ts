/**
 * Subscribing at the browser's push service, and registering the subscription at home (docs/spec/push.md PU2, PU7).
 */
import type { PushOutcome } from "@yanshu/client";
import { api } from "../../shell/session.ts";

/** Why a step failed; each has a text `notices.why.…`. */
export type Why =
  | "unsupported"
  | "install-first"
  | "denied"
  | "no-service"
  | "no-key"
  | "offline"
  | "late"
  | Exclude<PushOutcome, "sent">;

export class StepFailed extends Error {
  readonly why: Why;
  constructor(why: Why) {
    super(why);
    this.why = why;
  }
}

/** Longest wait: with an unreachable push service `subscribe` never settles. */
const serviceMsMax = 20_000;

/** Asks for the browser's permission; it is asked at most once by the browser itself. @throws StepFailed */
export async function permit(): Promise<void> {
  if (!("Notification" in globalThis) || !("serviceWorker" in navigator) || !("PushManager" in globalThis)) {
    throw new StepFailed(/iPhone|iPad/.test(navigator.userAgent) ? "install-first" : "unsupported");
  }
  if ((await Notification.requestPermission()) !== "granted") throw new StepFailed("denied");
}

/** The browser's existing subscription, or a new one. @throws StepFailed */
export async function subscription(): Promise<PushSubscription> {
  const key = await api.pushKey().catch(() => {
    throw new StepFailed("offline");
  });
  if (key === undefined) throw new StepFailed("no-key");
  const registration = await inTime(navigator.serviceWorker.ready);
  const held = await registration.pushManager.getSubscription();
  if (held !== null && isFor(held, key)) return held;
  await held?.unsubscribe(); // It was made for another VAPID key: home cannot use it.
  return inTime(
    registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: Uint8Array.from(key) }),
  );
}

/** Registers the subscription at home. @throws StepFailed */
export async function tellHome(made: PushSubscription): Promise<void> {
  const key = made.getKey("p256dh");
  const secret = made.getKey("auth");
  if (key === null || secret === null) throw new StepFailed("unsupported");
  const told = { endpoint: made.endpoint, key: new Uint8Array(key), secret: new Uint8Array(secret) };
  await api.subscribePush(told).catch((error: { code?: string }) => {
    throw new StepFailed(error.code === "refused" ? "refused" : "offline");
  });
}

export async function endSubscription(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration();
  const held = await registration?.pushManager.getSubscription();
  await held?.unsubscribe();
  await api.unsubscribePush();
}

function isFor(held: PushSubscription, key: Uint8Array): boolean {
  const own = held.options.applicationServerKey;
  if (own === null) return true; // The browser does not say.
  const bytes = new Uint8Array(own);
  return bytes.length === key.length && bytes.every((byte, place) => byte === key[place]);
}

function inTime<T>(work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new StepFailed("no-service")), serviceMsMax);
    work.then(resolve, () => reject(new StepFailed("no-service"))).finally(() => clearTimeout(timer));
  });
}
