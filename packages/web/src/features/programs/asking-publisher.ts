/** What a running program asks of the account that gave it: how fast, and until when (docs/spec/programs.md PR57). */
import { createPace } from "./pace.ts";

/** So long a program waits for an answer, and so many of its questions for their turn. */
const answerMsMax = 60_000;
const questionsMax = 40;

export type Answered = { readonly words: string } | { readonly fail: string };

type AskerPorts = {
  /** Whether the program still runs, and whether the person lets it ask. */
  readonly isOpen: () => boolean;
  readonly mayWrite: () => boolean;
  /** Rejects where it cannot be sent, or nobody answers in that time. */
  readonly send: (words: string, waitMs: number) => Promise<string>;
  /** Whether a rejection says that there is no way out. */
  readonly isOffline: (error: unknown) => boolean;
  readonly nowMs?: () => number;
  readonly turn?: () => Promise<void>;
};

/** Answers with undefined where nobody is there any more to be told. */
export function publisherAsker({
  isOpen,
  mayWrite,
  send,
  isOffline,
  nowMs = () => performance.now(),
  turn,
}: AskerPorts) {
  const next: () => Promise<void> = turn ?? createPace({ nowMs, waitingMax: questionsMax });
  return async (words: string): Promise<Answered | undefined> => {
    const beganMs = nowMs();
    try {
      await next();
      // Meanwhile it may have been closed, or the person may have said no. @checks PR57
      if (!isOpen()) return undefined;
      if (!mayWrite()) return { fail: "auth deny" };
      const leftMs = answerMsMax - (nowMs() - beganMs);
      return leftMs > 0 ? { words: await send(words, leftMs) } : { fail: "timeout" };
    } catch (error) {
      return { fail: isOffline(error) ? "no network" : "timeout" };
    }
  };
}

/** Whether the account that was asked answers with this failure. */
export function isFailure(answer: string, fail: string): boolean {
  try {
    return (JSON.parse(answer) as { readonly fail?: unknown } | null)?.fail === fail;
  } catch {
    return false;
  }
}
