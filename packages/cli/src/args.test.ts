import { expect, test } from "bun:test";
import fc from "fast-check";
import { commands, mannerOf, readArgs, usageOf } from "./args.ts";
import { Fault } from "./fault.ts";
import { textIn } from "./text/text.ts";

function said(...words: readonly string[]): string {
  try {
    readArgs(words);
  } catch (error) {
    if (error instanceof Fault) return textIn("en")(error.key, error.fill);
    throw error;
  }
  return "taken";
}

test("[TE2] a wrong argument is named, and how it should have been", () => {
  const cases: readonly (readonly [readonly string[], string])[] = [
    [["chat"], "There is no command “chat”. See: yanshu help"],
    [["chats", "now"], "“now” is one argument too many: yanshu chats"],
    [["send"], "CHAT is missing: yanshu send CHAT [TEXT…] [--file PATH]"],
    [["group", "Family"], "CONTACT is missing: yanshu group NAME CONTACT…"],
    [["accept"], "N|NAME is missing: yanshu accept N|NAME"],
    [["create", "link"], "--name is missing: yanshu create LINK --name NAME"],
    [["create", "--name", "Ann"], "LINK is missing: yanshu create LINK --name NAME"],
    [["create", "link", "--name"], "--name needs a value: --name NAME"],
    [["create", "link", "--name", "--json"], "--name needs a value: --name NAME"],
    [["read", "Ann", "--last", "0"], "--last is “0”, but must be a whole number from 1 to 100000"],
    [["read", "Ann", "--last=-1"], "--last is “-1”, but must be a whole number from 1 to 100000"],
    [["chats", "--wait", "soon"], "--wait is “soon”, but must be a whole number from 0 to 86400"],
    [["chats", "--lang", "fr"], "--lang is “fr”, but must be zh or en"],
    [["chats", "--last", "5"], "Unknown option --last. A text that begins with a dash comes after --"],
    [["chats", "--colour"], "Unknown option --colour. A text that begins with a dash comes after --"],
    [["send", "Ann", "-1", "degree"], "Unknown option -1. A text that begins with a dash comes after --"],
    [["chats", "--json=yes"], "--json takes no value"],
  ];
  for (const [words, complaint] of cases) expect(said(...words)).toBe(complaint);
});

test("[TE2] options stand anywhere, and what comes after -- is text", () => {
  expect(readArgs(["--wait", "3", "send", "Ann", "--insecure", "--", "-1", "--json", "degree"])).toMatchObject({
    command: "send",
    positionals: ["Ann", "-1", "--json", "degree"],
    waitMs: 3_000,
    insecure: true,
  });
  expect(mannerOf(["send", "Ann", "--", "--json", "--lang", "zh"], {})).toEqual({
    lang: "en",
    json: false,
    data: undefined,
  });
  expect(readArgs([]).command).toBe("help");
  expect(readArgs(["send", "--help"])).toMatchObject({ command: "help", positionals: ["send"] });
});

test("[TE2] whatever is typed is taken or refused in words, in either language", () => {
  const word = fc.oneof(
    fc.constantFrom(...Object.keys(commands), "--name", "--data", "--json", "--last", "--", "-x", "--wait=1", "="),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 6 }), (words) => {
      try {
        readArgs(words);
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        for (const lang of ["zh", "en"] as const) expect(textIn(lang)(error.key, error.fill)).not.toBe("");
      }
      mannerOf(words, {});
    }),
  );
});

test("[TE1] the language is the one asked for, else that of the system", () => {
  const langIn = (env: Record<string, string>, ...words: readonly string[]) => mannerOf(words, env).lang;
  expect(langIn({ LANG: "zh_CN.UTF-8" })).toBe("zh");
  expect(langIn({ LANG: "zh_CN.UTF-8", LC_ALL: "C" })).toBe("en");
  expect(langIn({ LANG: "en_GB.UTF-8", LC_ALL: "", LC_MESSAGES: "zh_TW" })).toBe("zh");
  expect(langIn({})).toBe("en");
  expect(langIn({ LANG: "zh_CN" }, "chats", "--lang", "en")).toBe("en");
  expect(langIn({ LANG: "zh_CN" }, "chats", "--lang", "fr")).toBe("zh");
});

test("[TE2] every command has its usage in help", () => {
  for (const name of Object.keys(commands) as (keyof typeof commands)[]) expect(usageOf(name)).toStartWith(name);
});
