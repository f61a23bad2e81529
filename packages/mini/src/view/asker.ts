/** Asker: lets a program ask the person one thing at a time (docs/spec/programs.md PR14). */
import type { FromProgram } from "../frame-messages.ts";

export type Question = Extract<FromProgram, { readonly kind: "modal" | "choose" | "want" | "pictures" }>;

/** @returns whether a message asks the person something. */
export function isQuestion(message: FromProgram): message is Question {
  return ["modal", "choose", "want", "pictures"].includes(message.kind);
}

/** So many wait while another stands on the screen: a program asks two things in a row, and no more. */
const waitingMax = 4;

/**
 * Stands in the frame, so that the app's page hears nothing of what is asked beyond.
 *
 * @param ask shows a question.
 * @param refuse answers one that is not shown.
 */
export function asker(
  ask: (question: Question) => void,
  refuse: (id: number) => void,
): { readonly asked: (question: Question) => void; readonly answered: (id: number) => void } {
  let standing: number | undefined;
  const waiting: Question[] = [];

  function show(question: Question | undefined): void {
    standing = question?.id;
    if (question !== undefined) ask(question);
  }

  return {
    asked(question) {
      if (standing === undefined) show(question);
      else if (waiting.length < waitingMax) waiting.push(question);
      else refuse(question.id);
    },
    answered(id) {
      if (id === standing) show(waiting.shift());
    },
  };
}
