/**
 * Report: bench/RESULTS.md, which the README quotes. Written by a full run only, so that every figure in it, the raw
 * limits included, comes from the same machine at the same time; one that broke off and went on says what is of which
 * commit.
 */
import { execFileSync } from "node:child_process";
import { statfsSync } from "node:fs";
import { arch, cpus, release, totalmem } from "node:os";
import { benchFolder } from "./folder.ts";
import { raisedLimits } from "./raised-server.ts";
import { formatNumber, type Row, ratioText } from "./rows.ts";

export type Section = {
  readonly name: string;
  readonly about: string;
  readonly rows: readonly Row[];
  /** At which it was measured. */
  readonly commit: string;
};

export function reportText(command: string, sections: readonly Section[]): string {
  return [
    "# Results of the benchmark",
    "",
    "Written by the run itself. How it measures: `docs/decisions/0002-bench-method.md`. Nothing here is a promise for another machine;",
    "the raw limits of the same run say how far the server is from what runtime and disk allow. Where a goal is missed,",
    "`docs/decisions/0022-catching-up.md` says why; what was measured since, by itself: `docs/MEASURED.md`.",
    "",
    ...conditions(command, sections).map(([name, value]) => `- ${name}: ${value}`),
    `- missed goals: ${missed(sections) || "none"}`,
    "",
    ...sections.flatMap(sectionLines),
  ].join("\n");
}

function missed(sections: readonly Section[]): string {
  return sections
    .flatMap(({ name, rows }) => rows.filter(({ ok }) => !ok).map((one) => `${name}: ${shortName(one)}`))
    .join("; ");
}

function shortName({ name }: Row): string {
  return name.replace(/^[\w-]+: /, "");
}

function sectionLines({ name, about, rows }: Section): readonly string[] {
  const lines = rows.map((item) => {
    const goal = item.goal?.replace("<=", "≤").replace(">=", "≥") ?? "";
    const cells = [
      shortName(item),
      formatNumber(item.value),
      item.unit,
      item.goal === null ? "" : `${goal} ${item.ok ? "ok" : "**missed**"}`,
      item.raw === undefined ? "" : formatNumber(item.raw),
      ratioText(item),
    ];
    return `| ${cells.join(" | ")} |`;
  });
  return [
    `## ${name}`,
    "",
    `${about}.`,
    "",
    "| what | value | unit | goal | raw limit | ratio |",
    "| --- | ---: | --- | --- | ---: | ---: |",
    ...lines,
    "",
  ];
}

function conditions(command: string, sections: readonly Section[]): readonly (readonly [string, string])[] {
  const processor = cpus();
  return [
    ["command", `\`${command}\``],
    ["commit", commits(sections)],
    [
      "machine",
      `${processor.length} × ${processor[0]?.model.trim() ?? "unknown"} (${arch()}), ${gibibytes(totalmem())}, Linux ${release()}`,
    ],
    ["disk", `${fileSystem()}, database and write-ahead log on it`],
    ["runtime", `Bun ${Bun.version}, server and load generator on the same machine, loopback only`],
    ["raised for the benchmark", `${raisedLimits.join("; ")} (not in \`start\`, \`idle\` and \`storm\`)`],
  ];
}

/** Several where a run that had broken off went on later. */
function commits(sections: readonly Section[]): string {
  const all = [...new Set(sections.map((section) => section.commit))];
  if (all.length === 1) return all.join();
  const named = (at: string) => sections.filter((section) => section.commit === at).map(({ name }) => `\`${name}\``);
  return all.map((at) => `${at} (${named(at).join(", ")})`).join("; ");
}

/** The commit, and whether the code that was measured differs from it. */
export function commit(): string {
  try {
    const head = git("rev-parse", "--short=12", "HEAD");
    const changed = git(
      "status",
      "--porcelain",
      "--",
      "packages/server",
      "packages/wire",
      "bench",
      ":!bench/RESULTS.md",
      ":!*.test.ts",
    );
    return changed === "" ? head : `${head}, with changes that are not committed`;
  } catch {
    return "unknown (not a git repository)";
  }
}

function git(...args: readonly string[]): string {
  return execFileSync("git", args, {
    cwd: import.meta.dirname,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  }).trim();
}

function fileSystem(): string {
  const magic = statfsSync(benchFolder()).type;
  const names: Readonly<Record<number, string>> = {
    [0xef53]: "ext4",
    [0x5846_5342]: "xfs",
    [0x9123_683e]: "btrfs",
    [0x0102_1994]: "tmpfs (in memory: syncs cost nothing here)",
    [0x794c_7630]: "overlayfs",
    [0x2fc1_2fc1]: "zfs",
  };
  return names[magic] ?? `file system 0x${magic.toString(16)}`;
}

function gibibytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 30)} GiB`;
}
