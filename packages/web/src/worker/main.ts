/**
 * The worker: it alone holds the keys, the database and the connection to home. Pages get only what they show.
 */
import type { Port } from "../rpc-messages.ts";
import { startClient } from "./client.ts";
import { serveClient } from "./serve.ts";

serveClient(self as unknown as Port, startClient());
