/** Places, said in a conversation (docs/spec/media.md ME14): a point, a name, or both. */
import { placeLimits } from "@yanshu/content";
import { ClientError, clientFeature, type Hex, idOf } from "../feature.ts";

const millionths = 1_000_000;

type PlaceItemBody = {
  readonly kind: "location";
  /** Degrees; both or neither. */
  readonly lat?: number;
  readonly lon?: number;
  readonly name: string;
};

type PlacesApi = {
  /** Degrees: both, or neither and a name. Rejects with `empty`, `too-long`, `refused`. */
  readonly sendLocation: (
    conversation: Hex,
    place: { readonly lat?: number; readonly lon?: number; readonly name: string },
  ) => Promise<Hex>;
};

function whereOf(lat: number | undefined, lon: number | undefined): { fromSouth?: number; fromWest?: number } {
  if (lat === undefined && lon === undefined) return {};
  if (lat === undefined || lon === undefined || !(Math.abs(lat) <= 90 && Math.abs(lon) <= 180))
    throw new ClientError("refused");
  return { fromSouth: Math.round((lat + 90) * millionths), fromWest: Math.round((lon + 180) * millionths) };
}

export const places = clientFeature({
  kinds: ["location"],

  show: {
    location: (_, { fromSouth, fromWest, name }): PlaceItemBody => {
      if (fromSouth === undefined || fromWest === undefined) return { kind: "location", name };
      return { kind: "location", lat: fromSouth / millionths - 90, lon: fromWest / millionths - 180, name };
    },
  },

  api: ({ files }): PlacesApi => ({
    async sendLocation(conversation, { lat, lon, name }) {
      if (name.length > placeLimits.nameMax) throw new ClientError("too-long");
      const body = { kind: "location", ...whereOf(lat, lon), name: name.trim().toWellFormed() } as const;
      if (body.name === "" && body.fromSouth === undefined) throw new ClientError("empty");
      return files.send(idOf(conversation), body, []);
    },
  }),
});
