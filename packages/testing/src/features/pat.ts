/** Pat 拍一拍. */
import { testFeature } from "../feature.ts";

export const pat = testFeature({
  async evidence({ group, ann, ben }) {
    await ben.api.setPat("的小脑袋"); // Too short for a canary: it is sealed with the name.
    await ann.api.pat(group, ben.account);
    return undefined;
  },
});
