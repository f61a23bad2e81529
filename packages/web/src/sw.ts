/**
 * Service worker, hand-written: it opens the app without a network and handles push messages.
 *
 * It caches the app's own files: most when it is installed, larger extras at their first use. It lists every file of
 * the app with its hash, and its own file name is its own hash (docs/spec/web.md WE33), so that no other program can
 * be served under its name.
 */
import { carrierFile, carrierPolicy } from "@yanshu/release/carrier";
import { securityHeaders, typeOfFile } from "@yanshu/release/headers";
import { programFrames } from "@yanshu/release/program-frame";
import { appCache, fetchWhole, keptKey, keptWhole } from "./release.ts";
import { callName } from "./sw-call-name.ts";
import { answerFile, isFilePath } from "./sw-files.ts";
import { answerFilm, isPublicFilmPath, takeFilmMessage } from "./sw-films.ts";
import { isSilencedRing, ringOf, silenceRing } from "./sw-silence.ts";

declare global {
  interface Window {
    /** Put in place by the build (build/release.ts): every file of the app, and its SHA-256 in base64. */
    readonly __WB_MANIFEST: readonly { readonly url: string; readonly revision: string; readonly isExtra?: true }[];
  }
}

const files = self.__WB_MANIFEST;
// TypeScript cannot load the types of pages and of service workers together; only this file needs the latter.
const worker = self as unknown as ServiceWorkerGlobalScope;
const hashes = new Map(files.map(({ url, revision }) => [`/${url}`, revision]));

worker.addEventListener("install", (event) => {
  event.waitUntil(keepAll());
});

async function keepAll(): Promise<void> {
  const cache = await caches.open(appCache);
  await Promise.all(
    files.map(async ({ url, revision, isExtra }) => {
      if (isExtra === true || (await keptWhole(cache, url, revision)) !== undefined) return;
      const answer = await fetchWhole(url, revision);
      if (!answer.ok) throw new Error("A file of the app could not be fetched");
      await cache.put(keptKey(url, revision), answer);
    }),
  );
}

worker.addEventListener("activate", (event) => {
  event.waitUntil(Promise.all([dropOld(), dropOldSilence()]).then(() => worker.clients.claim()));
});

async function dropOld(): Promise<void> {
  const cache = await caches.open(appCache);
  const wanted = new Set(files.map(({ url, revision }) => keptKey(url, revision)));
  for (const request of await cache.keys()) {
    if (!wanted.has(request.url)) await cache.delete(request);
  }
}

/** Older versions kept here which call was silenced, and when it rang (PU17). */
async function dropOldSilence(): Promise<void> {
  await (await caches.open(wordsCache)).delete("/silenced.json");
}

worker.addEventListener("message", (event) => {
  if (event.data === "take-over") void worker.skipWaiting();
  // While this worker has work, the browser does not activate another. A page sends "hold" when a version appears that
  // nobody accepted (WE34).
  if (event.data === "hold") event.waitUntil(wait(holdMs));
  if (typeof event.data === "object" && event.data !== null)
    event.waitUntil(takeFilmMessage(worker, event.data, event.ports[0]));
});

/** Longer than the interval at which a page repeats "hold". */
const holdMs = 60_000;

const wordsCache = "yanshu-words";
/** A running window responds within this time; a frozen one does not. */
const answerMsMax = 8_000;

worker.addEventListener("push", (event) => {
  const data = event.data?.arrayBuffer() ?? new ArrayBuffer(0);
  event.waitUntil(woken(wakeupOf(data), tagOf(data), ringOf(new Uint8Array(data))));
});

type Wakeup = "messages" | "test" | "ring" | "called";
/** A ring that arrives later than this is shown as a past call. */
const ringSecondsMax = 90;
const callTag = "call";
const wordsOf = { messages: "line", test: "test", ring: "calling", called: "called" } as const;
/** Texts for when no words are cached in the person's language. */
const unkept = {
  messages: "有新信 · You have new letters",
  test: "有新信 · You have new letters",
  ring: "有人打电话来 · Somebody is calling",
  called: "有人打过电话来 · Somebody called",
  silence: "静音 · Silence",
} as const;

/** The notice's button: the call rings on for its caller, and its other rings here make no sound (CA258). */
const silenceAction = "silence";

/** A push message has 16 bytes: version, kind, and for a ring its time (docs/spec/push.md PU1, PU10). */
function wakeupOf(data: ArrayBuffer): Wakeup {
  const bytes = new Uint8Array(data);
  if (bytes[1] === 1) return "test";
  if (bytes[1] !== 2 || bytes.length < 8) return "messages";
  const seconds = bytes.subarray(3, 8).reduce((sum, byte) => 128 * sum + byte, 0);
  return Date.now() / 1_000 - seconds > ringSecondsMax ? "called" : "ring";
}

/** The tag of a ring's conversation: the last 8 bytes, as ASCII (PU12). */
function tagOf(data: ArrayBuffer): string {
  return new TextDecoder().decode(new Uint8Array(data).subarray(-8));
}

