/**
 * Texts, with what they quote, whom they name and what a link in them leads to (docs/spec/actions.md AC1, AC14, AC15).
 */
import { struct, text as words } from "@yanshu/wire";
import { body, contentFeature } from "../feature.ts";
import { fieldLimits } from "../fields/ids.ts";
import { linkCard, mentions, quote } from "../fields/text.ts";

export const text = contentFeature({
  bodies: {
    text: body({
      schema: struct({ text: words(fieldLimits.textMax) }, { quote, mentions, link: linkCard }),
      disposition: "message",
      text: ({ text, link }) => (link === undefined ? text : `${text}\n${link.title}`),
      summary: ({ text }) => text,
      forward: ({ text, link }) => ({ text, ...(link === undefined ? {} : { link }) }),
      isSharedWithNewcomers: true,
    }),
  },
});
