/** Look: what can be said of the code that runs here (docs/spec/web.md WE139). */
import { isTest, judgeOwn, keptFiles, type Refusal } from "../../shell/released.ts";

export type Found =
  | { readonly kind: "dev" }
  | { readonly kind: "self-built"; readonly print: string }
  | { readonly kind: "doubtful"; readonly print: string; readonly why: Refusal["kind"] }
  | {
      readonly kind: "released";
      readonly print: string;
      readonly version: string;
      readonly commit: string;
      readonly signers: readonly string[];
      readonly isTest: boolean;
      /** Files that this browser keeps, and those of them that are not as they were signed. */
      readonly kept: number;
      readonly different: readonly string[];
    };

const shown = 12;

export async function look(): Promise<Found> {
  const registration = await navigator.serviceWorker?.getRegistration();
  const worker = registration?.active?.scriptURL;
  const name = worker === undefined ? "" : new URL(worker).pathname.slice(1);
  if (!/^sw-[0-9a-f]{64}\.js$/.test(name)) return { kind: "dev" };
  const print = name.slice("sw-".length).slice(0, shown);
  const verdict = await judgeOwn(name);
  if (verdict.kind === "unsigned") return { kind: "self-built", print };
  if (verdict.kind !== "released") return { kind: "doubtful", print, why: verdict.kind };
  const { release, signers } = verdict;
  const { version, commit } = release;
  const { kept, different } = await keptFiles(release);
  return { kind: "released", print, version, commit: commit.slice(0, shown), signers, isTest, kept, different };
}
