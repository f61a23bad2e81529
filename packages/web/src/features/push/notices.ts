/**
 * Notices: system notifications while the app is hidden (docs/spec/push.md PU8). A chat with new messages that is not
 * muted gets a notification, with names if the person wants that; the app's icon has the number of unread messages.
 *
 * When home wakes the device, the service worker asks the windows first; only if none responds does it show a
 * notification without names itself.
 */

import { effect } from "@preact/signals";
import type { ChatRow } from "@yanshu/client";
import { screenKind } from "../../kit/kinds/index.ts";
import { previewWords } from "../../kit/preview-words.ts";
import { titleOf } from "../../kit/title.ts";
import { locale, t, wordsOfFeatures } from "../../locales/i18n.ts";
import { hasLock } from "../../shell/locked.ts";
import { ringNameKeeper } from "../../shell/ring-names.ts";
import { go } from "../../shell/router.ts";
import { api, peekView } from "../../shell/session.ts";
import { endSubscription, subscription, tellHome } from "./subscribe.ts";
import { isWanted, showsNames } from "./wishes.ts";

/** Messages from the service worker to a window. */
type FromWorker =
  | { readonly kind: "woken"; readonly isTest: boolean }
  | { readonly kind: "open"; readonly conversation: string };

const wordsCache = "yanshu-words";
/** How long the views may take to follow after the messages were fetched. */
const settleMs = 300;
/** Tag of call notifications, the same as in sw.ts. */
const callTag = "call";
const waiting = new Set<() => void>();

/** Resolves true when the wake-up that the person asked for arrives, false when it has not within `ms`. */
export function testArrives(ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const arrived = () => {
      waiting.delete(arrived);
      clearTimeout(timer);
      resolve(true);
    };
    const timer = setTimeout(() => {
      waiting.delete(arrived);
      resolve(false);
    }, ms);
    waiting.add(arrived);
  });
}

export function start(): void {
  count();
  // The service worker uses these words when there is no window, so they are cached ahead.
  void wordsOfFeatures()
    .catch(() => undefined)
    .then(keepWords);
  watchChats();
  watchCalls();
  nameCalls();
  renew();
  navigator.serviceWorker?.addEventListener("message", ({ data, ports }: MessageEvent<FromWorker>) => {
    if (data.kind === "open")
      go(data.conversation === "" ? { name: "chats" } : { name: "chat", id: data.conversation });
    if (data.kind === "woken") void woken(data.isTest).then(() => ports[0]?.postMessage("told"));
  });
}

/** Home woke this device and this window runs: fetches the messages, of which `watchChats` then notifies. */
async function woken(isTest: boolean): Promise<void> {
  if (isTest) {
    for (const arrived of waiting) arrived();
    if (document.visibilityState !== "visible") await show(t("app.name"), t("notices.testLine"), "");
    return;
  }
  await api.lookForMessages();
  await new Promise((resolve) => setTimeout(resolve, settleMs));
}

function watchChats(): void {
  let before: ReadonlyMap<string, number> | undefined;
  const chats = peekView("chats");
  effect(() => {
    const rows = chats.value;
    if (rows === undefined) return;
    const now = new Map(rows.map((row) => [row.conversation, row.unread]));
    for (const row of rows) {
      const was = before === undefined ? row.unread : (before.get(row.conversation) ?? 0);
      if (row.unread > was && isTold(row)) void tell(row);
      if (row.unread === 0 && was > 0) void takeBack(row.conversation);
    }
    before = now;
  });
}

/** A call that rings while the app is hidden has a notification until the app is visible or the call is over. */
function watchCalls(): void {
  let before: string | undefined;
  const calls = peekView("calls");
  const chats = peekView("chats");
  effect(() => {
    const now = calls.value?.now;
    const rung = now?.at === "ringing" && !now.isOutgoing ? now.conversation : undefined;
    if (rung === before) return;
    const row = chats.peek()?.find(({ conversation }) => conversation === (rung ?? before));
    before = rung;
    if (row !== undefined && isTold(row)) void tell(row);
  });
}

