/** The service worker of the feed's measurement: the app's own part for films, and nothing else. */
import { answerFilm, isPublicFilmPath, takeFilmMessage } from "../../src/sw-films.ts";

const worker = self as unknown as ServiceWorkerGlobalScope;
worker.addEventListener("install", () => void worker.skipWaiting());
worker.addEventListener("activate", (event) => event.waitUntil(worker.clients.claim()));
worker.addEventListener("message", (event) =>
  event.waitUntil(takeFilmMessage(worker, event.data, event.ports[0]) as Promise<unknown>),
);
worker.addEventListener("fetch", (event) => {
  if (isPublicFilmPath(new URL(event.request.url).pathname)) event.respondWith(answerFilm(worker, event.request));
});
