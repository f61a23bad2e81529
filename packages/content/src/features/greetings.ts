/** Greetings: the first messages of a 1:1 that was begun from a link (docs/spec/identity.md ID10). */
import { struct, text } from "@yanshu/wire";
import { body, contentFeature, ephemeralSignal } from "../feature.ts";
import { avatar, name, passing } from "../fields/ids.ts";
import { via } from "../fields/people.ts";

export const greetingLimits = { textMax: 200 } as const;

export const greetings = contentFeature({
  bodies: {
    /** The first message: a contact request. */
    greeting: body({
      schema: struct({ text: text(greetingLimits.textMax), name }, { avatar, passing, via }),
      disposition: "message",
      text: ({ text }) => text,
      forward: "text",
    }),
    /** Second message: the request was accepted. */
    accept: ephemeralSignal(struct({ name }, { avatar, passing })),
  },
});
