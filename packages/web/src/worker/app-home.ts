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

/**
 * The origin at which this page asks `server`; undefined where a carrier asks it.
 *
 * @param carriedTo the home to which `yanshu app` carries requests: home may not answer in another's name.
 * @throws Error for any other server there
 */
export function originFor(server: string, carriedTo: string | undefined): string | undefined {
  const { host, origin, protocol } = self.location;
  if (carriedTo === undefined) return server === host ? `${protocol}//${server}` : undefined;
  // @checks CH96
  if (server !== carriedTo) throw new Error("carried to home alone");
  return origin;
}
