/**
 * App home: where home is, for an app that `yanshu app` serves on this computer (docs/spec/terminal.md TE22). A page
 * that a home serves is at home where it stands.
 */
export type AppHome = { readonly server: string; readonly origin: string };

/** Opened anew while that program does not run, the page is still the app of the same home. */
const keptCache = "yanshu-app-home";

export async function appHome(): Promise<AppHome | undefined> {
  if (self.location.hostname !== "yanshu.localhost") return undefined;
  const cache = await caches.open(keptCache);
  const answer = await fetch("/home.json", { cache: "no-store" }).catch(() => undefined);
  if (answer?.ok === true) await cache.put("/home.json", answer.clone());
  const held = answer?.ok === true ? answer : await cache.match("/home.json");
  return (await held?.json()) as AppHome | undefined;
}
