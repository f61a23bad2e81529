/**
 * Service worker, hand-written: the app opens without a network, a wake-up is answered, and nothing of anybody is
 * kept here.
 *
 * It keeps our own files only: the shell when it is installed, larger extras when first used. It names every file of
 * the app by its hash, and its own name is its own hash (docs/spec/web.md WE33): no byte of another program is taken
 * under its name.
 */
import { carrierFile, carrierPolicy } from "@yanshu/release/carrier";
import { appCache, fetchWhole, keptKey } from "./release.ts";
import { callName } from "./sw-call-name.ts";
import { answerFile, isFilePath } from "./sw-files.ts";

declare global {
  interface Window {
    /** Put in place by the build (build/release.ts): every file of the app, and its SHA-256 in base64. */
    readonly __WB_MANIFEST: readonly { readonly url: string; readonly revision: string; readonly isExtra?: true }[];
  }
}

const files = self.__WB_MANIFEST;
// The types of a page and of a service worker cannot be loaded at once; this file is the one that needs the latter.
const worker = self as unknown as ServiceWorkerGlobalScope;
const hashes = new Map(files.map(({ url, revision }) => [`/${url}`, revision]));

worker.addEventListener("install", (event) => {
  event.waitUntil(keepAll());
});

async function keepAll(): Promise<void> {
  const cache = await caches.open(appCache);
  const kept = new Set((await cache.keys()).map((request) => request.url));
  await Promise.all(
    files.map(async ({ url, revision, isExtra }) => {
      if (isExtra === true || kept.has(keptKey(url, revision))) return;
      const answer = await fetchWhole(url, revision);
      if (!answer.ok) throw new Error("A file of the app could not be fetched");
      await cache.put(keptKey(url, revision), answer);
    }),
  );
}

worker.addEventListener("activate", (event) => {
  event.waitUntil(dropOld().then(() => worker.clients.claim()));
});

async function dropOld(): Promise<void> {
  const cache = await caches.open(appCache);
  const wanted = new Set(files.map(({ url, revision }) => keptKey(url, revision)));
  for (const request of await cache.keys()) {
    if (!wanted.has(request.url)) await cache.delete(request);
  }
}

worker.addEventListener("message", (event) => {
  if (event.data === "take-over") void worker.skipWaiting();
  // While this one has work to do no other takes its place: a page asks for it that saw one come that nobody took
  // (WE34).
  if (event.data === "hold") event.waitUntil(new Promise((resolve) => setTimeout(resolve, holdMs)));
});

/** Longer than it takes a page to ask again. */
const holdMs = 60_000;

const wordsCache = "yanshu-words";
/** A window that lives answers within this; a frozen one does not. */
const answerMsMax = 8_000;

worker.addEventListener("push", (event) => {
  const data = event.data?.arrayBuffer() ?? new ArrayBuffer(0);
  event.waitUntil(woken(wakeupOf(data), tagOf(data)));
});

type Wakeup = "messages" | "test" | "ring" | "called";
/** A ring that comes later than this is a call that was. */
const ringSecondsMax = 90;
const callTag = "call";
const wordsOf = { messages: "line", test: "test", ring: "calling", called: "called" } as const;
/** Where the person's language is not known here. */
const unkept = {
  messages: "有新信 · You have new letters",
  test: "有新信 · You have new letters",
  ring: "有人打电话来 · Somebody is calling",
  called: "有人打过电话来 · Somebody called",
} as const;

/** 16 bytes: the form, the sort, and of a ring its time (docs/spec/push.md PU1, PU10). */
function wakeupOf(data: ArrayBuffer): Wakeup {
  const bytes = new Uint8Array(data);
  if (bytes[1] === 1) return "test";
  if (bytes[1] !== 2 || bytes.length < 8) return "messages";
  const seconds = bytes.subarray(3, 8).reduce((sum, byte) => 128 * sum + byte, 0);
  return Date.now() / 1_000 - seconds > ringSecondsMax ? "called" : "ring";
}

/** Of a ring: in which conversation, by its last 8 characters (PU12). */
function tagOf(data: ArrayBuffer): string {
  return new TextDecoder().decode(new Uint8Array(data).subarray(-8));
}

/** A window fetches the messages and tells of them, muted chats left out; without one a line without names is shown. */
async function woken(wakeup: Wakeup, tag: string): Promise<void> {
  const windows = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  const visibleFirst = [...windows].sort((one) => (one.visibilityState === "visible" ? -1 : 1));
  for (const window of visibleFirst) if (await answers(window, wakeup === "test")) return;
  await showLine(wakeup, tag);
}

function answers(window: WindowClient, isTest: boolean): Promise<boolean> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    const timer = setTimeout(() => resolve(false), answerMsMax);
    port1.onmessage = () => {
      clearTimeout(timer);
      resolve(true);
    };
    window.postMessage({ kind: "woken", isTest }, [port2]);
  });
}

