/** Pat 拍一拍 (docs/spec/actions.md AC8): a line in the chat that makes nothing unread. */
import { struct } from "@yanshu/wire";
import { body, contentFeature } from "../feature.ts";
import { account, pat as suffix } from "../fields/ids.ts";

export const pat = contentFeature({
  bodies: {
    /** `suffix` is the patted person's own. */
    pat: body({ schema: struct({ who: account, suffix }), disposition: "notice", isLine: true }),
  },
});
