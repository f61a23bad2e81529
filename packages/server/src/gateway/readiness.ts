/** Readiness: what `/readyz` answers (docs/spec/delivery.md DS81). */
import type { Server } from "../core/server.ts";
import { securityHeaders } from "./headers.ts";
import { notReady } from "./http-refusals.ts";

/** Anybody may request `/readyz`, so the database is asked at most once in this time. */
const readyMsMin = 2_000;

/**
 * Answers whether a load balancer should send clients here: not while the database is away, nor while this server is
 * draining (docs/spec/delivery.md DS81).
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
