/** Heads of the log of releases, which friends tell each other (docs/spec/release.md RE20). */
import { struct, text } from "@yanshu/wire";
import { contentFeature, signal } from "../feature.ts";

export const releaseHeadLimits = { headMax: 4_096 } as const;

export const releaseHeads = contentFeature({
  bodies: {
    /** The signed head of the log that the sender's app keeps. */
    releaseHead: signal(struct({ head: text(releaseHeadLimits.headMax) })),
  },
});
