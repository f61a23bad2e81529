/**
 * Service worker, hand-written: the app opens without a network, a wake-up is answered, and nothing of anybody is
 * kept here.
 *
 * It keeps our own files only: the shell when it is installed, larger extras when first used. Every file
 * but the page itself carries its hash in its name, so what is kept is never stale.
 */
import { answerFile, isFilePath } from "./sw-files.ts";

declare global {
  interface Window {
    /** Put in place by the build: every file of the shell. */
    readonly __WB_MANIFEST: readonly { readonly url: string; readonly revision: string | null }[];
  }
}

const files = self.__WB_MANIFEST;
// The types of a page and of a service worker cannot be loaded at once; this file is the one that needs the latter.
const worker = self as unknown as ServiceWorkerGlobalScope;
const cacheName = "yanshu-1";

/** A name for the kept answer that changes with the file, also where the address does not. */
const keyOf = (url: string, revision: string | null) =>
  new URL(revision === null ? url : `${url}?v=${revision}`, worker.location.href).href;
const keys = new Map(
  files.map(({ url, revision }) => [new URL(url, worker.location.href).pathname, keyOf(url, revision)]),
);

worker.addEventListener("install", (event) => {
  event.waitUntil(keepAll());
});

async function keepAll(): Promise<void> {
  const cache = await caches.open(cacheName);
  const kept = new Set((await cache.keys()).map((request) => request.url));
  await Promise.all(
    [...keys].map(async ([path, key]) => {
      if (kept.has(key)) return;
      const answer = await fetch(path, { cache: "reload" });
      if (!answer.ok) throw new Error("A file of the app could not be fetched");
      await cache.put(key, answer);
    }),
  );
}

worker.addEventListener("activate", (event) => {
  event.waitUntil(dropOld().then(() => worker.clients.claim()));
});

async function dropOld(): Promise<void> {
  const cache = await caches.open(cacheName);
  const wanted = new Set(keys.values());
  for (const request of await cache.keys()) {
    // Extras that were fetched on first use go too: their names change with the version.
    if (!wanted.has(request.url)) await cache.delete(request);
  }
}

worker.addEventListener("message", (event) => {
  if (event.data === "take-over") void worker.skipWaiting();
});

const wordsCache = "yanshu-words";
/** A window that lives answers within this; a frozen one does not. */
const answerMsMax = 8_000;

worker.addEventListener("push", (event) => {
  // 16 bytes: the form, and whether the person asked for it (docs/spec/push.md PU1).
  const isTest = new Uint8Array(event.data?.arrayBuffer() ?? new ArrayBuffer(0))[1] === 1;
  event.waitUntil(woken(isTest));
});

/** A window fetches the letters and tells of them, muted chats left out; without one a line without names is shown. */
async function woken(isTest: boolean): Promise<void> {
  const windows = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  const visibleFirst = [...windows].sort((one) => (one.visibilityState === "visible" ? -1 : 1));
  for (const window of visibleFirst) if (await answers(window, isTest)) return;
  await showLine(isTest);
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

async function showLine(isTest: boolean): Promise<void> {
  const kept = await (await caches.open(wordsCache)).match("/words.json");
  const words = kept === undefined ? undefined : ((await kept.json()) as Record<string, string>);
  await worker.registration.showNotification(words?.["title"] ?? "雁书 Yanshu", {
    body: (isTest ? words?.["test"] : words?.["line"]) ?? "有新信 · You have new letters",
    lang: words?.["lang"] ?? "zh-Hans",
    tag: "letters",
    icon: "/icon-192.png",
    badge: "/icon-192.png",
    data: "",
  });
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
  const letter = { title: part("title"), text: part("text"), url: part("url") };
  await (await caches.open(sharedCache)).put("/letter.json", Response.json(letter));
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
  if (isFilePath(url.pathname)) {
    event.respondWith(answerFile(worker, event.request, event.clientId));
    return;
  }
  if (event.request.mode === "navigate") {
    event.respondWith(fromKept("/index.html", event.request));
    return;
  }
  if (keys.has(url.pathname) || url.pathname.startsWith("/assets/")) {
    event.respondWith(fromKept(url.pathname, event.request));
  }
});

async function fromKept(path: string, request: Request): Promise<Response> {
  const cache = await caches.open(cacheName);
  const known = await cache.match(keys.get(path) ?? request.url);
  if (known !== undefined) return known;
  const answer = await fetch(request);
  if (answer.ok && path.startsWith("/assets/")) await cache.put(request.url, answer.clone());
  return answer;
}
