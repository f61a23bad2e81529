/** Calls in the terminal: their record. */
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
  },
);

export const calls = cliFeature(words, {
  lines: {
    call: (text, { media, as, seconds }) => {
      const two = (value: number) => String(value).padStart(2, "0");
      const how = text(`call.${as}`, { minutes: two(Math.floor(seconds / 60)), seconds: two(seconds % 60) });
      return `[${text(`call.${media}`)}] ${how}`;
    },
  },
});
