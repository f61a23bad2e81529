/** What is tapped and not stored yet: it stays, once, and what is typed behind it stays too. */
import { expect, test } from "bun:test";
import { arrived, besideUnderway, restOf, setOut, typed } from "./underway.ts";

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
  expect(besideUnderway("chat", "eight?")).toBe("");
  expect(besideUnderway("other", "eight?")).toBe("eight?");
  expect(besideUnderway("chat", "eight? or nine?")).toBe(" or nine?");
  typed.set("chat", "eight? or nine?");
  call.give(true);
  await done;
  expect(arrived.peek()).toEqual({ chat: "chat", raw: "eight?" });
  expect([typed.get("chat"), besideUnderway("chat", " or nine?")]).toEqual([" or nine?", " or nine?"]);
});

test("[SY43] what is tapped behind it goes next, as it stood when it was tapped, and the field is told of each", async () => {
  const calls = [later<boolean>(), later<boolean>(), later<boolean>()] as const;
  const raws = ["eight?", " or nine?", " ten!"] as const;
  const begun: string[] = [];
  const told: string[] = [];
  const stop = arrived.subscribe((one) => one?.chat === "three" && told.push(one.raw));
  const ends = raws.map((raw, n) =>
    setOut("three", raw, () => {
      begun.push(raw);
      return (calls[n] ?? calls[0]).promise;
    }),
  );
  typed.set("three", "eight? or nine? ten! and");
  expect(begun).toEqual(["eight?"]);
  expect(besideUnderway("three", "eight? or nine? ten! and")).toBe(" and");
  for (const call of calls) call.give(true);
  await Promise.all(ends);
  stop();
  expect(begun).toEqual([...raws]);
  expect(told).toEqual([...raws]);
  expect(typed.get("three")).toBe(" and");
});

test("[SY43] what was refused, or lost, stays as it was typed, and nothing goes behind it", async () => {
  for (const end of ["give", "fail"] as const) {
    const call = later<boolean>();
    typed.set("chat", "eight? and more");
    const done = setOut("chat", "eight?", () => call.promise);
    let isSecondBegun = false;
    await setOut("chat", " and", async () => {
      isSecondBegun = true;
      return true;
    });
    call[end](false);
    await done;
    expect(arrived.peek()).toEqual({ chat: "chat", raw: "" });
    expect([typed.get("chat"), isSecondBegun]).toEqual(["eight? and more", false]);
    expect(besideUnderway("chat", "eight? and more")).toBe("eight? and more");
  }
});

test("[SY43] what was changed meanwhile stays whole", () => {
  expect(restOf("nine?", "eight?")).toBe("nine?");
  expect(restOf("eight? ", "eight?")).toBe(" ");
});
