/** Pinned messages. */
import { testFeature } from "../feature.ts";

export const pins = testFeature({
  async evidence({ group, ben, message }) {
    await ben.api.pin(group, message, true);
    return (device) => device.view("pins", group).length === 1;
  },
});
