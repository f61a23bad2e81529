/** Pins: up to three messages that stand on top of a chat, for all (docs/spec/actions.md AC9). */
import { bool, type Infer, list, struct, uint } from "@yanshu/wire";
import { contentFeature, mark, signal } from "../feature.ts";
import { account, messageName } from "../fields/ids.ts";
import { beginning } from "../fields/text.ts";

export const pinLimits = { pinsMax: 3 } as const;

/** When the message was said, its kind and how it begins: for members who came later. */
const pinned = { by: account, on: bool, atMs: uint(), ...beginning };
const pin = struct({ ...messageName, ...pinned, stampMs: uint() });
export type Pin = Infer<typeof pin>;

export const pins = contentFeature({
  bodies: {
    /** `retold`: by the member who added others, for them. */
    pins: signal(struct({ items: list(pin, 2 * pinLimits.pinsMax), retold: bool })),
  },
  marks: { pin: mark(struct(pinned), { isNobodys: true }) },
});