/** Wakes a window, which fetches the messages and shows notices itself. If none responds, shows a general notice. */
async function woken(wakeup: Wakeup, tag: string, ring: string): Promise<void> {
  const windows = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  const visibleFirst = [...windows].sort((one) => (one.visibilityState === "visible" ? -1 : 1));
  for (const window of visibleFirst) if (await answers(window, wakeup === "test")) return;
  await showLine(wakeup, tag, ring);
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

async function showLine(wakeup: Wakeup, tag: string, ring: string): Promise<void> {
  const words = await keptIn("/words.json");
  // A wake-up after a shown ring means that nobody answered the call.
  const [rung] = await worker.registration.getNotifications({ tag: callTag });
  const isRung = rung !== undefined;
  const shown = wakeup === "messages" && isRung ? "called" : wakeup;
  const isCall = shown === "ring" || shown === "called";
  const names = isCall ? await keptIn("/ring-names.json") : undefined;
  // The wake-up after a ring has no tag: its call is the one shown already.
  const name = words && callName(names, tag, wakeup === "messages" ? rung?.title : undefined);
  const named = shown === "ring" ? words?.["callsYou"] : words?.["calledYou"];
  const isSilent = shown === "ring" && isSilencedRing(ring);
  const options = {
    body: (name && named) || (words?.[wordsOf[shown]] ?? unkept[shown]),
    lang: words?.["lang"] ?? "zh-Hans",
    tag: isCall ? callTag : "messages",
    // Both are in the standard, but not yet in TypeScript's types.
    renotify: isCall && !isSilent,
    requireInteraction: shown === "ring",
    silent: isSilent,
    actions:
      shown === "ring" && !isSilent ? [{ action: silenceAction, title: words?.["silence"] ?? unkept.silence }] : [],
    icon: "/icon-192.png",
    badge: "/icon-192.png",
    // The browser keeps a notice with its data on the disk: of a past ring it needs none (PU17).
    data: shown === "ring" ? { ring } : undefined,
  };
  await worker.registration.showNotification(
    name || (words?.["title"] ?? "雁书 Yanshu"),
    options as NotificationOptions,
  );
  // The number of messages is not known here, so the badge has none.
  await (worker.navigator as Navigator).setAppBadge?.().catch(() => undefined);
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

worker.addEventListener("notificationclick", (event) => {
  event.notification.close();
  if (event.action === silenceAction) {
    event.waitUntil(silenceRing(event.notification.data?.ring, wait));
    return;
  }
  event.waitUntil(open(typeof event.notification.data === "string" ? event.notification.data : ""));
});

/** Opens the conversation in an existing window, else in a new one. */
async function open(conversation: string): Promise<void> {
  const [window] = await worker.clients.matchAll({ type: "window" });
  if (window === undefined) {
    await worker.clients.openWindow(conversation === "" ? "/" : `/chat/${conversation}`);
    return;
  }
  await window.focus();
  window.postMessage({ kind: "open", conversation });
}

/** Caches what another app shares, for the screen that asks whom to send it to. The request never reaches home. */
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
  if (url.origin !== worker.location.origin) return;
  if (event.request.method === "POST" && url.pathname === "/share") {
    event.respondWith(takeShared(event.request));
    return;
  }
  // A form of any other page may post here: home would answer it with a page of its own, in this origin (WE280).
  if (event.request.mode === "navigate" && event.request.method !== "GET") {
    event.respondWith(Response.redirect("/", 303));
    return;
  }
  if (event.request.method !== "GET") return;
  // A page that fetches the next version states the hash itself; such requests go to home.
  if (event.request.integrity !== "") return;
  if (isFilePath(url.pathname)) {
    event.respondWith(answerFile(worker, event.request, event.clientId));
    return;
  }
  if (isPublicFilmPath(url.pathname)) {
    event.respondWith(answerFilm(worker, event.request));
    return;
  }
  // Here `yanshu app` gives this browser its token. On every other host all pages come from the cache.
  if (url.hostname === "yanshu.localhost" && url.pathname === "/start") return;
  if (carrierFile.test(url.pathname)) {
    event.respondWith(carrier(url));
    return;
  }
  if (Object.hasOwn(programFrames, url.pathname)) {
    event.respondWith(frame(url.pathname));
    return;
  }
  if (event.request.mode === "navigate") {
    event.respondWith(fromKept("/index.html"));
    return;
  }
  if (hashes.has(url.pathname) || url.pathname.startsWith("/assets/")) event.respondWith(fromKept(url.pathname));
});

/**
 * Serves a carrier's script with the policy that allows it one other home (WE140); it works without our own home.
 */
async function carrier({ pathname, searchParams }: URL): Promise<Response> {
  const kept = await wholeOf(pathname);
  const policy = carrierPolicy(searchParams.get("to"));
  if (!kept.ok || policy === undefined) return Response.error();
  return new Response(kept.body, {
    headers: { "content-type": "text/javascript; charset=utf-8", "content-security-policy": policy },
  });
}

/** Serves a page that draws mini programs, with the headers that keep it apart (PR10, PR30), whatever home sent. */
async function frame(path: string): Promise<Response> {
  const kept = await wholeOf(path);
  if (!kept.ok) return Response.error();
  return new Response(kept.body, { headers: { ...programFrames[path], "content-type": "text/html; charset=utf-8" } });
}

/**
 * Serves a file of this version, from the cache or from home by its hash, with the app's own headers (WE281): a policy,
 * a style sheet or an address for reports that home sent along would have no hash. Any other path is an error.
 */
async function fromKept(path: string): Promise<Response> {
  const { body, ok } = await wholeOf(path);
  if (!ok) return Response.error();
  return new Response(body, { headers: { ...securityHeaders, "content-type": typeOfFile(path) } });
}

async function wholeOf(path: string): Promise<Response> {
  const hash = hashes.get(path);
  if (hash === undefined) return Response.error();
  const cache = await caches.open(appCache);
  const known = await keptWhole(cache, path.slice(1), hash);
  if (known !== undefined) return known;
  const answer = await fetchWhole(path.slice(1), hash);
  if (answer.ok) await cache.put(keptKey(path.slice(1), hash), answer.clone());
  return answer;
}
