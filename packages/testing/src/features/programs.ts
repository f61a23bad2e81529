/** Mini programs: what they share in a chat. Any file stands for a card, for no program runs here. */
import type { Hex } from "@yanshu/client";
import { testFeature } from "../feature.ts";

export const programs = testFeature({
  async evidence({ canaries, group, ann, ben, granny, until }) {
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
    const ofTwo = granny.view("chats").filter(({ kind }) => kind === "direct");
    const chat = ofTwo.find(({ conversation }) => ann.isOpen(conversation))?.conversation ?? "";
    const given = { author: ann.account, id: await ann.api.sendFile(chat, { source, name: "茶铺.ymp", type: "" }) };
    await until("the shop's card is there", () =>
      granny.view("timeline", chat, 1_000).items.some((it) => it.id === given.id),
    );
    await ann.api.answerPrograms();
    const answered = granny.api.writeForProgram(chat, given, JSON.stringify(canaries.text("question of a program")));
    await until("it is asked", () => ann.view("programAsks").length === 1);
    const [asked] = ann.view("programAsks");
    if (asked === undefined) throw new Error("asked");
    await ann.api.answerToProgram(chat, asked.ask, canaries.text("answer to a program"));
    await answered;
    return (device) => device.view("programState", group, card).last === 2;
  },

  async corpus({ ann, ben, chat, group }) {
    const id = await ann.api.sendFile(group, { source: new Blob(["PK"]), name: "数梨.ymp", type: "" });
    const card = { author: ann.account, id };
    await ann.api.shareFromProgram(group, card, { payload: '{"add":1}', summary: "1 个梨" });
    await ann.api.shareFromProgram(group, card, { payload: "[]", info: "加了一个梨" });
    // Answers, as they cross: nobody waits for this answer.
    const given = {
      author: ann.account,
      id: await ann.api.sendFile(chat, { source: new Blob(["PK"]), name: "茶铺.ymp", type: "" }),
    };
    await ann.api.answerToProgram(chat, given, '{"status":200,"headers":{},"body":"绿茶"}');
    return ben.account;
  },
});
