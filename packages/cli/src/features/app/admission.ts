/**
 * Admission: which requests `yanshu app` answers (docs/spec/terminal.md TE21). Other programs and pages of this
 * computer can reach its port as well: a page whose name was led here by DNS, another site's script, another person's
 * program.
 */

export const hostname = "yanshu.localhost";
/** Ports of a host share its cookies, so each has one of its own name (docs/spec/terminal.md TE24). */
export const cookieName = (port: number): string => `yanshu-app-${port}`;

export type AppRequest = {
  readonly method: string;
  readonly path: string;
  readonly header: (name: string) => string | null;
};
export type Entry = "file" | "page" | "start" | "begin" | "home" | "socket" | "core" | "carried" | "refused";

const sockets = new Set(["/ws", "/calls/ws", "/tunnel"]);
const carried = /^\/blobs\/[\w./-]{0,200}$/;

/**
 * @param port of the origin: its name and port have to be exact. @param isCookie whether a browser has it from this
 * start.
 * @param isFile whether the build has a file at a path. @param hasCore the client is here, so nothing of home is
 * carried (docs/spec/homes.md HM95).
 */
export function entryOf(
  { method, path, header }: AppRequest,
  {
    port,
    isCookie,
    isFile,
    hasCore,
  }: {
    readonly port: number;
    readonly isCookie: (cookie: string) => boolean;
    readonly isFile: (path: string) => boolean;
    readonly hasCore: boolean;
  },
): Entry {
  const origin = `http://${hostname}:${port}`;
  // @checks TE21
  if (header("host") !== `${hostname}:${port}`) return "refused";
  const from = header("origin");
  // @checks TE21
  if (from !== null && from !== origin) return "refused";
  const site = header("sec-fetch-site");
  const isNavigation = method === "GET" && header("sec-fetch-mode") === "navigate";
  // @checks TE21
  if (site !== null && site !== "same-origin" && !(isNavigation && site === "none") && !isNavigation) return "refused";
  const isRead = method === "GET" || method === "HEAD";
  if (path === "/start.js") return isRead ? "start" : "refused";
  if (path === "/start") return method === "POST" && from === origin ? "begin" : isRead ? "start" : "refused";
  const isOurs = isCookie(cookieIn(header("cookie") ?? "", cookieName(port)));
  // @checks HM95
  if (path === "/core") return hasCore && isOurs && from === origin ? "core" : "refused";
  // @checks HM95
  if (hasCore && (sockets.has(path) || carried.test(path))) return "refused";
  if (sockets.has(path) || carried.test(path) || path === "/home.json") {
    // @checks TE21
    if (!isOurs) return "refused";
    // A browser says from where a socket comes; what says nothing is none.
    // @checks TE21
    if (sockets.has(path)) return from === origin ? "socket" : "refused";
    return path === "/home.json" ? "home" : "carried";
  }
  // @checks TE21
  if (!isRead) return "refused";
  return isFile(path) ? "file" : /\.\w+$/.test(path) ? "refused" : isOurs ? "page" : "start";
}

function cookieIn(header: string, name: string): string {
  const own = header.split(/;\s*/).find((one) => one.startsWith(`${name}=`));
  return own?.slice(name.length + 1) ?? "";
}
