/** Forwarding: several messages carried into another chat as one record (docs/spec/actions.md AC12). */
import { blob, type Infer, list, struct, text, uint } from "@yanshu/wire";
import { body, contentFeature } from "../feature.ts";
import { fieldLimits, name } from "../fields/ids.ts";

export const forwardLimits = {
  itemsMax: 100,
  bytesMax: 400 * 1024,
  /** How deep a record may lie in records, itself included. */
  depthMax: 3,
} as const;

const recordItem = struct(
  {
    /** As the sender who forwards it knows them: a claim, not a signature. */
    name,
    atMs: uint(),
    /** An encoded body; a record may lie in it. */
    body: blob(forwardLimits.bytesMax),
  },
  /** Of what is only named, not carried: its kind. The body is empty then. */
  { of: text(fieldLimits.kindMax) },
);
export type RecordItem = Infer<typeof recordItem>;

export const forwarding = contentFeature({
  bodies: {
    record: body({
      schema: struct({
        /** Between whom, as the sender knows them; empty: in a group. */
        names: list(name, 2),
        items: list(recordItem, forwardLimits.itemsMax),
      }),
      disposition: "message",
      forward: "whole",
      isSharedWithNewcomers: true,
    }),
  },
});
