/** Readiness: what `/readyz` answers (docs/spec/delivery.md DS81). */
import type { Server } from "../core/server.ts";
import { securityHeaders } from "./headers.ts";
import { notReady } from "./http-refusals.ts";

/** Anybody may ask whether we are ready; the database is asked no more often than this. */
const readyMsMin = 2_000;

/**
 * Whether others shall be sent here: not while the database is away, nor once we are going (docs/spec/delivery.md
 * DS81).
 */
export function readiness(server: () => Server, admission: { readonly isGoing: boolean }): () => Response {
  let why: string | undefined;
  let askAtMs = 0;
  return () => {
    if (admission.isGoing) return notReady("going");
    if (performance.now() >= askAtMs) {
      why = server().unready();
      askAtMs = performance.now() + readyMsMin;
    }
    return why === undefined ? new Response("ready\n", { headers: securityHeaders }) : notReady(why);
  };
}
