/** Limit options: what the operator can set of the core's limits. */
import { expect, test } from "bun:test";
import { defaultConfig, type ServerConfig } from "./core/config.ts";
import { type CoreConfig, coreDefaults } from "./core/core-config.ts";
import { limitOptions } from "./limit-options.ts";

/** Numbers of the config that limit nobody, or that have an option of their own (`options.ts`). */
const notLimits: readonly (keyof CoreConfig)[] = [
  "commitDelayMs",
  "commitJobsMax",
  "spillMs",
  "topicFrom",
  "repeatsKept",
  "helloMs",
  "queueBytesMax", // `--queue-megabytes`
  "addressesPerDevice", // Of a device's own rows, as `capabilitiesPerDevice`.
  "capabilitiesPerDevice",
];

/** The numbers of a config by their paths, such as `socketsMax.prefix`. */
function numbersOf(config: object, path = ""): readonly (readonly [string, number])[] {
  return Object.entries(config).flatMap(([name, value]) =>
    typeof value === "number"
      ? [[path + name, value] as const]
      : typeof value === "object"
        ? numbersOf(value as object, `${path}${name}.`)
        : [],
  );
}

function changedBy(before: ServerConfig, after: ServerConfig): readonly string[] {
  const former = new Map(numbersOf(before));
  return numbersOf(after).flatMap(([path, value]) => (former.get(path) === value ? [] : [path]));
}

test("[DS125] [DS24] each limit of the core has one option", () => {
  const limits = numbersOf(coreDefaults).flatMap(([path]) =>
    notLimits.some((name) => path === name || path.startsWith(`${name}.`)) ? [] : [path],
  );
  const set = Object.values(limitOptions).flatMap((option) =>
    changedBy(defaultConfig, option.write(defaultConfig, option.read(defaultConfig) + option.unit)),
  );
  expect(limits.filter((path) => !set.includes(path))).toEqual([]);
  expect(set.length).toBe(new Set(set).size);
});
