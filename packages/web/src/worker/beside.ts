/**
 * Beside: the client is in the process of `yanshu app` (docs/spec/homes.md HM94–HM96). One socket to it for this
 * window.
 */
import { type RemoteClient, remoteClient } from "@yanshu/client";
import type { RunningClient } from "./serve.ts";

/** As the start page of `yanshu app` keeps it. */
const tokenCache = "yanshu-app-token";

/** The command does not run, or was started anew: this window has no client any more. */
class CoreEnded extends Error {
  override name = "CoreEnded";
}

/** Rejects with `CoreEnded` where nobody is there who takes this window's token. */
export async function connectBeside(): Promise<RunningClient> {
  const token = await (await (await caches.open(tokenCache)).match("/token"))?.text();
  if (token === undefined) throw new CoreEnded();
  const socket = new WebSocket(`ws://${self.location.host}/core`);
  socket.binaryType = "arraybuffer";
  const client = remoteClient((message) => socket.send(message));
  const ended = new Promise<void>((resolve) => {
    socket.addEventListener("close", () => {
      client.lost();
      resolve();
    });
  });
  await Promise.race([
    new Promise((resolve) => socket.addEventListener("open", resolve)),
    ended.then(() => Promise.reject(new CoreEnded())),
  ]);
  socket.send(token);
  socket.addEventListener("message", ({ data }: MessageEvent<unknown>) => hear(client, socket, data));
  return {
    api: client.api,
    subscribe: client.subscribe,
    setSurroundings: client.setSurroundings,
    onBroken: (listener) => void ended.then(() => listener(new CoreEnded())),
  };
}

function hear(client: RemoteClient, socket: WebSocket, data: unknown): void {
  if (data instanceof ArrayBuffer) client.take(new Uint8Array(data));
  else socket.close();
}
