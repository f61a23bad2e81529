/** Announcements of a group. */
import { testFeature } from "../feature.ts";

export const announcements = testFeature({
  async evidence({ canaries, group, ann }) {
    const words = `周日十点 ${canaries.text("announcement")}`;
    await ann.api.announce(group, words);
    return (device) => device.view("conversation", group)?.announcement === words;
  },
});
