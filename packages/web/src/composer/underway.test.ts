/** What is tapped and not stored yet: it stays, once, and what is typed behind it stays too. */
import { expect, test } from "bun:test";
import { alsoWanted, arrived, besideUnderway, isUnderway, restOf, setOut, typed } from "./underway.ts";

function later<T>() {
  let give: (value: T) => void = () => undefined;
  let fail: () => void = () => undefined;
  const promise = new Promise<T>((resolve, reject) => {
    give = resolve;
    fail = () => reject(new Error("lost"));
  });
  return { promise, give, fail };
}

test("[SY43] what is under way is beside what is typed behind it, and goes from the draft only when it is stored", async () => {
  const call = later<boolean>();
  typed.set("chat", "eight?");
  const done = setOut("chat", "eight?", () => call.promise);
  expect([isUnderway("chat"), isUnderway("other")]).toEqual([true, false]);
  expect(besideUnderway("chat", "eight?")).toBe("");
  expect(besideUnderway("chat", "eight? or nine?")).toBe(" or nine?");
  typed.set("chat", "eight? or nine?");
  alsoWanted("chat");
  call.give(true);
  await done;
  expect(arrived.peek()).toEqual({ chat: "chat", raw: "eight?", wantsMore: true });
  expect([typed.get("chat"), isUnderway("chat")]).toEqual([" or nine?", false]);
});

test("[SY43] what was refused, or lost, stays as it was typed, and nothing goes behind it", async () => {
  for (const end of ["give", "fail"] as const) {
    const call = later<boolean>();
    typed.set("chat", "eight? and more");
    const done = setOut("chat", "eight?", () => call.promise);
    alsoWanted("chat");
    call[end](false);
    await done;
    expect(arrived.peek()).toEqual({ chat: "chat", raw: "", wantsMore: false });
    expect(typed.get("chat")).toBe("eight? and more");
  }
});

test("[SY43] what was changed meanwhile stays whole", () => {
  expect(restOf("nine?", "eight?")).toBe("nine?");
  expect(restOf("eight? ", "eight?")).toBe(" ");
});
