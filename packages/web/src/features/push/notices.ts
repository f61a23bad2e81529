/**
 * Notices: what the system is told while nobody looks (docs/spec/push.md PU8). A chat that is not muted and has
 * something new is told of, by name if the person wants that; the app's icon counts what is unread.
 *
 * The service worker asks here first when home wakes the device; only where no window answers does it show its line
 * without names.
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

/** Between the service worker and a window. */
type FromWorker =
  | { readonly kind: "woken"; readonly isTest: boolean }
  | { readonly kind: "open"; readonly conversation: string };

const wordsCache = "yanshu-words";
/** After home was heard, the views follow within a frame or two. */
const settleMs = 300;
/** Of the service worker's line about a call; it says the same. */
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
  // The service worker shows them without a window: they have to be here first.
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

/** Home woke this device while a window lives: the messages are fetched, and `watchChats` tells of them. */
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

/** A call that rings while nobody looks stays on screen until somebody does, or until it is over. */
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

/** Who calls is told by name while the app is closed, too, where names are wanted and no lock is set (PU12, PU15). */
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
    // What is not to stand goes at once, at the start too: the page may be closed the next moment.
    if (!mayStand()) now();
    else if (chats.value !== undefined) soon();
  });
  // A lock may have been set meanwhile.
  document.addEventListener("visibilitychange", () => (mayStand() ? soon() : now()));
}

/** Mentions break the silence of a muted chat, as in the list. Requests of strangers are never told. */
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
  // One a chat: a newer one takes the place of the older. `renotify` is in the standard and not yet in the types.
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

/** What was read, here or on another device, is told no longer. */
async function takeBack(conversation: string): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration();
  for (const shown of (await registration?.getNotifications({ tag: tagOf(conversation) })) ?? []) shown.close();
}

/** The icon's number; the line without names goes once somebody looks. */
function count(): void {
  const status = peekView("status");
  let shown: number | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  effect(() => {
    const unread = status.value?.unread;
    if (unread === undefined || !("setAppBadge" in navigator)) return;
    clearTimeout(timer);
    // What comes in the chat that one looks at is read at once: the icon does not blink for it.
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

/** The service worker has no words of its own: it finds those of the person's language here. */
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
      lang: locale.value,
    };
    void globalThis.caches
      ?.open(wordsCache)
      .then((cache) => cache.put("/words.json", Response.json(words)))
      .catch(() => undefined); // A private window; the worker then says it in two languages.
  });
}

/** A browser may have changed its subscription meanwhile, or home dropped it: told anew at each start. */
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
