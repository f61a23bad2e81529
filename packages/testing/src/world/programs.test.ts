/** Mini programs on a device: kept by their packages, each with a storage of its own. */
import { expect, test } from "bun:test";
import { World } from "./world.ts";

const package_ = (seed: number, bytes = 64) => new Uint8Array(bytes).fill(seed);

test("[PR12] twelve packages and those with a star are kept, and what a program stored outlives its package", async () => {
  const world = new World({ seed: 4625 });
  const mum = await world.person("妈妈");
  const { api } = mum;
  const names = () => mum.view("programs").map(({ name }) => name);
  const first = await api.keepProgram({ name: "果园", bytes: package_(0) });
  await api.starProgram(first, true);
  const second = await api.keepProgram({ name: "计算器", bytes: package_(1) });
  await api.storeForProgram(second, "log", "[1]");
  for (let seed = 2; seed < 15; seed += 1) {
    await world.pass(1_000);
    await api.keepProgram({ name: `${seed}`, bytes: package_(seed) });
  }
  expect(names()).toEqual(["果园", ...Array.from({ length: 12 }, (_, at) => `${14 - at}`)]);
  await expect(api.openProgram(second)).rejects.toMatchObject({ code: "unknown-message" });
  expect(await api.keepProgram({ name: "计算器", bytes: package_(1) })).toBe(second);
  expect(await api.openProgram(second)).toEqual({ bytes: package_(1), stored: { log: "[1]" } });
  await api.removeProgram(second);
  await api.keepProgram({ name: "计算器", bytes: package_(1) });
  expect((await api.openProgram(second)).stored).toEqual({});
  await expect(api.openProgram("no id")).rejects.toMatchObject({ code: "unknown-message" });
  await expect(api.keepProgram({ name: "空", bytes: package_(1, 0) })).rejects.toMatchObject({ code: "empty" });
  await expect(api.keepProgram({ name: "大", bytes: package_(1, (20 << 20) + 1) })).rejects.toMatchObject({
    code: "too-large",
  });
});

test("[PR7] no program reads or fills what is another's, and none stores without end", async () => {
  const world = new World({ seed: 4626 });
  const { api } = await world.person("Maya");
  const [one, two] = [
    await api.keepProgram({ name: "一", bytes: package_(1) }),
    await api.keepProgram({ name: "二", bytes: package_(2) }),
  ];
  await api.storeForProgram(one, "best", "2048");
  await api.storeForProgram(one, "gone", "1");
  await api.storeForProgram(one, "gone");
  expect((await api.openProgram(one)).stored).toEqual({ best: "2048" });
  expect((await api.openProgram(two)).stored).toEqual({});
  await expect(api.storeForProgram(one, "k".repeat(257), "1")).rejects.toMatchObject({ code: "too-long" });
  await expect(api.storeForProgram(one, "k", "x".repeat((1 << 20) + 1))).rejects.toMatchObject({ code: "too-large" });
  for (let at = 0; at < 9; at += 1) await api.storeForProgram(one, `k${at}`, "x".repeat(1 << 20));
  await expect(api.storeForProgram(one, "k9", "x".repeat(1 << 20))).rejects.toMatchObject({ code: "too-large" });
  await api.storeForProgram(one, "k0", "x".repeat(1 << 20));
  // A text that begins with NUL is as long as any other.
  await api.clearProgram(one);
  for (let at = 0; at < 9; at += 1) await api.storeForProgram(one, `k${at}`, `\0${"x".repeat((1 << 20) - 1)}`);
  await expect(api.storeForProgram(one, "k9", "x".repeat(1 << 20))).rejects.toMatchObject({ code: "too-large" });
  await api.clearProgram(one);
  expect((await api.openProgram(one)).stored).toEqual({});
});
