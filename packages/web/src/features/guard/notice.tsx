/**
 * A security notice in the chat: which device was refused, that it has seen nothing, and what the person can do. It
 * blocks nothing, asks nobody to compare digits, and is one line after the answer (README.md WE21).
 */
import type { SystemLine } from "@yanshu/client";
import { Phone, ShieldAlert } from "lucide";
import { useState } from "preact/hooks";
import { personName } from "../../kit/person.ts";
import { t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { api, attempt, useView } from "../../shell/session.ts";
import { Sheet } from "../../shell/sheet.tsx";

type NoticeProps = {
  readonly chat: string;
  readonly id: string;
  readonly line: Extract<SystemLine, { kind: "device-refused" | "account-frozen" | "list-differs" }>;
};

/** What is said, shortly and at length, and what the person answers. */
const wordsOf = {
  "device-refused": {
    title: "guard.title",
    says: ["guard.body", "guard.ask"],
    answer: "guard.go",
    reasons: ["guard.what", "guard.saw", "guard.do"],
  },
  "account-frozen": {
    title: "guard.frozen",
    says: ["guard.frozenBody"],
    answer: "guard.seen",
    reasons: ["guard.frozenWhat", "guard.frozenSent", "guard.frozenDo"],
  },
  "list-differs": {
    title: "guard.differs",
    says: ["guard.differsBody", "guard.differsAsk"],
    answer: "guard.go",
    reasons: ["guard.differsWhat", "guard.differsKept", "guard.differsDo"],
  },
} as const;

export function Notice({ chat, id, line }: NoticeProps) {
  const [isOpen, setOpen] = useState(false);
  const [isLearning, setLearning] = useState(false);
  const phone = useView("contacts")?.find(({ account }) => account === line.who.account)?.phone ?? "";
  const name = personName(line.who);
  const words = wordsOf[line.kind];
  const title = t(words.title);
  if (line.isAnswered && !isOpen) {
    return (
      <button
        type="button"
        class="sys-line notice-fold"
        data-testid="notice-fold"
        data-kind={line.kind}
        onClick={() => setOpen(true)}
      >
        <Icon of={ShieldAlert} size="xs" />
        {title}
      </button>
    );
  }
  const answer = () => {
    setOpen(false);
    void attempt(() => api.answerNotice(chat, id));
  };
  return (
    <section class="notice" role="note" data-testid="notice" data-kind={line.kind}>
      <h3>
        <Icon of={ShieldAlert} />
        {title}
      </h3>
      {words.says.map((said) => (
        <p key={said}>{t(said, { name })}</p>
      ))}
      <div class="notice-acts">
        <button type="button" class="btn fill sm" data-testid="notice-go" onClick={answer}>
          {t(words.answer)}
        </button>
        {phone !== "" && (
          <a class="btn line sm" href={`tel:${phone.replace(/[^+\d]/g, "")}`} data-testid="notice-call">
            <Icon of={Phone} size="s" />
            {t("guard.call", { name })}
          </a>
        )}
        <button type="button" class="btn plain sm" data-testid="notice-more" onClick={() => setLearning(true)}>
          {t("guard.more")}
        </button>
      </div>
      {isLearning && (
        <Sheet title={title} onClose={() => setLearning(false)} testId="notice-sheet">
          <h2 class="sheet-title">{title}</h2>
          <ul class="notice-reasons">
            {words.reasons.map((reason) => (
              <li key={reason}>{t(reason, { name })}</li>
            ))}
          </ul>
          <div class="sheet-acts">
            <button type="button" class="btn plain" onClick={() => setLearning(false)}>
              {t("action.close")}
            </button>
          </div>
        </Sheet>
      )}
    </section>
  );
}
