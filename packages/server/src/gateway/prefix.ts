/**
 * Prefix: the key by which rate limits count (docs/spec/delivery.md DS24): the IPv4 address, or the IPv6 /56 that a
 * household gets. Kept in memory only.
 *
 * A peer on loopback is the operator, or a proxy that names the client last in X-Forwarded-For. The operator may name
 * further proxies (`isProxy`).
 */
import { BlockList, isIP } from "node:net";

export type IsProxy = (address: string) => boolean;

export function prefixOf(
  peer: string | undefined,
  forwardedFor: string | null,
  isProxy: IsProxy = () => false,
): string | undefined {
  const address = peer?.replace(/^::ffff:(?=\d)/i, "");
  if (address === undefined) return undefined;
  const isHere = address === "::1" || address.startsWith("127.");
  if (!isHere && !isProxy(address)) return shorten(address);
  const client = forwardedFor?.split(",").at(-1)?.trim();
  if (client !== undefined && client !== "") return shorten(client.replace(/^::ffff:(?=\d)/i, ""));
  return isHere ? undefined : shorten(address);
}

/** Parses a list such as `10.0.0.5,10.1.0.0/16,fd00::/8`; undefined if it is not valid. */
export function proxiesOf(text: string): IsProxy | undefined {
  const list = new BlockList();
  for (const [address = "", bits] of text.split(",").map((one) => one.trim().split("/"))) {
    const family = isIP(address);
    const most = family === 4 ? 32 : 128;
    if (family === 0 || (bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) <= most))) return undefined;
    list.addSubnet(address, Number(bits ?? most), `ipv${family as 4 | 6}`);
  }
  return (address) => isIP(address) !== 0 && list.check(address, isIP(address) === 4 ? "ipv4" : "ipv6");
}

function shorten(address: string): string {
  if (!address.includes(":")) return address;
  const [head = "", tail = ""] = address.split("::");
  const front = head === "" ? [] : head.split(":");
  const back = tail === "" ? [] : tail.split(":");
  const filled = [...front, ...Array.from({ length: Math.max(0, 8 - front.length - back.length) }, () => "0"), ...back];
  const groups = filled.slice(0, 4).map((group) => (Number.parseInt(group, 16) || 0) as number);
  groups[3] = (groups[3] as number) & 0xff00;
  return groups.map((group) => group.toString(16)).join(":");
}
