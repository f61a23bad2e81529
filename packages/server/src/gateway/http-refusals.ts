/** Refusals by HTTP: the answers to requests that are not let in. */
import { securityHeaders } from "./headers.ts";

export function notReady(why: string): Response {
  return new Response(`${why}\n`, { status: 503, headers: { ...securityHeaders, "retry-after": "5" } });
}

export function tooMany(): Response {
  const headers = { ...securityHeaders, "retry-after": "30", connection: "close" };
  return new Response("rate-limited", { status: 429, headers });
}
