/**
 * Endpoints: which addresses of push services the server is willing to call (docs/spec/push.md PU3).
 *
 * A device names the endpoint, so it may name anything: only https on the usual port, by a public name whose every
 * address is public, is ever called. What a name meant is looked up once and that address is the one connected to,
 * so that a name cannot change its meaning in between.
 */
import { BlockList, isIP } from "node:net";

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

/** A name with a dot that no network keeps for itself, or an address that is public. */
function isPublicName(hostname: string): boolean {
  const bare = hostname.replace(/^\[|\]$/g, "");
  if (isIP(bare) !== 0) return isPublicAddress(bare);
  const labels = hostname.replace(/\.$/, "").toLowerCase().split(".");
  return labels.length > 1 && !localEndings.has(labels.at(-1) ?? "");
}

const localEndings = new Set([
  "localhost",
  "local",
  "internal",
  "intranet",
  "lan",
  "home",
  "corp",
  "arpa",
  "test",
  "onion",
]);

/** Whether an address is one that the whole internet means the same by. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !reserved.check(address, "ipv4");
  return family === 6 && global.check(address, "ipv6") && !reserved.check(address, "ipv6");
}

const reserved = new BlockList();
for (const [net, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
] as const)
  reserved.addSubnet(net, prefix, "ipv4");
/** Within the global range: tunnels that lead back to IPv4, and what is kept for documents. */
for (const [net, prefix] of [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
] as const)
  reserved.addSubnet(net, prefix, "ipv6");
const global = new BlockList();
global.addSubnet("2000::", 3, "ipv6");
