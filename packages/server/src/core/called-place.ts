/**
 * Where the name of another server leads (docs/spec/peers.md PE9): by TLS, to the public address that was just looked
 * at, by the name that the certificate must have.
 */
import { isPublicName, type publicAddressOf } from "./public-address.ts";

export type CalledPlace = {
  readonly scheme: "s" | "";
  readonly at: string;
  readonly host: string;
  readonly tls: object;
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
  if (loopback && (hostname === "localhost" || hostname === "127.0.0.1"))
    return { scheme: "", at: `127.0.0.1:${port ?? 80}`, host: name, tls: {} };
  if (!isPublicName(hostname) || (port !== undefined && !isListed)) return undefined;
  const address = await addressOf(hostname, late);
  if (address === undefined) return undefined;
  const at = `${address.includes(":") ? `[${address}]` : address}:${port ?? 443}`;
  return { scheme: "s", at, host: name, tls: { tls: { serverName: hostname } } };
}
