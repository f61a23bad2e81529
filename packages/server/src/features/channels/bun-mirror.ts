/** The way to what other homes show, on Bun (docs/spec/channels.md CH71): bounds are those of other servers' cards. */
import { type Bytes, concat } from "@yanshu/wire";
import { calledPlace, publicAddressOf } from "../../core/public-address.ts";
import { type Provided, provide } from "../../feature.ts";
import { publicReader, type ReadPublic } from "./mirror-port.ts";

const timeoutMs = 20_000;

/** @param loopback also this machine, without TLS: for tests and trials, never in service. */
export function publicReaderBy({ loopback = false }: { readonly loopback?: boolean }): Provided {
  return provide(publicReader, readerFrom(loopback));
}

/** No redirect is followed, and no more is read than was asked for. @checks CH71 */
export function readerFrom(loopback: boolean, addressOf = publicAddressOf): ReadPublic {
  return async (home, path, bytesMax, range) => {
    const late = AbortSignal.timeout(timeoutMs);
    try {
      const to = await calledPlace(home, true, loopback, addressOf, late);
      if (to === undefined) return undefined;
      const answer = await fetch(`http${to.scheme}://${to.at}${path}`, {
        headers: {
          host: to.host,
          "accept-encoding": "identity",
          ...(range && { range: `bytes=${range[0]}-${range[1]}` }),
        },
        redirect: "manual",
        signal: late,
        decompress: false,
        ...to.tls,
      } as RequestInit);
      // Else its length would be that of the compressed bytes.
      if (answer.headers.has("content-encoding") || answer.body === null) return undefined;
      const pieces: Bytes[] = [];
      let length = 0;
      for await (const piece of answer.body as unknown as AsyncIterable<Bytes>) {
        length += piece.length;
        if (length > bytesMax) return undefined; // Leaving the loop ends the transfer.
        pieces.push(piece);
      }
      return { status: answer.status, body: concat(...pieces) };
    } catch {
      return undefined; // No name, no route, no certificate, no answer in time: all the same to the caller.
    }
  };
}
