/** Places, said in a conversation (docs/spec/media.md ME14). */
import { type BodyOf, placeLimits } from "@yanshu/content";
import { toHex } from "@yanshu/wire";
import type { PlaceApi, PlaceItemBody } from "../api/place.ts";
import type { Engine } from "../core/engine.ts";
import { ClientError } from "../errors.ts";
import { idOf } from "../ids.ts";
import { sendWithFiles } from "./media/sending.ts";

const millionths = 1_000_000;

export function placeApi(engine: Engine): PlaceApi {
  return {
    async sendLocation(conversation, { lat, lon, name }) {
      if (name.length > placeLimits.nameMax) throw new ClientError("too-long");
      const body = { kind: "location", ...whereOf(lat, lon), name: name.trim().toWellFormed() } as const;
      if (body.name === "" && body.fromSouth === undefined) throw new ClientError("empty");
      return toHex(await sendWithFiles(engine, idOf(conversation), body, []));
    },
  };
}

function whereOf(lat: number | undefined, lon: number | undefined): { fromSouth?: number; fromWest?: number } {
  if (lat === undefined && lon === undefined) return {};
  if (lat === undefined || lon === undefined || !(Math.abs(lat) <= 90 && Math.abs(lon) <= 180))
    throw new ClientError("refused");
  return { fromSouth: Math.round((lat + 90) * millionths), fromWest: Math.round((lon + 180) * millionths) };
}

export function placeItem({ fromSouth, fromWest, name }: BodyOf<"location">): PlaceItemBody {
  if (fromSouth === undefined || fromWest === undefined) return { kind: "location", name };
  return { kind: "location", lat: fromSouth / millionths - 90, lon: fromWest / millionths - 180, name };
}
