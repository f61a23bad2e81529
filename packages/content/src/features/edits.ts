/** Edits: replaces the text of an earlier message by the same account (docs/spec/actions.md AC4). */
import { struct, text } from "@yanshu/wire";
import { contentFeature, signal } from "../feature.ts";
import { content, fieldLimits } from "../fields/ids.ts";
import { mentions } from "../fields/text.ts";

export const edits = contentFeature({
  bodies: { edit: signal(struct({ id: content, text: text(fieldLimits.textMax) }, { mentions })) },
});
