/**
 * `yanshu verify HOME`: whether a home hands out the released code, asked from outside (docs/spec/terminal.md TE18).
 */
import { readFileSync } from "node:fs";
import { checkpointOf, pinned, type Verdict } from "@yanshu/release";
import { Failed } from "../../chat.ts";
import type { Aside } from "../../context.ts";
import { faultsOf } from "../../fault.ts";
import { cliFeature } from "../../feature.ts";
import { homeOfAddress } from "../../home.ts";
import { plain } from "../../line.ts";
import type { Text } from "../../words.ts";
import { compareHome, type Finding, type Oddity } from "./compare.ts";
import { words } from "./words.ts";

type Key = keyof typeof words.en;
const fault = faultsOf(words);
const linesMax = 40;

export const verifying = cliFeature(words, {
  commands: {
    verify: {
      positionals: ["HOME"],
      options: ["release", "log"],
      isAside: true,
      help: {
        en: "check from outside whether a server hands out the released code",
        zh: "从外面查一台服务器给出的是不是发布的代码",
      },
      run: verify,
    },
  },
});

async function verify({ args, answer, text }: Aside<Key>): Promise<void> {
  const { origin } = homeOfAddress(args.positionals[0] ?? "", args.insecure);
  const own = { release: readOwn(args.release), log: readOwn(args.log) };
  const finding = await compareHome(fetch, origin, pinned, own).catch((error: unknown) => {
    throw fault("fault.away", { origin, why: error instanceof Error ? plain(error.message) : "" });
  });
  answer(linesOf(text, origin, finding), { home: origin, isTest: pinned.isTest, ...toldOf(finding) });
  // What is shown says why.
  if (finding.kind !== "same") throw new Failed();
}

function readOwn(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw fault("fault.no-file", { file });
  }
}

function linesOf(text: Text<Key>, origin: string, finding: Finding): readonly string[] {
  if (finding.kind === "own-refused") return [refusal(text, origin, finding.why, "own-")];
  if (finding.kind === "refused") return [refusal(text, origin, finding.why, "")];
  const { kind, release, signers, log, latest, oddities } = finding;
  const { version, commit, files } = release;
  const [, size = "", root = ""] = checkpointOf(log).split("\n");
  return [
    text(`verify.${kind}`, { origin, version }),
    ...oddities.slice(0, linesMax).map((oddity) => `  ${oddityLine(text, oddity)}`),
    ...(oddities.length > linesMax ? ["  …"] : []),
    text("verify.commit", { commit }),
    text("verify.signers", { signers: signers.join(", ") }),
    text("verify.log", { size, root }),
    ...(latest === version ? [] : [text("verify.behind", { version: latest })]),
    ...(pinned.isTest ? [text("verify.test")] : []),
    text("verify.files", { count: Object.keys(files).length }),
    text("verify.limit"),
  ];
}

function oddityLine(text: Text<Key>, oddity: Oddity): string {
  const header = oddity.what === "says-more" ? plain(oddity.header) : "";
  return text(`verify.${oddity.what}`, { path: plain(oddity.path), header });
}

type Refusal = Exclude<Verdict, { readonly kind: "released" }>;

function refusal(text: Text<Key>, origin: string, why: Refusal, whose: "" | "own-"): string {
  const signers = why.kind === "too-few" ? why.signers.join(", ") : "";
  // The person's own file is held against no other.
  if (whose === "own-" && why.kind === "unlogged") return text("verify.own-unlogged");
  if (whose === "own-" && (why.kind === "unsigned" || why.kind === "too-few" || why.kind === "malformed"))
    return text(`verify.own-${why.kind}`, { signers });
  return text(`verify.${why.kind}`, { origin, ...why, signers, ...splitOf(why) });
}

function toldOf(finding: Finding) {
  if (finding.kind === "own-refused" || finding.kind === "refused")
    return { finding: finding.kind, why: finding.why.kind, ...splitOf(finding.why) };
  const { kind, release, signers, latest, oddities } = finding;
  return { finding: kind, version: release.version, latest, commit: release.commit, signers, differences: oddities };
}

/** The two checkpoints, to show others. */
function splitOf(why: Refusal) {
  return why.kind === "split" ? { ours: plainLines(why.ours), theirs: plainLines(why.theirs) } : {};
}

/** Lines that strangers may have added to a head do nothing to a terminal. */
const plainLines = (head: string) => head.split("\n").map(plain).join("\n");
