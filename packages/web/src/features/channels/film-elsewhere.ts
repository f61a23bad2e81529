/** Films from a home that keeps the channels of this one, which gives no answer (docs/spec/channels.md CH75). */
import { api } from "../../shell/session.ts";
import { readElsewhereBy } from "./film-url.ts";

readElsewhereBy(async ({ hash, bytes, at, count }) => {
  const piece =
    count === 0 ? await api.channelFilmList(hash, bytes) : await api.channelFilmChunks(hash, bytes, at, count);
  if (piece === undefined) throw new Error("nobody has it");
  return new Uint8Array(piece);
});
