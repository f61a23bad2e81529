/** Forwarding: several messages are sent to another chat as one record (docs/spec/actions.md AC12). */
import { blob, type Infer, list, struct, text, uint } from "@yanshu/wire";
import { body, contentFeature } from "../feature.ts";
import { fieldLimits, name } from "../fields/ids.ts";

export const forwardLimits = {
  itemsMax: 100,
  bytesMax: 400 * 1024,
  /** How deep records may be nested, counting the outermost. */
  depthMax: 3,
} as const;

const recordItem = struct(
  {
    /** The author's name by the forwarding sender: a claim without proof. */
    name,
    atMs: uint(),
    /** An encoded body, which may be a record. */
    body: blob(forwardLimits.bytesMax),
  },
  /** The kind of a message that is only mentioned and not forwarded: then `body` is empty. */
  { of: text(fieldLimits.kindMax) },
);
export type RecordItem = Infer<typeof recordItem>;

export const forwarding = contentFeature({
  bodies: {
    record: body({
      schema: struct({
        /** Names of the people of a 1:1, by the sender; empty for a group. */
        names: list(name, 2),
        items: list(recordItem, forwardLimits.itemsMax),
      }),
      disposition: "message",
      forward: "whole",
      isSharedWithNewcomers: true,
    }),
  },
});
