/**
 * Endpoints: which addresses of push services the server is willing to call (docs/spec/push.md PU3).
 * A device names the endpoint, so it may name anything: only https on the usual port, by a public name whose every
 * address is public, is ever called.
 */
import { isPublicName } from "../../core/public-address.ts";

/** @param loopback also takes `http://127.0.0.1:PORT`: for tests with a push host of their own, never in service. */
export type EndpointRule = { readonly loopback: boolean };

/** The endpoint as a URL, or undefined when the server would never call it. */
export function endpointOf(text: string, { loopback }: EndpointRule): URL | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.username !== "" || url.password !== "" || url.hash !== "") return undefined;
  if (loopback && url.protocol === "http:" && url.hostname === "127.0.0.1" && url.port !== "") return url;
  if (url.protocol !== "https:" || url.port !== "") return undefined;
  return isPublicName(url.hostname) ? url : undefined;
}
