/** Places, said in a conversation (docs/spec/media.md ME14). */
import { type BodyOf, placeLimits } from "@yanshu/content";
import { toHex } from "@yanshu/wire";
import type { PlaceApi, PlaceItemBody } from "../api/place.ts";
import { ClientError } from "../api.ts";
import type { Engine } from "../core/engine.ts";
import { idOf } from "./ids.ts";
import { sendWithFiles } from "./media/sending.ts";

const millionths = 1_000_000;

export function placeApi(engine: Engine): PlaceApi {
  return {
    async sendLocation(conversation, { lat, lon, name }) {
      if (!(Math.abs(lat) <= 90 && Math.abs(lon) <= 180)) throw new ClientError("refused");
      if (name.length > placeLimits.nameMax) throw new ClientError("too-long");
      const body = {
        kind: "location",
        fromSouth: Math.round((lat + 90) * millionths),
        fromWest: Math.round((lon + 180) * millionths),
        name: name.trim().toWellFormed(),
      } as const;
      return toHex(await sendWithFiles(engine, idOf(conversation), body, []));
    },
  };
}

export function placeItem({ fromSouth, fromWest, name }: BodyOf<"location">): PlaceItemBody {
  return { kind: "location", lat: fromSouth / millionths - 90, lon: fromWest / millionths - 180, name };
}
