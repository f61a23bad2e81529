/**
 * Files in the service worker: `/files/HANDLE` is served in ranges that a page of the app decrypts, so that a video
 * plays and seeks, and a large file is saved, without all of it in memory (packages/web/src/features/files/README.md
 * ME13). The service worker holds no key.
 *
 * Files from others are never served as active content: pictures, sound and video have their types, and anything else
 * is a download of bytes.
 */
import { headersFor, outsideAnswer, partAnswer, rangeOf } from "./sw-ranges.ts";

const stepBytes = 1 << 20;
const answerMsMax = 60_000;
const playable = /^(?:image\/(?:png|jpeg|webp|gif|avif)|audio\/(?:webm|mp4|ogg|mpeg)|video\/(?:mp4|webm|quicktime))$/;

export function isFilePath(path: string): boolean {
  return /^\/files\/[0-9a-f]{32}$/.test(path);
}

export async function answerFile(
  worker: ServiceWorkerGlobalScope,
  request: Request,
  clientId: string,
): Promise<Response> {
  const url = new URL(request.url);
  const handle = url.pathname.slice("/files/".length);
  const bytes = Number(url.searchParams.get("bytes"));
  const type = url.searchParams.get("type") ?? "";
  const name = url.searchParams.get("name");
  if (!Number.isSafeInteger(bytes) || bytes <= 0) return new Response("not found\n", { status: 404 });
  const page = await pageFor(worker, clientId);
  if (page === undefined) return new Response("unavailable\n", { status: 503 });
  const read = (offset: number, length: number) => askPage(page, handle, offset, length);
  const isPlayed = name === null && playable.test(type);
  const headers = headersFor(isPlayed ? type : "application/octet-stream");
  if (!isPlayed)
    headers.set("content-disposition", `attachment; filename*=UTF-8''${encodeURIComponent(name ?? "file")}`);

  const range = rangeOf(request);
  if (range === undefined) {
    headers.set("content-length", `${bytes}`);
    return new Response(streamed(bytes, read), { headers });
  }
  const { from, to } = range;
  const last = Math.min(bytes - 1, to, from + stepBytes - 1);
  if (from > last) return outsideAnswer(bytes);
  const part = await read(from, last - from + 1);
  if (part === undefined || part.length === 0) return new Response("unavailable\n", { status: 503 });
  return partAnswer(part, { from, length: part.length, bytes }, headers);
}

type Read = (offset: number, length: number) => Promise<Uint8Array<ArrayBuffer> | undefined>;

function streamed(bytes: number, read: Read): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const part = await read(at, stepBytes);
      if (part === undefined || part.length === 0) {
        controller.error(new Error("the file cannot be had now"));
        return;
      }
      at += part.length;
      controller.enqueue(part);
      if (at >= bytes) controller.close();
    },
  });
}

/** The page that made the request, else any page of the app: a download has no client. */
async function pageFor(worker: ServiceWorkerGlobalScope, clientId: string): Promise<Client | undefined> {
  const asking = clientId === "" ? undefined : await worker.clients.get(clientId);
  return asking ?? (await worker.clients.matchAll({ type: "window" }))[0];
}

function askPage(page: Client, handle: string, offset: number, length: number): ReturnType<Read> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    const timer = setTimeout(() => resolve(undefined), answerMsMax);
    port1.onmessage = ({ data }: MessageEvent<Uint8Array<ArrayBuffer> | undefined>) => {
      clearTimeout(timer);
      port1.close();
      resolve(data);
    };
    page.postMessage({ kind: "file-range", handle, offset, length }, [port2]);
  });
}
