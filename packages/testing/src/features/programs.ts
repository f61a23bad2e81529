/** Mini programs: what they share in a chat. Any file stands for a card, for no program runs here. */
import type { Hex } from "@yanshu/client";
import { testFeature } from "../feature.ts";

export const programs = testFeature({
  async evidence({ canaries, group, ann, ben, until }) {
    const source = new Blob(["PK"]);
    const id = await ann.api.sendFile(group, { source, name: "数梨.ymp", type: "" });
    const isHere = (one: typeof ben, item: Hex) =>
      one.view("timeline", group, 1_000).items.some((it) => it.id === item);
    await until("the card is there", () => isHere(ben, id));
    const card = { author: ann.account, id };
    await ben.api.shareFromProgram(group, card, {
      payload: JSON.stringify({ said: canaries.text("state of a program") }),
      info: `加了 ${canaries.text("line of a program")}`,
      summary: canaries.text("summary of a program"),
    });
    await ann.api.shareFromProgram(group, card, { payload: JSON.stringify(canaries.text("second state")) });
    return (device) => device.view("programState", group, card).last === 2;
  },

  async corpus({ ann, ben, group }) {
    const id = await ann.api.sendFile(group, { source: new Blob(["PK"]), name: "数梨.ymp", type: "" });
    const card = { author: ann.account, id };
    await ann.api.shareFromProgram(group, card, { payload: '{"add":1}', summary: "1 个梨" });
    await ann.api.shareFromProgram(group, card, { payload: "[]", info: "加了一个梨" });
    return ben.account;
  },
});
