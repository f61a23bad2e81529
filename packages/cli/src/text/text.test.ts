import { expect, test } from "bun:test";
import type { ClientErrorCode } from "@yanshu/client";
import { en, type TextKey, textIn, zh } from "./text.ts";

const keys = Object.keys(en) as TextKey[];
const holesIn = (text: string) => new Set([...text.matchAll(/\{(\w+)\}/g)].map(([hole]) => hole));

test("[TE1] both languages say the same things, with the same values", () => {
  expect(new Set(Object.keys(zh))).toEqual(new Set(keys));
  for (const key of keys) expect([key, holesIn(zh[key])]).toEqual([key, holesIn(en[key])]);
});

test("[TE1] what is filled in is text, whatever it holds", () => {
  const text = textIn("en");
  expect(text("sent", { title: "$& {title} $1" })).toBe("Sent to $& {title} $1");
  expect(text("sent")).toBe("Sent to {title}");
});

test("[TE1] every refusal of the client has words", () => {
  // A code that is missing here fails to compile; one that has no words fails to run.
  const codes: Readonly<Record<ClientErrorCode, true>> = {
    "bad-link": true,
    "own-link": true,
    "bad-card": true,
    offline: true,
    "server-unreachable": true,
    "wrong-server": true,
    "strange-server": true,
    "peer-unreachable": true,
    "peer-refused": true,
    "peer-forgotten": true,
    "link-used-up": true,
    "invite-expired": true,
    "invite-used-up": true,
    "link-reset": true,
    "not-allowed": true,
    "bad-name": true,
    "bad-picture": true,
    "too-long": true,
    empty: true,
    "unknown-conversation": true,
    "unknown-message": true,
    "too-late": true,
    "too-often": true,
    "too-many-pins": true,
    "too-deep": true,
    "unknown-contact": true,
    "not-passed-on": true,
    "card-over": true,
    "bad-handle": true,
    "handle-taken": true,
    "no-such-handle": true,
    "words-differ": true,
    "link-expired": true,
    "link-declined": true,
    "group-link-expired": true,
    "last-admin": true,
    "account-frozen": true,
    "no-account": true,
    "has-account": true,
    storage: true,
    "too-large": true,
    "file-gone": true,
    "source-gone": true,
    refused: true,
  };
  for (const code of Object.keys(codes) as ClientErrorCode[]) {
    for (const lang of ["zh", "en"] as const) expect(textIn(lang)(`error.${code}`)).toMatch(/\S/);
  }
});
