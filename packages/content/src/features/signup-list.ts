/** Sign-up lists 接龙 (docs/spec/actions.md AC11): each line is a message of its author, so that none is lost. */
import { list, struct, text, uint } from "@yanshu/wire";
import { body, contentFeature, mark, signal } from "../feature.ts";
import { content, messageName } from "../fields/ids.ts";

export const signupLimits = {
  titleMax: 200,
  noteMax: 500,
  lineMax: 200,
  /** Lines that a list begins with, when it was made from a text. */
  seedsMax: 100,
} as const;

export const signupList = contentFeature({
  bodies: {
    /** It lives where it was begun: what is carried elsewhere is what it says. */
    chain: body({
      schema: struct({
        title: text(signupLimits.titleMax),
        note: text(signupLimits.noteMax),
        seeds: list(text(signupLimits.lineMax), signupLimits.seedsMax),
      }),
      disposition: "message",
      text: ({ title, note, seeds }) => [title, note, ...seeds].filter((line) => line !== "").join("\n"),
      summary: ({ title }) => title,
      forward: "text",
      isSharedWithNewcomers: true,
    }),
    /** `key` names the line among its author's; without text it is taken out. */
    line: signal(struct({ ...messageName, key: content, text: text(signupLimits.lineMax) })),
  },
  /** By its key in hex. `sinceMs` is when the line was first written: that orders the list. */
  marks: {
    line: mark(struct({ text: text(signupLimits.lineMax), sinceMs: uint() }), {
      isKey: (key) => /^[0-9a-f]{32}$/.test(key),
    }),
  },
});
