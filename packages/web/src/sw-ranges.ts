/** What the service worker serves in ranges: files of messages (sw-files.ts) and public films (sw-films.ts). */

/** The type is one that is only shown or played, or bytes for a download: a page that opens it runs nothing. */
export function headersFor(type: string): Headers {
  return new Headers({
    "content-type": type,
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox",
    "accept-ranges": "bytes",
    "cache-control": "no-store",
  });
}

/** The range that is asked for, `to` with it; undefined: all. Of several ranges none is read. */
export function rangeOf(request: Request): { readonly from: number; readonly to: number } | undefined {
  const found = /^bytes=(\d+)-(\d*)$/.exec(request.headers.get("range") ?? "");
  if (found === null) return undefined;
  return { from: Number(found[1]), to: found[2] === "" ? Number.POSITIVE_INFINITY : Number(found[2]) };
}

/** @param length of the part. @param bytes of the whole */
export function partAnswer(
  part: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array<ArrayBuffer>>,
  { from, length, bytes }: { readonly from: number; readonly length: number; readonly bytes: number },
  headers: Headers,
): Response {
  headers.set("content-range", `bytes ${from}-${from + length - 1}/${bytes}`);
  headers.set("content-length", `${length}`);
  return new Response(part, { status: 206, headers });
}

/** The range has nothing of the `bytes`. */
export function outsideAnswer(bytes: number): Response {
  return new Response(null, { status: 416, headers: { "content-range": `bytes */${bytes}` } });
}
