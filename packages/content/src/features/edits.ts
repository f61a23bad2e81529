/** Edits: a text of the sender's account now reads otherwise (docs/spec/actions.md AC4). */
import { struct, text } from "@yanshu/wire";
import { contentFeature, signal } from "../feature.ts";
import { content, fieldLimits } from "../fields/ids.ts";
import { mentions } from "../fields/text.ts";

export const edits = contentFeature({
  bodies: { edit: signal(struct({ id: content, text: text(fieldLimits.textMax) }, { mentions })) },
});
