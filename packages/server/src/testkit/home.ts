/** Home: a server in a process of its own over a database that others share, and the way in. */
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { portOf, Socket, type Started, start } from "./process.ts";

export type Home = Started & { readonly data: string; readonly port: number };

/** @param folder in which its data has a folder of its own. */
export async function homeOver(folder: string, log: string, ...flags: readonly string[]): Promise<Home> {
  const data = mkdtempSync(join(folder, "home-"));
  const started = start("--port", "0", "--data", data, "--log", log, "--domain", "home.example", ...flags);
  return { ...started, data, port: await portOf(started) };
}

export async function caller({ port }: Home): Promise<Socket> {
  const socket = new Socket(port);
  await socket.open();
  return socket;
}
