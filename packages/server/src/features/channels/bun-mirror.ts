/** The way to what other homes show, on Bun (docs/spec/channels.md CH71): bounds are those of other servers' cards. */
import { calledPlace, getFrom, publicAddressOf } from "../../core/public-address.ts";
import { type Provided, provide } from "../../feature.ts";
import { publicReader, type ReadPublic } from "./mirror-port.ts";

const timeoutMs = 20_000;

/** @param loopback also this machine, without TLS: for tests and trials, never in service. */
export function publicReaderBy({ loopback = false }: { readonly loopback?: boolean }): Provided {
  return provide(publicReader, readerFrom(loopback));
}

/** No redirect is followed, and no more is read than was asked for. */
export function readerFrom(loopback: boolean, addressOf = publicAddressOf): ReadPublic {
  return async (home, path, bytesMax, range) => {
    const late = AbortSignal.timeout(timeoutMs);
    try {
      const to = await calledPlace(home, true, loopback, addressOf, late);
      const part = range && { range: `bytes=${range[0]}-${range[1]}` };
      return to && (await getFrom(to, path, bytesMax, late, part));
    } catch {
      return undefined; // No name, no route, no certificate, no answer in time: all the same to the caller.
    }
  };
}
