/**
 * Home: the server that an account lives on, by its name and by the address where it is reached. A
 * link tells both; the folder keeps them, for the client knows the name alone.
 */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SocketPath } from "@yanshu/client";
import { Fault } from "./fault.ts";

export type Home = {
  /** As links and sign-ins name it, such as `yan.example`. */
  readonly server: string;
  /** Such as `https://yan.example`. */
  readonly origin: string;
};

const fileName = "home.json";

/** Undefined when there is none yet, or it cannot be read: then the server's name says where it is. */
export function readHome(folder: string): Home | undefined {
  try {
    const held: unknown = JSON.parse(readFileSync(join(folder, fileName), "utf8"));
    const { server, origin } = held as Partial<Record<keyof Home, unknown>>;
    if (typeof server !== "string" || typeof origin !== "string" || originIn(origin) !== origin) return undefined;
    return { server, origin };
  } catch {
    return undefined;
  }
}

/** Whole or not at all, whenever the power fails. */
export function writeHome(folder: string, home: Home): void {
  const path = join(folder, fileName);
  writeFileSync(`${path}.new`, `${JSON.stringify(home)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/**
 * Where a link's home is reached.
 *
 * @param server as the link names it. @throws Fault when the way there would be open to all.
 */
export function homeOfLink(link: string, server: string, insecure: boolean): Home {
  return checked({ server, origin: originIn(link) ?? originOfServer(server, insecure) }, insecure);
}

/** A home told by its address alone, as `http://localhost:8080` or `yan.example`. */
export function homeOfAddress(text: string, insecure: boolean): Home {
  const trimmed = text.trim().replace(/\/$/, "");
  const origin =
    originIn(trimmed) ?? (/^[a-z0-9.-]+(:\d{1,5})?$/.test(trimmed) ? originOfServer(trimmed, insecure) : "");
  if (!URL.canParse(origin)) throw new Fault("fault.home", { value: text });
  const { hostname, host } = new URL(origin);
  // A server is called after its host and unusual port; the one of this machine `localhost`, however it was typed.
  const server = isHere(hostname) ? host.replace(hostname, "localhost") : host;
  return checked({ server, origin }, insecure);
}

/** The address of a home's WebSocket. */
export function socketAddress(origin: string, path: "/ws" | SocketPath = "/ws"): string {
  return `${origin.replace(/^http/, "ws")}${path}`;
}

export function originOfServer(server: string, insecure: boolean): string {
  return `${insecure || isLocal(hostnameOf(server)) ? "http" : "https"}://${server}`;
}

function checked(home: Home, insecure: boolean): Home {
  if (home.origin.startsWith("http:") && !insecure && !isLocal(new URL(home.origin).hostname))
    throw new Fault("fault.insecure", { origin: home.origin });
  return home;
}

function originIn(text: string): string | undefined {
  const address = text.trim();
  if (!/^https?:\/\//.test(address) || !URL.canParse(address)) return undefined;
  return new URL(address).origin;
}

function hostnameOf(server: string): string {
  return URL.canParse(`https://${server}`) ? new URL(`https://${server}`).hostname : server;
}

function isHere(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname);
}

function isLocal(hostname: string): boolean {
  return isHere(hostname) || hostname.endsWith(".local") || hostname.endsWith(".localhost");
}
