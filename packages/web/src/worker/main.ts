/**
 * The worker: the one place that holds keys, the database and the line to home. Everything else is
 * told what to show.
 */
import type { Port } from "../rpc-messages.ts";
import { startClient } from "./client.ts";
import { serveClient } from "./serve.ts";

serveClient(self as unknown as Port, startClient());
