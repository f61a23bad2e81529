/** The own user name: shown, chosen, given up, and whether it leads here. */
import { hintUnlessSent, mustLiveHere, mustReachHome } from "../context.ts";
import { Fault } from "../fault.ts";
import { cliFeature } from "../feature.ts";
import { wordsOf } from "../words.ts";

const words = wordsOf(
  {
    "error.bad-handle": "An ID has 4 to 32 small letters, digits, dots, hyphens or underscores, a letter first",
    "error.handle-taken": "Somebody has this ID. Try another",
    "error.no-such-handle": "Nobody has this ID, or they do not want to be found",
    "handle.none": "You have no Yanshu ID",
    "handle.is": "Yanshu ID: {handle}",
    "handle.off": "Yanshu ID: {handle} (it leads nobody to you)",
  },
  {
    "error.bad-handle": "雁书号要 4 到 32 个小写字母、数字、点、横线或下划线，字母开头",
    "error.handle-taken": "这个号有人用了，换一个",
    "error.no-such-handle": "没有这个号，或者对方不想被找到",
    "handle.none": "没有雁书号",
    "handle.is": "雁书号：{handle}",
    "handle.off": "雁书号：{handle}（现在谁也不能用它找你）",
  },
);

export const usernames = cliFeature(words, {
  commands: {
    handle: {
      positionals: ["[set|clear|on|off]", "[NAME]"],
      help: {
        en: "show your Yanshu ID; set chooses one, clear gives it up, off and on say whether it leads to you",
        zh: "看自己的雁书号；set 取一个，clear 不要了，off 和 on 管别人能不能用它找到你",
      },
      async run(context) {
        const { args, answer, api, text, usage, view } = context;
        mustLiveHere(context);
        const [what, name = ""] = args.positionals;
        if (what === "set" && name === "") throw new Fault("fault.missing", { argument: "NAME", usage });
        if (what !== undefined && !["set", "clear", "on", "off"].includes(what))
          throw new Fault("fault.extra", { argument: what, usage });
        if (what !== undefined) {
          await mustReachHome(context);
          if (what === "set" || what === "clear") await api.setHandle(what === "set" ? name : "");
          else await api.setFound(what === "on");
          await hintUnlessSent(context);
        }
        const own = view("status").me?.handle ?? { handle: "", isFound: false };
        const shown = { handle: `@${own.handle}` };
        answer(own.handle === "" ? text("handle.none") : text(own.isFound ? "handle.is" : "handle.off", shown), own);
      },
    },
  },
});
