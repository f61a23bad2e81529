/** Forwarding as a record. */
import { testFeature } from "../feature.ts";

export const forwarding = testFeature({
  async evidence({ canaries, group, ben, message }) {
    const chat = ben.view("chats").find(({ kind }) => kind === "direct")?.conversation ?? "";
    await ben.api.forward({
      from: group,
      messages: [message],
      to: [chat],
      mode: "merged",
      note: `看看 ${canaries.text("word with what is forwarded")}`,
    });
    return undefined;
  },
});
