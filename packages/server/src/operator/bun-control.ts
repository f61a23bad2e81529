/**
 * Control: how the operator's commands reach the running server (docs/spec/delivery.md DS145): a Unix socket in the
 * data folder that only the server's user can open. So there is no port and no password, and nobody can reach it from
 * elsewhere. A request names one of a few commands.
 */
import { chmodSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ActError, type Acts } from "../feature.ts";
import { OptionError } from "../options.ts";

export const controlFile = "control.sock";

export type Answer = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly why: string };

/** Runs one command. A fault is returned as an answer too. */
export async function answerTo(acts: Acts, name: string, args: Readonly<Record<string, unknown>>): Promise<Answer> {
  const act = Object.hasOwn(acts, name) ? acts[name] : undefined;
  if (act === undefined)
    return { ok: false, why: "the running server does not know this command: is it an older one?" };
  try {
    return { ok: true, value: (await act(args)) ?? null };
  } catch (error) {
    if (error instanceof ActError) return { ok: false, why: error.message };
    return { ok: false, why: `the server could not do it (${error instanceof Error ? error.name : "unknown fault"})` };
  }
}

/**
 * @param folder the data folder, of which this process is the only server.
 * @return ends it.
 */
export function listenControl(folder: string, acts: Acts): () => Promise<void> {
  const path = join(folder, controlFile);
  rmSync(path, { force: true }); // A server that was killed leaves its socket.
  const before = process.umask(0o177);
  try {
    const listener = Bun.serve({
      unix: path,
      fetch: async (request) => {
        const args: unknown = await request.json().catch(() => undefined);
        if (typeof args !== "object" || args === null) return Response.json({ ok: false, why: "not a command" });
        const name = new URL(request.url).pathname.slice(1);
        return Response.json(await answerTo(acts, name, args as Record<string, unknown>));
      },
      error: () => Response.json({ ok: false, why: "the server could not do it" }),
    });
    chmodSync(path, 0o600);
    return async () => {
      await listener.stop(true);
    };
  } finally {
    process.umask(before);
  }
}

/**
 * Sends a command to the server that runs over a folder.
 *
 * @return undefined if none runs.
 * @throws OptionError if the folder cannot be accessed.
 */
export async function askControl(
  folder: string,
  name: string,
  args: Readonly<Record<string, unknown>>,
): Promise<Answer | undefined> {
  const path = join(folder, controlFile);
  if (!existsSync(path)) return undefined;
  try {
    const response = await fetch(`http://server/${name}`, {
      unix: path,
      method: "POST",
      body: JSON.stringify(args),
      signal: AbortSignal.timeout(askMsMax),
    });
    return (await response.json()) as Answer;
  } catch (error) {
    const { code = "", name: kind } = error as { readonly code?: string; readonly name?: string };
    if (kind === "TimeoutError") throw new OptionError("the running server does not answer");
    if (["EACCES", "EPERM"].includes(code))
      throw new OptionError("no permission for the running server: ask as the user that it runs as, or as root");
    return undefined; // The server was killed, and left its socket.
  }
}

const askMsMax = 30_000;
