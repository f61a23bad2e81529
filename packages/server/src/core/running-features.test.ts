import { expect, test } from "bun:test";
import type { RunningFeature } from "../feature.ts";
import { Faults } from "./faults.ts";
import { RunningFeatures } from "./running-features.ts";

test("[DS238] a feature that does not end, or fails at it, keeps none after it from ending", async () => {
  const faults = new Faults();
  const features = new RunningFeatures(faults, 20);
  const ended: string[] = [];
  const one = (name: string, stopped: () => Promise<void>): RunningFeature => ({
    calls: {},
    stop: () => {
      if (name === "fails") throw new Error("it fails");
      ended.push(`${name} stop`);
    },
    stopped,
  });
  Object.assign(features, {
    running: [
      one("fails", () => Promise.reject(new Error("it fails"))),
      one("throws", () => {
        throw new Error("it throws");
      }),
      one("hangs", () => new Promise(() => undefined)),
      one("last", async () => void ended.push("last stopped")),
    ],
  });
  features.stop();
  await features.stopped();
  expect(ended).toEqual(["throws stop", "hangs stop", "last stop", "last stopped"]);
  expect(faults.count).toBe(4);
});