/** Stores callers' names for the service worker, if the person wants names and no lock is set (PU12, PU15). */
function nameCalls(): void {
  const chats = peekView("chats");
  let timer: ReturnType<typeof setTimeout> | undefined;
  const mayStand = () => isWanted.value && showsNames.value && !hasLock();
  const look = ringNameKeeper(mayStand, async () => {
    const tags = await api.ringTags();
    const rows = new Map(chats.peek()?.map((row) => [row.conversation, row]));
    return Object.fromEntries(
      tags.flatMap(({ tag, conversation }) => {
        const row = rows.get(conversation);
        return row === undefined ? [] : [[tag, titleOf(row)] as const];
      }),
    );
  });
  const now = () => void look().catch(() => undefined);
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(now, settleMs);
  };
  effect(() => {
    // Names that may not be stored are deleted at once, since the page may be closed the next moment.
    if (!mayStand()) now();
    else if (chats.value !== undefined) soon();
  });
  // A lock may have been set meanwhile.
  document.addEventListener("visibilitychange", () => (mayStand() ? soon() : now()));
}

/** Whether a chat gets a notification: a muted one only for a mention; strangers' requests never. */
function isTold(row: ChatRow): boolean {
  if (!isWanted.peek() || document.visibilityState === "visible") return false;
  return row.state === "open" && screenKind(row.kind).isWithOthers && (!row.isMuted || row.mentioned);
}

function tell(row: ChatRow): Promise<void> {
  const isCall = isRinging(row);
  if (!showsNames.peek() || hasLock())
    return show(t("app.name"), t(isCall ? "notices.calling" : "notices.line"), "", isCall);
  return show(titleOf(row), isCall ? t("notices.callsYou") : previewWords(row), row.conversation, isCall);
}

function isRinging({ conversation }: ChatRow): boolean {
  const now = peekView("calls").peek()?.now;
  return now?.at === "ringing" && now.conversation === conversation;
}

async function show(title: string, body: string, conversation: string, stays = false): Promise<void> {
  if (!("Notification" in globalThis) || Notification.permission !== "granted") return;
  const registration = await navigator.serviceWorker?.getRegistration();
  // One notification a chat: a newer one replaces it. `renotify` is in the standard, but not yet in the types.
  const options = {
    body,
    tag: conversation,
    renotify: true,
    requireInteraction: stays,
    icon: "/icon-192.png",
    badge: "/icon-192.png",
    lang: locale.peek(),
  };
  await registration?.showNotification(title, {
    ...options,
    tag: tagOf(conversation),
    data: conversation,
  } as NotificationOptions);
}

const tagOf = (conversation: string) => (conversation === "" ? "messages" : conversation);

/** Closes the notifications of a chat that was read, here or on another device. */
async function takeBack(conversation: string): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration();
  for (const shown of (await registration?.getNotifications({ tag: tagOf(conversation) })) ?? []) shown.close();
}

/** Keeps the icon's badge up to date; closes the service worker's general notification when the app is visible. */
function count(): void {
  const status = peekView("status");
  let shown: number | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  effect(() => {
    const unread = status.value?.unread;
    if (unread === undefined || !("setAppBadge" in navigator)) return;
    clearTimeout(timer);
    // A message in the open chat is read at once, so a short wait keeps the badge from flickering.
    timer = setTimeout(() => {
      if (unread === shown) return;
      shown = unread;
      void (unread > 0 ? navigator.setAppBadge(unread) : navigator.clearAppBadge()).catch(() => undefined);
    }, settleMs);
  });
  const looked = () => {
    if (document.visibilityState !== "visible") return;
    void takeBack("");
    void takeBack(callTag);
  };
  document.addEventListener("visibilitychange", looked);
  looked();
}

/** Caches texts in the person's language for the service worker, which has none of its own. */
function keepWords(): void {
  effect(() => {
    const words = {
      title: t("app.name"),
      line: t("notices.line"),
      test: t("notices.testLine"),
      calling: t("notices.calling"),
      called: t("notices.called"),
      callsYou: t("notices.callsYou"),
      calledYou: t("notices.calledYou"),
      silence: t("notices.silence"),
      lang: locale.value,
    };
    void globalThis.caches
      ?.open(wordsCache)
      .then((cache) => cache.put("/words.json", Response.json(words)))
      .catch(() => undefined); // In a private window; the service worker then shows its text in two languages.
  });
}

/** Registers the subscription at each start: the browser may have changed it, or home dropped it. */
function renew(): void {
  if (!isWanted.peek()) return;
  const status = peekView("status");
  const stop = effect(() => {
    if (status.value?.network !== "online") return;
    queueMicrotask(() => stop());
    const work = Notification?.permission === "granted" ? subscription().then(tellHome) : endSubscription();
    void work.catch(() => undefined); // Tried again at the next start; the settings say what is wrong.
  });
}
