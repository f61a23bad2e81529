/**
 * A public picture that is on screen by itself: its pieces come from home, or from a home that keeps the account, and
 * each is checked by the client. No list asks for any, since it would tell home what one follows.
 */
import type { ArticlePicture } from "@yanshu/client";
import { useEffect, useState } from "preact/hooks";
import { api } from "../../shell/session.ts";

const chunkBytes = 32 << 10;
const chunksAtOnce = 8;
const urls = new Map<string, Promise<string>>();

async function read({ hash, bytes, mime }: ArticlePicture): Promise<string> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (let at = 0; at * chunkBytes < bytes; at += chunksAtOnce) {
    const part = await api.channelFilmChunks(hash, bytes, at, chunksAtOnce);
    if (part === undefined) throw new Error("nobody gives it");
    parts.push(new Uint8Array(part));
  }
  return URL.createObjectURL(new Blob(parts, { type: mime }));
}

/** Undefined until it is here; `missing`: it is not to be had now. */
export function usePublicPicture(of: ArticlePicture): string | "missing" | undefined {
  const [url, setUrl] = useState<string | undefined>(undefined);
  useEffect(() => {
    let isGone = false;
    const held = urls.get(of.hash) ?? read(of);
    urls.set(of.hash, held);
    held.then(
      (found) => isGone || setUrl(found),
      () => {
        urls.delete(of.hash);
        if (!isGone) setUrl("missing");
      },
    );
    return () => {
      isGone = true;
    };
  }, [of.hash]);
  return url;
}
