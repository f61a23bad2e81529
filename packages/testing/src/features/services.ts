/** Service accounts: buttons, a press and a form, in a chat of two. */
import { testFeature } from "../feature.ts";

export const services = testFeature({
  async evidence({ canaries, ann, granny, until }) {
    const chat = granny.view("chats").find(({ kind }) => kind === "direct")?.conversation ?? "";
    await ann.api.setServiceMenu(chat, {
      buttons: [
        { words: canaries.text("button").slice(0, 16), key: canaries.text("key of a button") },
        {
          words: "更多",
          below: [{ words: "网页", url: `https://example.org/${canaries.text("address of a button")}` }],
        },
      ],
    });
    await until("the buttons are there", () => granny.view("serviceMenu", chat).buttons.length === 2);
    await granny.api.pressService(chat, { words: "查账单", key: canaries.text("key that was pressed") });
    await ann.api.sendServiceForm(chat, {
      title: `账单 ${canaries.text("title of a form")}`,
      rows: [{ name: "应付", words: canaries.text("row of a form") }],
      url: `https://example.org/${canaries.text("address of a form")}`,
    });
    return undefined;
  },

  async corpus({ ann, ben, chat }) {
    await ann.api.setServiceMenu(chat, {
      buttons: [
        { words: "天气", key: "W" },
        { words: "更多", below: [{ words: "网页", url: "https://example.org/" }] },
      ],
    });
    await ben.api.pressService(chat, { words: "天气", key: "W" });
    return ann.api.sendServiceForm(chat, { title: "账单", rows: [{ name: "应付", words: "三元" }] });
  },
});
