/**
 * Public addresses: which hosts the server is willing to call (docs/spec/push.md PU3, docs/spec/peers.md PE9). Clients
 * choose the host name, so it could name a machine in the server's own network. The name is resolved once, and the
 * server connects to that address, so that the name cannot change its meaning in between (DNS rebinding).
 */
import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";
import { type Bytes, concat } from "@yanshu/wire";

/** Whether a host is a public address, or a name with a dot whose last label is not reserved for local use. */
export function isPublicName(hostname: string): boolean {
  const bare = withoutBrackets(hostname);
  if (isIP(bare) !== 0) return isPublicAddress(bare);
  const labels = hostname.replace(/\.$/, "").toLowerCase().split(".");
  return labels.length > 1 && !localEndings.has(labels.at(-1) ?? "");
}

type Found = readonly { readonly address: string }[];

/**
 * Resolves a host name. Returns the address to connect to; undefined if any of its addresses is not public. Rejects
 * when `late` aborts, or if the name cannot be resolved.
 *
 * @param resolve the system's own, by default.
 */
export async function publicAddressOf(
  hostname: string,
  late: AbortSignal,
  resolve: (name: string) => Promise<Found> = (name) => lookup(name, { all: true }),
): Promise<string | undefined> {
  const looking = resolve(withoutBrackets(hostname));
  const never = new Promise<never>((_, reject) =>
    late.addEventListener("abort", () => reject(lateError()), { once: true }),
  );
  const found = await Promise.race([looking, never]);
  return found.every(({ address }) => isPublicAddress(address)) ? found[0]?.address : undefined;
}

export function lateError(): Error {
  return new Error("no answer in time");
}

/** Where the name of another server leads: by TLS, to the public address that was just looked at, by its name. */
export type CalledPlace = {
  readonly scheme: "s" | "";
  readonly at: string;
  readonly host: string;
  readonly tls: { readonly tls?: { readonly serverName: string } };
};

/**
 * Undefined where it leads nowhere that may be called.
 *
 * @param isListed the operator named it, so that its port may be any. @param loopback also this machine, without TLS:
 * for tests and trials, never in service.
 * @checks PE9
 */
export async function calledPlace(
  name: string,
  isListed: boolean,
  loopback: boolean,
  addressOf: typeof publicAddressOf,
  late: AbortSignal,
): Promise<CalledPlace | undefined> {
  const [hostname = "", port] = name.split(":");
  // not a check: for tests and trials.
  if (loopback && (hostname === "localhost" || hostname === "127.0.0.1"))
    return { scheme: "", at: `127.0.0.1:${port ?? 80}`, host: name, tls: {} };
  if (!isPublicName(hostname) || (port !== undefined && !isListed)) return undefined;
  const address = await addressOf(hostname, late);
  if (address === undefined) return undefined;
  const at = `${address.includes(":") ? `[${address}]` : address}:${port ?? 443}`;
  return { scheme: "s", at, host: name, tls: { tls: { serverName: hostname } } };
}

/**
 * One GET from there. No redirect is followed. Undefined where the answer is compressed, has no body, or one of more
 * than `bytesMax` bytes. Rejects where there is no route, no certificate, or no answer in time.
 */
export async function getFrom(
  { scheme, at, host, tls }: CalledPlace,
  path: string,
  bytesMax: number,
  late: AbortSignal,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number; readonly body: Bytes } | undefined> {
  const answer = await fetch(`http${scheme}://${at}${path}`, {
    headers: { host, "accept-encoding": "identity", ...headers },
    redirect: "manual",
    signal: late,
    decompress: false,
    ...tls,
  } as RequestInit);
  // Else its length would be that of the compressed bytes. @checks PE36, CH71
  if (answer.headers.has("content-encoding") || answer.body === null) return undefined;
  const pieces: Bytes[] = [];
  let length = 0;
  for await (const piece of answer.body as unknown as AsyncIterable<Bytes>) {
    length += piece.length;
    // @checks PE9, CH71
    if (length > bytesMax) return undefined; // Leaving the loop ends the transfer.
    pieces.push(piece);
  }
  return { status: answer.status, body: concat(...pieces) };
}

function withoutBrackets(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, "");
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

/** Whether an address is globally routable. */
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
/** Within the global range: transition mechanisms that lead back to IPv4, and prefixes for documentation. */
for (const [net, prefix] of [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
] as const)
  reserved.addSubnet(net, prefix, "ipv6");
const global = new BlockList();
global.addSubnet("2000::", 3, "ipv6");

/** The /48 of an IPv6 prefix, which one customer of a provider may have whole; undefined for IPv4. */
export function regionOf(prefix: string | undefined): string | undefined {
  return prefix?.includes(":") === true ? prefix.split(":").slice(0, 3).join(":") : undefined;
}
