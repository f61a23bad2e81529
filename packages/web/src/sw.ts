/**
 * Service worker, hand-written: the app opens without a network, and nothing of anybody is kept here.
 *
 * It keeps our own files only: the shell when it is installed, larger extras when first used. Every file
 * but the page itself carries its hash in its name, so what is kept is never stale.
 */
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

worker.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== worker.location.origin) return;
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

export {};
