/** Whom a card introduces, and a word to them: asking by a card. */
import type { TimelineItem } from "@yanshu/client";
import { ShieldCheck } from "lucide";
import { useState } from "preact/hooks";
import type { BodyOfItem } from "../../feature.ts";
import { languageOf } from "../../kit/text.ts";
import { locale, t } from "../../locales/i18n.ts";
import { Avatar } from "../../shell/avatar.tsx";
import { useBusy } from "../../shell/busy.ts";
import { Icon } from "../../shell/icon.tsx";
import { go } from "../../shell/router.ts";
import { api, attempt, useStatus } from "../../shell/session.ts";
import { FormSheet, Sheet } from "../../shell/sheet.tsx";
import "./contact-cards.css";
import "../../styles/chat.css";

const greetingMax = 200;

type CardSheetProps = { readonly chat: string; readonly item: TimelineItem; readonly onClose: () => void };

export function CardSheet({ chat, item, onClose }: CardSheetProps) {
  const { body } = item;
  const me = useStatus()?.me;
  const [greeting, setGreeting] = useState(() =>
    item.mine
      ? t("friend.greeting", { name: me?.name ?? "" })
      : t("card.greeting", { name: me?.name ?? "", by: item.from.name }),
  );
  const [, run] = useBusy();
  if (body.kind !== "card") return null;
  const send = async () => {
    const conversation = await attempt(() =>
      api.requestByCard({ conversation: chat, author: item.from.account, id: item.id, greeting: greeting.trim() }),
    );
    if (conversation === undefined) return;
    onClose();
    go({ name: "chat", id: conversation });
  };
  const head = <CardHead body={body} by={item.mine ? undefined : item.from.name} />;
  if (body.standing === "requested") {
    return (
      <Sheet title={body.name} onClose={onClose} testId="card-sheet">
        {head}
        <p class="sheet-note">{t("friend.asked")}</p>
        <div class="sheet-acts">
          <button type="button" class="btn plain" onClick={onClose}>
            {t("action.close")}
          </button>
        </div>
      </Sheet>
    );
  }
  return (
    <FormSheet
      title={t("friend.greet")}
      head={head}
      class="gather"
      testId="card-sheet"
      action={t("friend.send")}
      actionTestId="card-ask"
      onSubmit={() => void run(send)}
      onClose={onClose}
    >
      <textarea
        class="field-box"
        rows={2}
        maxLength={greetingMax}
        aria-label={t("friend.greet")}
        defaultValue={greeting}
        data-testid="card-greeting"
        onInput={(event) => setGreeting(event.currentTarget.value)}
      />
    </FormSheet>
  );
}

function CardHead({ body, by }: { body: BodyOfItem<"card">; by: string | undefined }) {
  return (
    <div class="card-person">
      <Avatar face={body.face} size="xl" />
      <p class="brush person-name" lang={languageOf(body.name, locale.value)}>
        {body.name}
      </p>
      {by !== undefined && (
        <p class="note verified">
          <Icon of={ShieldCheck} size="s" />
          {t("trust.intro", { name: by })}
        </p>
      )}
    </div>
  );
}
