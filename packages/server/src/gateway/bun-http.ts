/**
 * HTTP on Bun: requests that a feature answers, as those for files (docs/spec/media.md ME1). Each place has its share
 * of what is under way, a body that comes too slowly makes way, and answers that nobody takes do as well
 * (docs/spec/delivery.md DS126, DS181, DS188).
 */
import { blobLimits } from "@yanshu/wire";
import type { Server as BunServer } from "bun";
import { release } from "../core/release.ts";
import type { FeatureHttp } from "../feature.ts";
import type { Admission } from "./bun-admission.ts";
import { Body, SlowBodyError } from "./bun-body.ts";
import { Download } from "./bun-download.ts";
import type { SocketData } from "./bun-sink.ts";
import { securityHeaders } from "./headers.ts";
import { notReady, tooMany } from "./http-refusals.ts";
import type { Coming } from "./incoming.ts";

/**
 * What a body takes, however small the bits in which it is read: where the loop is busy the runtime has taken all of it
 * from the system before the first of them is on the disk.
 */
const bodyBytesMost = blobLimits.partBytesMax;

/** @param prefix where it comes from, for limits. */
export async function answerHttp(
  request: Request,
  path: string,
  listener: BunServer<SocketData>,
  http: FeatureHttp,
  { bodies, bodyBytes, downloads, crowdedFrom, reads, slices, pauseMs, isGoing }: Admission,
  prefix: string | undefined,
): Promise<Response> {
  if (isGoing) return notReady("going");
  // A body takes room and time until all of it has come, so few are open at once.
  const coming = new Body(request.body, prefix, pauseMs);
  if (!bodies.enter(coming)) {
    coming.end();
    return tooMany();
  }
  let held = roomOf(coming, request, bodyBytesMost);
  if (!bodyBytes.enter(held)) {
    bodies.leave(coming);
    coming.end();
    return tooMany();
  }
  // The runtime's own clock cuts what comes at less than 16 KB a second, as from many a village.
  if (request.body !== null) listener.timeout(request, 0);
  try {
    // Each is a little work even where it is refused, and a flood of them comes at once.
    await slices.turn(prefix ?? "");
    const answering = () =>
      http.answer({
        method: request.method,
        path,
        header: (name) => request.headers.get(name),
        body: async (bytesMax) => {
          bodyBytes.leave(held);
          held = roomOf(coming, request, bytesMax);
          if (!bodyBytes.enter(held)) throw new SlowBodyError("no room for a body");
          return coming.whole(bytesMax);
        },
        chunks: () => released(coming.chunks()),
        turn: () => slices.turn(prefix ?? ""),
        isStreamed: true,
        prefix,
      });
    // The system takes megabytes of an answer at once, whenever it is read: so they begin one after another, in turn by
    // place.
    const answered = request.method === "GET" ? reads.run(prefix ?? "", answering) : answering();
    if (answered === undefined) return tooMany();
    const { status, headers, body, stream } = await answered;
    // What is left of a refused body is not even received.
    const closing = status >= 400 && request.body !== null ? { connection: "close" } : {};
    // The system says nothing of when what it was left with ends.
    const isLeft = stream instanceof Blob && listener.pendingRequests <= crowdedFrom;
    const download = stream && !isLeft ? new Download(stream, prefix, (one) => downloads.leave(one)) : undefined;
    if (download !== undefined && !downloads.enter(download)) {
      download.giveUp();
      return tooMany();
    }
    return new Response((download?.stream ?? stream ?? body ?? null) as BodyInit | null, {
      status,
      headers: { ...securityHeaders, ...headers, ...closing },
    });
  } catch (error) {
    if (error instanceof SlowBodyError) return tooMany();
    throw error;
  } finally {
    bodies.leave(coming);
    bodyBytes.leave(held);
    coming.end();
  }
}

/**
 * What a body takes in memory at most: as much as it says it is, or `bytesMax` where that is less or nothing is said.
 */
function roomOf(coming: Body, request: Request, bytesMax: number): Coming {
  const declared = Number(request.headers.get("content-length") ?? bytesMax);
  const amount = request.body === null ? 0 : Math.min(bytesMax, declared);
  return { prefix: coming.prefix, amount, behindMs: () => coming.behindMs(), drop: () => coming.drop() };
}

/** Each is gone once the next one is asked for. */
async function* released(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  for await (const chunk of chunks) {
    yield chunk;
    release(chunk);
  }
}
