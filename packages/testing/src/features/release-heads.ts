/** Heads of the log of releases. */
import { testFeature } from "../feature.ts";

export const releaseHeads = testFeature({
  async evidence({ canaries, ann, granny, until }) {
    const head = canaries.text("head of a log of releases");
    await ann.api.tellReleaseHead(head);
    await until("it was told", () => granny.view("releaseHeads").includes(head));
    return undefined;
  },
});