async function keptIn(place: string): Promise<Record<string, string> | undefined> {
  const kept = await (await caches.open(wordsCache)).match(place);
  return kept === undefined ? undefined : ((await kept.json()) as Record<string, string>);
}

async function showLine(wakeup: Wakeup, tag: string): Promise<void> {
  const words = await keptIn("/words.json");
  // What wakes after a call that nobody took says that there was one.
  const [rung] = await worker.registration.getNotifications({ tag: callTag });
  const isRung = rung !== undefined;
  const shown = wakeup === "messages" && isRung ? "called" : wakeup;
  const isCall = shown === "ring" || shown === "called";
  const names = isCall ? await keptIn("/ring-names.json") : undefined;
  // The wake-up after a ring has no tag: it is the call of which was told.
  const name = words && callName(names, tag, wakeup === "messages" ? rung?.title : undefined);
  const named = shown === "ring" ? words?.["callsYou"] : words?.["calledYou"];
  const options = {
    body: (name && named) || (words?.[wordsOf[shown]] ?? unkept[shown]),
    lang: words?.["lang"] ?? "zh-Hans",
    tag: isCall ? callTag : "messages",
    // Both are in the standard, and not yet in the types.
    renotify: isCall,
    requireInteraction: shown === "ring",
    icon: "/icon-192.png",
    badge: "/icon-192.png",
    data: "",
  };
  await worker.registration.showNotification(
    name || (words?.["title"] ?? "雁书 Yanshu"),
    options as NotificationOptions,
  );
  // How many is not known here: a mark without a number.
  await (worker.navigator as Navigator).setAppBadge?.().catch(() => undefined);
}

worker.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(typeof event.notification.data === "string" ? event.notification.data : ""));
});

/** Into the window that there is, else a new one. */
async function open(conversation: string): Promise<void> {
  const [window] = await worker.clients.matchAll({ type: "window" });
  if (window === undefined) {
    await worker.clients.openWindow(conversation === "" ? "/" : `/chat/${conversation}`);
    return;
  }
  await window.focus();
  window.postMessage({ kind: "open", conversation });
}

/** Taken by the screen that asks to whom it shall go; nothing of it is sent to home, which never sees the request. */
async function takeShared(request: Request): Promise<Response> {
  const form = await request.formData();
  const part = (name: string) => {
    const value = form.get(name);
    return typeof value === "string" ? value.slice(0, sharedMax) : "";
  };
  const shared = { title: part("title"), text: part("text"), url: part("url") };
  await (await caches.open(sharedCache)).put("/shared.json", Response.json(shared));
  return Response.redirect("/share", 303);
}

const sharedCache = "yanshu-shared";
const sharedMax = 64 * 1024;

worker.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method === "POST" && url.origin === worker.location.origin && url.pathname === "/share") {
    event.respondWith(takeShared(event.request));
    return;
  }
  if (event.request.method !== "GET" || url.origin !== worker.location.origin) return;
  // A page that fetches the next version says itself which bytes it wants.
  if (event.request.integrity !== "") return;
  if (isFilePath(url.pathname)) {
    event.respondWith(answerFile(worker, event.request, event.clientId));
    return;
  }
  // Where `yanshu app` gives this browser its token; on no other host does a page of home's pass by the kept one.
  if (url.hostname === "yanshu.localhost" && url.pathname === "/start") return;
  if (carrierFile.test(url.pathname)) {
    event.respondWith(carrier(url));
    return;
  }
  if (event.request.mode === "navigate") {
    event.respondWith(fromKept("/index.html"));
    return;
  }
  if (hashes.has(url.pathname) || url.pathname.startsWith("/assets/")) event.respondWith(fromKept(url.pathname));
});

/**
 * The worker that reaches another home, with the policy that lets it reach that one (WE140), also where home is gone.
 */
async function carrier({ pathname, searchParams }: URL): Promise<Response> {
  const kept = await fromKept(pathname);
  const policy = carrierPolicy(searchParams.get("to"));
  if (!kept.ok || policy === undefined) return Response.error();
  return new Response(kept.body, {
    headers: { "content-type": "text/javascript; charset=utf-8", "content-security-policy": policy },
  });
}

/** What is not of this version is not asked for: home could answer with anything. */
async function fromKept(path: string): Promise<Response> {
  const hash = hashes.get(path);
  if (hash === undefined) return Response.error();
  const cache = await caches.open(appCache);
  const key = keptKey(path.slice(1), hash);
  const known = await cache.match(key);
  if (known !== undefined) return known;
  const answer = await fetchWhole(path.slice(1), hash);
  if (answer.ok) await cache.put(key, answer.clone());
  return answer;
}
