/**
 * Calls in the terminal: their record, and `call`, which rings the other and has no voice (docs/spec/terminal.md TE16,
 * TE17).
 */
import type { CallNow } from "@yanshu/client";
import { chatMeant, Failed } from "../chat.ts";
import { type Context, mustReachHome } from "../context.ts";
import { cliFeature } from "../feature.ts";
import { wordsOf } from "../words.ts";

const words = wordsOf(
  {
    "kind.call": "call",
    "call.voice": "voice call",
    "call.video": "video call",
    "call.now": "going on",
    "call.ended": "{minutes}:{seconds}",
    "call.declined": "declined",
    "call.cancelled": "cancelled",
    "call.missed": "no answer",
    "call.busy": "in another call",
    "call.lost": "lost",
    "call.failed": "not connected",
    "call.unproven": "not connected: the other device could not prove who it is",
    "call.is.calling": "Calling {title}…",
    "call.is.waking": "Waking their phone…",
    "call.is.ringing": "Ringing",
    "call.is.busy": "In another call",
    "call.said.answered": "{title} answered. There is no voice here: hung up",
    "call.said.declined": "{title} declined",
    "call.said.cancelled": "Hung up before {title} answered",
    "call.said.missed": "{title} did not answer",
    "call.said.busy": "{title} is in another call",
    "call.said.elsewhere": "{title} called as well: the call is on another device",
    "call.said.lost": "The call was lost",
    "call.untold": "Home was not told in time: the other rings on for a moment",
  },
  {
    "kind.call": "通话",
    "call.voice": "语音通话",
    "call.video": "视频通话",
    "call.now": "进行中",
    "call.ended": "{minutes}:{seconds}",
    "call.declined": "已拒绝",
    "call.cancelled": "已取消",
    "call.missed": "无人接听",
    "call.busy": "对方正在通话中",
    "call.lost": "已断开",
    "call.failed": "没有接通",
    "call.unproven": "没有接通：对方的设备证明不了自己",
    "call.is.calling": "正在呼叫{title}…",
    "call.is.waking": "正在叫醒对方的手机…",
    "call.is.ringing": "那边在响",
    "call.is.busy": "对方正在通话中",
    "call.said.answered": "{title}接了。这里没有声音，已经挂断",
    "call.said.declined": "{title}没接",
    "call.said.cancelled": "{title}还没接，已经挂断",
    "call.said.missed": "{title}没有接",
    "call.said.busy": "{title}正在通话中",
    "call.said.elsewhere": "{title}也打了过来，在别的设备上接了",
    "call.said.lost": "断了",
    "call.untold": "没来得及告诉家：那边还会响一会儿",
  },
);

type Key = keyof (typeof words)["en"];
type As = "answered" | "declined" | "cancelled" | "missed" | "busy" | "elsewhere" | "lost";

/** No device names it: what is answered here has no page that could carry voice. */
const host = "terminal";
/** Longer than any call rings. */
const ringMsMax = 100_000;
/** To tell it, once it is over: also after Ctrl-C, which ends every other waiting. */
const tellMsMax = 5_000;

async function call(context: Context<Key>): Promise<void> {
  const { args, answer, api, device, hint, text, view } = context;
  const { conversation, title } = await chatMeant(context, args.positionals[0] as string);
  await mustReachHome(context);
  await device.until(() => view("calls").areThere, args.waitMs);
  const named = await api.startCall(conversation, args.video ? "video" : "voice", host);
  let last: string | undefined;
  const isOver = () => {
    const { now } = view("calls");
    const state = now?.call === named ? stateOf(now) : undefined;
    if (state !== undefined && state !== "answered" && state !== last) hint(text(`call.is.${state}`, { title }));
    last = state ?? last;
    return state === undefined || state === "answered";
  };
  await device.until(isOver, ringMsMax);
  const wasAnswered = view("calls").now?.call === named && last === "answered";
  if (view("calls").now !== undefined) await api.hangUp();
  const as: As = wasAnswered ? "answered" : endOf(view("calls").over?.as);
  if (!(await device.settled(tellMsMax))) hint(text("call.untold"));
  answer(text(`call.said.${as}`, { title }), { conversation, as });
  if (as === "lost") throw new Failed();
}

/** What is told of it while it goes on. */
function stateOf({ at, isBusy, isReached, isWaking }: CallNow): "calling" | "waking" | "ringing" | "busy" | "answered" {
  if (at !== "calling") return "answered";
  if (isBusy) return "busy";
  return isReached ? "ringing" : isWaking ? "waking" : "calling";
}

function endOf(as: string | undefined): As {
  switch (as) {
    case "declined":
    case "cancelled":
    case "missed":
    case "busy":
    case "elsewhere":
      return as;
    default:
      return "lost";
  }
}

export const calls = cliFeature(words, {
  lines: {
    call: (text, { media, as, seconds }) => {
      const two = (value: number) => String(value).padStart(2, "0");
      const how = text(`call.${as}`, { minutes: two(Math.floor(seconds / 60)), seconds: two(seconds % 60) });
      return `[${text(`call.${media}`)}] ${how}`;
    },
  },
  commands: {
    call: {
      positionals: ["CHAT"],
      options: ["video"],
      help: {
        en: "rings whom the chat is with, says how it goes, and hangs up once somebody answers; Ctrl-C hangs up",
        zh: "给聊天里的人打电话，说那边怎么样，有人接就挂断；Ctrl-C 挂断",
      },
      run: call,
    },
  },
});
