/**
 * App home: the address of home, for an app that `yanshu app` serves on this computer (docs/spec/terminal.md TE22). For
 * a page that home itself serves, home is the page's own origin.
 */
export type AppHome = {
  readonly server: string;
  readonly origin: string;
  /** The client is in the process of `yanshu app`, and not in this browser (docs/spec/homes.md HM94). */
  readonly isCoreHere?: true;
};

/** Cache of the answer, for a page that is reloaded while `yanshu app` does not run. */
const keptCache = "yanshu-app-home";

/** Home of an app that `yanshu app` serves; undefined: home serves this page itself. */
export async function appHome(): Promise<AppHome | undefined> {
  if (self.location.hostname !== "yanshu.localhost") return undefined;
  const cache = await caches.open(keptCache);
  const answer = await fetch("/home.json", { cache: "no-store" }).catch(() => undefined);
  if (answer?.ok === true) await cache.put("/home.json", answer.clone());
  const held = answer?.ok === true ? answer : await cache.match("/home.json");
  return (await held?.json()) as AppHome | undefined;
}
