/**
 * Who can see a post: four choices, and for two of them tags and people. The number of viewers is computed on this
 * device, in the same way as at posting.
 */
import type { ContactRow, MomentAudience } from "@yanshu/client";
import { Check, Plus, ShieldCheck, X } from "lucide";
import { useEffect, useState } from "preact/hooks";
import { Picker } from "../../kit/picker.tsx";
import { t } from "../../locales/i18n.ts";
import { Avatar } from "../../shell/avatar.tsx";
import { BackButton } from "../../shell/bar.tsx";
import { Icon } from "../../shell/icon.tsx";
import { api, useView } from "../../shell/session.ts";
import { Radio } from "./radio.tsx";
import { tongueOf } from "./words-of.tsx";

const whos = ["all", "me", "only", "except"] as const;
const words = {
  all: ["aud.all", "aud.allNote"],
  me: ["aud.me", "aud.meNote"],
  only: ["aud.some", "aud.someNote"],
  except: ["aud.except", "aud.exceptNote"],
} as const;

/** The audience in one line, for the row that opens this page. */
export function audienceWords(
  { who, tags = [], people = [] }: MomentAudience,
  nameOf: (account: string) => string,
): string {
  if (who === "all" || who === "me") return t(words[who][0]);
  const named = [...tags, ...people.map(nameOf)].join(t("person.and"));
  return who === "only" ? named : `${t("aud.except")}${t("moments.colon")}${named}`;
}

type AudienceProps = {
  readonly audience: MomentAudience;
  readonly onDone: (audience: MomentAudience) => void;
  readonly onBack: () => void;
};

export function Audience({ audience, onDone, onBack }: AudienceProps) {
  const contacts = useView("contacts");
  const [chosen, setChosen] = useState(audience);
  const [isPicking, setPicking] = useState(false);
  const [count, setCount] = useState<number>();
  const { who, tags = [], people = [] } = chosen;
  const isNamed = who === "only" || who === "except";
  const isEmpty = isNamed && tags.length + people.length === 0;
  useEffect(() => {
    let isOver = false;
    setCount(undefined);
    if (who !== "me" && !isEmpty)
      void api.countMomentAudience(chosen).then(
        (n) => isOver || setCount(n),
        () => undefined,
      );
    return () => {
      isOver = true;
    };
  }, [JSON.stringify(chosen), contacts]);

  if (isPicking)
    return (
      <Picker
        title={t("aud.pick")}
        contacts={contacts}
        first={people}
        mayBeNobody
        onCancel={() => setPicking(false)}
        onDone={async (accounts) => {
          setChosen({ ...chosen, people: accounts });
          setPicking(false);
        }}
      />
    );
  return (
    <section class="screen" data-testid="audience">
      <header class="bar surface line">
        <BackButton onBack={onBack} />
        <div class="mid">
          <h1 class="title">{t("moments.who")}</h1>
        </div>
        <button
          type="button"
          class="btn fill sm bar-btn"
          disabled={isEmpty}
          data-testid="audience-done"
          onClick={() => onDone(isNamed ? chosen : { who })}
        >
          {t("action.done")}
        </button>
      </header>
      <div class="scroll">
        <div class="group" role="radiogroup" aria-label={t("moments.who")}>
          {whos.map((one) => (
            <div key={one}>
              <Radio
                group="audience"
                isOn={who === one}
                testId={`audience-${one}`}
                onPick={() => setChosen({ ...chosen, who: one })}
              >
                <b>{t(words[one][0])}</b>
                <small>{t(words[one][1])}</small>
              </Radio>
              {who === one && isNamed && (
                <Named
                  contacts={contacts ?? []}
                  tags={tags}
                  people={people}
                  onTags={(next) => setChosen({ ...chosen, tags: next })}
                  onPeople={(next) => setChosen({ ...chosen, people: next })}
                  onPick={() => setPicking(true)}
                />
              )}
            </div>
          ))}
        </div>
        <p class="mo-note" role="status" data-testid="audience-foot">
          <Icon of={ShieldCheck} size="s" />
          <span>
            {isEmpty
              ? t("aud.nobody")
              : who === "me"
                ? t("aud.footMe")
                : count === undefined
                  ? ""
                  : t("aud.foot", { n: count })}
          </span>
        </p>
      </div>
    </section>
  );
}

type NamedProps = {
  readonly contacts: readonly ContactRow[];
  readonly tags: readonly string[];
  readonly people: readonly string[];
  readonly onTags: (tags: readonly string[]) => void;
  readonly onPeople: (people: readonly string[]) => void;
  readonly onPick: () => void;
};

function Named({ contacts, tags, people, onTags, onPeople, onPick }: NamedProps) {
  const counts = new Map<string, number>();
  for (const row of contacts) for (const tag of row.tags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  const all = [...new Set([...counts.keys(), ...tags])];
  return (
    <div class="aud-named">
      <h2>{t("aud.tags")}</h2>
      {all.length === 0 ? (
        <p class="aud-none">{t("aud.noTags")}</p>
      ) : (
        <div class="chips wrap">
          {all.map((tag) => {
            const isOn = tags.includes(tag);
            return (
              <button
                key={tag}
                type="button"
                class={isOn ? "on" : ""}
                aria-pressed={isOn}
                lang={tongueOf(tag)}
                data-testid="audience-tag"
                onClick={() => onTags(isOn ? tags.filter((one) => one !== tag) : [...tags, tag])}
              >
                {isOn && <Icon of={Check} size="xs" />} {tag} <small>{counts.get(tag) ?? 0}</small>
              </button>
            );
          })}
        </div>
      )}
      <h2>{t("aud.friends")}</h2>
      <div class="chips wrap">
        {people.map((account) => {
          const row = contacts.find((one) => one.account === account);
          return (
            <button
              key={account}
              type="button"
              class="on"
              data-testid="audience-person"
              onClick={() => onPeople(people.filter((one) => one !== account))}
            >
              <span class="sr">{t("aud.drop", { name: "" })}</span>
              {row !== undefined && <Avatar face={row.face} size="xs" />}
              <span lang={tongueOf(row?.name ?? "")}>{row?.name ?? "…"}</span>
              <Icon of={X} size="xs" />
            </button>
          );
        })}
        <button type="button" data-testid="audience-add" onClick={onPick}>
          <Icon of={Plus} size="xs" /> {t("aud.addPeople")}
        </button>
      </div>
    </div>
  );
}
