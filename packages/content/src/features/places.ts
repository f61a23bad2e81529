/**
 * Places: where a person is or wants to meet (docs/spec/media.md ME14). Words, and coordinates where they are known: no
 * map is asked for, so nobody learns who looks at which place.
 */
import { line, struct, uint } from "@yanshu/wire";
import { body, contentFeature } from "../feature.ts";

export const placeLimits = { nameMax: 200 } as const;

export const places = contentFeature({
  bodies: {
    /**
     * WGS 84, in millionths of a degree from the south pole and from the date line, so that both are whole and
     * positive.
     */
    location: body({
      schema: struct(
        { name: line(placeLimits.nameMax) },
        /** Both, or neither: a place that is only named. */
        { fromSouth: uint(180_000_000), fromWest: uint(360_000_000) },
      ),
      disposition: "message",
      text: ({ name }) => name,
      forward: "whole",
      isSharedWithNewcomers: true,
    }),
  },
});
