/**
 * Prefix: what stands for "where from" in the rate limits (docs/spec/delivery.md DS24): the IPv4
 * address, or the /56 that an IPv6 household gets. In memory only.
 *
 * A peer on loopback is either whoever runs the server, or a proxy, which names the client last in
 * X-Forwarded-For.
 */
export function prefixOf(peer: string | undefined, forwardedFor: string | null): string | undefined {
  const address = peer?.replace(/^::ffff:(?=\d)/i, "");
  if (address === undefined) return undefined;
  if (address !== "::1" && !address.startsWith("127.")) return shorten(address);
  const client = forwardedFor?.split(",").at(-1)?.trim();
  return client === undefined || client === "" ? undefined : shorten(client.replace(/^::ffff:(?=\d)/i, ""));
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
