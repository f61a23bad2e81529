/**
 * The worker: it alone holds the keys, the database and the connection to home. Pages get only what they show. Where
 * `yanshu app` has the client, this worker has none of it, and hands on what the page asks (docs/spec/homes.md HM94).
 */
import type { Port, ToPage } from "../rpc-messages.ts";
import { appHome } from "./app-home.ts";
import { connectBeside } from "./beside.ts";
import { startClient } from "./client.ts";
import { type RunningClient, serveClient } from "./serve.ts";

const port = self as unknown as Port;

async function start(): Promise<RunningClient> {
  const home = await appHome();
  if (home?.isCoreHere !== true) return startClient();
  port.postMessage({ kind: "beside" } satisfies ToPage);
  return connectBeside();
}

serveClient(port, start());
