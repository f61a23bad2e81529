/** A transfer and a shared bill in the log: what is owed, and what is left to be said of it. */
import type { ShareItem, TimelineItem } from "@yanshu/client";
import { HandCoins, ReceiptText } from "lucide";
import type { BubbleProps } from "../../feature.ts";
import { refOf } from "../../kit/message.ts";
import { personName } from "../../kit/person.ts";
import { languageOf } from "../../kit/text.ts";
import { locale, t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { api, attempt } from "../../shell/session.ts";
import { ask } from "../../shell/sheet.tsx";
import { PayTo } from "./pay-to.tsx";
import { sumWords, whoOwes } from "./sums.ts";
import "../../styles/gather.css";
import "./packets.css";

const howMax = 40;

export function OweCard({ chat, item, body, mayWrite }: BubbleProps<"owe">) {
  const isMine = item.mine;
  const sum = sumWords(body, body.amount);
  return (
    <div class="card debt" data-testid="owe" data-state={body.state}>
      <span class="debt-head">
        <Icon of={HandCoins} />
        <span>
          <b class="num">{sum}</b>
          <span lang={languageOf(body.note, locale.value)}>{body.note}</span>
        </span>
      </span>
      <small>
        {whoOwes(item.from, body.to)} · {t(`owe.${body.state}`)}
      </small>
      {body.how !== "" && <small lang={languageOf(body.how, locale.value)}>{body.how}</small>}
      {mayWrite && body.to.isMe && body.state === "asked" && <YesNo chat={chat} item={item} sum={sum} />}
      {mayWrite && isMine && body.state === "open" && <Paid chat={chat} item={item} />}
      {mayWrite && body.to.isMe && (body.state === "paid" || body.state === "open") && (
        <button
          type="button"
          class="btn soft sm"
          data-testid="debt-got"
          onClick={() => void attempt(() => api.sayGot(chat, refOf(item), item.from.account))}
        >
          {t("owe.sayGot")}
        </button>
      )}
      <small>{t("owe.note")}</small>
    </div>
  );
}

export function ShareCard({ chat, item, body, mayWrite }: BubbleProps<"share">) {
  const mine = body.parts.find(({ person }) => person.isMe);
  const accepted = body.parts.filter(({ state }) => !["asked", "off", "differs"].includes(state)).length;
  return (
    <div class="card debt" data-testid="share">
      <span class="debt-head">
        <Icon of={ReceiptText} />
        <span>
          <b lang={languageOf(body.title, locale.value)}>{body.title}</b>
          <span class="num">{sumWords(body, body.total)}</span>
        </span>
      </span>
      <small>{body.isWhole ? t("share.count", { n: accepted, all: body.parts.length }) : t("share.broken")}</small>
      {body.isWhole && <Parts chat={chat} item={item} body={body} mayWrite={mayWrite} />}
      {body.payTo !== undefined && body.payTo !== "" && <PayTo how={body.payTo} from={item.from} isMine={item.mine} />}
      {body.isWhole && mayWrite && mine?.state === "asked" && (
        <YesNo chat={chat} item={item} sum={sumWords(body, mine.amount)} />
      )}
      {mayWrite && mine?.state === "open" && !item.mine && <Paid chat={chat} item={item} />}
      <small>{t("owe.note")}</small>
    </div>
  );
}

type PartsProps = {
  readonly chat: string;
  readonly item: TimelineItem;
  readonly body: ShareItem;
  readonly mayWrite: boolean;
};

function Parts({ chat, item, body, mayWrite }: PartsProps) {
  return (
    <ul class="debt-parts">
      {body.parts.map(({ person, amount, state, how }) => (
        <li key={person.account} data-testid="share-part" data-state={state}>
          <span>
            {personName(person)}
            <small>
              {person.account === item.from.account ? t("share.payer") : how === "" ? t(`owe.${state}`) : how}
            </small>
          </span>
          <span class="num">{sumWords(body, amount)}</span>
          {mayWrite && item.mine && !person.isMe && (state === "open" || state === "paid") && (
            <button
              type="button"
              class="btn soft sm"
              data-testid="debt-got"
              onClick={() => void attempt(() => api.sayGot(chat, refOf(item), person.account))}
            >
              {t("owe.sayGot")}
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}

type DebtProps = { readonly chat: string; readonly item: TimelineItem };

function YesNo({ chat, item, sum }: DebtProps & { readonly sum: string }) {
  const answer = (isSo: boolean) => void attempt(() => api.answerOwed(chat, refOf(item), isSo));
  return (
    <span class="debt-acts">
      <button type="button" class="btn fill sm" data-testid="debt-yes" onClick={() => answer(true)}>
        {t("owe.yes", { sum })}
      </button>
      <button type="button" class="btn plain sm" data-testid="debt-no" onClick={() => answer(false)}>
        {t("owe.no")}
      </button>
    </span>
  );
}

function Paid({ chat, item }: DebtProps) {
  const say = async () => {
    const how = await ask({
      title: t("owe.sayPaid"),
      label: t("owe.how"),
      value: "",
      action: t("owe.sayPaid"),
      lengthMax: howMax,
    });
    if (how !== undefined) await attempt(() => api.sayPaid(chat, refOf(item), how));
  };
  return (
    <button type="button" class="btn line sm" data-testid="debt-paid" onClick={() => void say()}>
      {t("owe.sayPaid")}
    </button>
  );
}
