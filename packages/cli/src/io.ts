/** Io: what a run of the command line needs from where it runs. `main.ts` brings the terminal's, tests their own. */
import type { MediaPorts, Ports } from "@yanshu/client";

export type Io = {
  /** Lines end with their own newline. */
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** All of standard input. */
  readonly input: () => Promise<string>;
  /** One line that a person types; undefined when there is nobody, or `signal` ended the waiting. */
  readonly ask: (question: string, signal: AbortSignal) => Promise<string | undefined>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether a person looks at what `out` writes. */
  readonly isTerminal: boolean;
  /** Ctrl-C. */
  readonly interrupted: AbortSignal;
  /** The adapters of the runtime, which only a composition root may name. */
  readonly crypto: () => Ports["crypto"];
  readonly mediaCipher: () => MediaPorts["cipher"];
  readonly openDatabase: (path: string) => Ports["database"];
  /** Told of what can only be a bug. */
  readonly report?: (error: unknown) => void;
};
