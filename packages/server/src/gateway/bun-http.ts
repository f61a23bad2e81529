/**
 * HTTP on Bun: requests that a feature answers, such as those for files (docs/spec/media.md ME1). Each prefix has a
 * share of the requests under way. If there is no room, bodies that arrive too slowly and answers that are not read
 * are cut to make room (docs/spec/delivery.md DS126, DS181, DS188).
 */
import { blobLimits } from "@yanshu/wire";
import type { Server as BunServer } from "bun";
import { release } from "../core/release.ts";
import type { FeatureHttp, HttpAnswer } from "../feature.ts";
import type { Admission } from "./bun-admission.ts";
import { Body, SlowBodyError } from "./bun-body.ts";
import { Download } from "./bun-download.ts";
import type { SocketData } from "./bun-sink.ts";
import { securityHeaders } from "./headers.ts";
import { notReady, tooMany } from "./http-refusals.ts";
import type { Coming } from "./incoming.ts";

/**
 * Memory that is reserved for a body, even if it is read in small chunks: while the loop is busy, the runtime may have
 * received the whole body before its first chunk is on disk.
 */
const bodyBytesMost = blobLimits.partBytesMax;

/** @param prefix the network that the request comes from, for limits. */
export async function answerHttp(
  request: Request,
  path: string,
  listener: BunServer<SocketData>,
  http: FeatureHttp,
  { bodies, bodyBytes, downloads, downloadReads, crowdedFrom, reads, begun, slices, pauseMs, isGoing }: Admission,
  prefix: string | undefined,
): Promise<Response> {
  if (isGoing) return notReady("going");
  // A body takes memory and time until all of it has arrived, so few are open at once.
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
  // The runtime's own timeout would cut uploads below 16 KB a second, which slow networks do not reach. `Body` has one.
  if (request.body !== null) listener.timeout(request, 0);
  try {
    // Even a refused request costs work, and a flood of them arrives at once.
    await slices.turn(prefix ?? "");
    const answering = async () => {
      const answer = await http.answer({
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
      begun.bytes += bytesOf(answer);
      return answer;
    };
    // The system buffers megabytes of each answer at once, so answers begin one after another, in turn by prefix.
    const answered = request.method === "GET" ? reads.run(prefix ?? "", answering) : answering();
    if (answered === undefined) return tooMany();
    const { status, headers, body, stream } = await answered;
    // The rest of a refused body is not received.
    const closing = status >= 400 && request.body !== null ? { connection: "close" } : {};
    // The runtime sends a `Blob` by itself and does not report its end. That is allowed while few requests are open.
    const isLeft = stream instanceof Blob && listener.pendingRequests <= crowdedFrom;
    const left = (one: Download) => downloads.leave(one);
    const download = stream && !isLeft ? new Download(stream, prefix, downloadReads, left) : undefined;
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

/** Of a stream nobody knows how long it is: it counts as long. */
function bytesOf({ body, stream }: HttpAnswer): number {
  if (stream instanceof Blob) return stream.size;
  return stream === undefined ? (body?.length ?? 0) : 1 << 20;
}

/**
 * The memory that a body may take, in bytes: its Content-Length, or `bytesMax` if that is less or there is none.
 */
function roomOf(coming: Body, request: Request, bytesMax: number): Coming {
  const declared = Number(request.headers.get("content-length") ?? bytesMax);
  const amount = request.body === null ? 0 : Math.min(bytesMax, declared);
  return { prefix: coming.prefix, amount, behindMs: (nowMs) => coming.behindMs(nowMs), drop: () => coming.drop() };
}

/** Releases each chunk's memory when the next chunk is asked for. */
async function* released(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  for await (const chunk of chunks) {
    yield chunk;
    release(chunk);
  }
}
