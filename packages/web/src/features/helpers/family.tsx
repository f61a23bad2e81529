/**
 * Family help (docs/spec/identity.md ID36-ID38): three helpers who can bring this account back, and the people whom
 * this person helps. Choosing helpers needs the master key: if it is not on the device, the card or a passkey is asked
 * for first.
 */
import type { FamilyPerson, FamilyView, Hex, RootBy } from "@yanshu/client";
import { HeartHandshake, Hourglass, PhoneCall, UsersRound } from "lucide";
import { useEffect, useState } from "preact/hooks";
import { Picker } from "../../kit/picker.tsx";
import { t } from "../../locales/i18n.ts";
import { Avatar } from "../../shell/avatar.tsx";
import { TopBar } from "../../shell/bar.tsx";
import { Icon } from "../../shell/icon.tsx";
import { pendingLink, setPendingLink } from "../../shell/router.ts";
import { api, succeeds, useView } from "../../shell/session.ts";
import { confirm } from "../../shell/sheet.tsx";
import { toast } from "../../shell/toast.tsx";
import { Helping } from "./helping.tsx";
import { Prove } from "./prove.tsx";
import "./family.css";

const helpersWanted = 3;

type Step =
  | { readonly at: "page" | "pick" }
  /** An empty list ends family help. */
  | { readonly at: "prove"; readonly helpers: readonly Hex[] }
  | { readonly at: "help"; readonly who: FamilyPerson };

/** The opened link of somebody who lost their phone. It does not say whose it is: the helper picks the person. */
function takeOpened(): string | undefined {
  const link = pendingLink.peek();
  return link?.includes("#h/") === true ? link : undefined;
}

export function Family() {
  const view = useView("family");
  const [step, setStep] = useState<Step>({ at: "page" });
  const [opened] = useState(takeOpened);
  useEffect(() => {
    if (opened !== undefined) setPendingLink(undefined);
  }, [opened]);
  const page = () => setStep({ at: "page" });
  if (view === undefined) return <Frame>{null}</Frame>;

  const become = async (helpers: readonly Hex[], by?: RootBy) => {
    const given = by === undefined ? {} : { by };
    const isDone = await succeeds(() =>
      helpers.length === 0 ? api.endFamily(given) : api.chooseFamily({ helpers, ...given }),
    );
    if (!isDone) return;
    toast(t(helpers.length === 0 ? "family.ended" : "family.chosen"));
    page();
  };
  const wants = async (helpers: readonly Hex[]) => {
    if (view.canChoose) await become(helpers);
    else setStep({ at: "prove", helpers });
  };
  const end = async () => {
    const yes = await confirm({
      title: t("family.endAsk"),
      note: t("family.endNote"),
      action: t("family.end"),
      danger: true,
    });
    if (yes) await wants([]);
  };

  if (step.at === "pick") return <Pick onCancel={page} onDone={wants} />;
  if (step.at === "help") return <Helping who={step.who} link={opened} onClose={page} />;
  if (step.at === "prove")
    return (
      <Frame onBack={page}>
        <Prove onProven={(by) => become(step.helpers, by)} />
      </Frame>
    );
  return (
    <Frame title={t("family.entry")}>
      {/* First, because a helper who needs it is on the telephone now. */}
      {view.keptFor.length > 0 && <KeptFor people={view.keptFor} onHelp={(who) => setStep({ at: "help", who })} />}
      {view.helpers.length === 0 ? (
        <Lead onChoose={() => setStep({ at: "pick" })} />
      ) : (
        <Chosen view={view} onChange={() => setStep({ at: "pick" })} onEnd={() => void end()} />
      )}
    </Frame>
  );
}

type FrameProps = {
  /** Absent: the content has its own heading. */
  readonly title?: string;
  readonly children: preact.ComponentChildren;
  readonly onBack?: () => void;
};

function Frame({ title = "", children, onBack }: FrameProps) {
  return (
    <section class="screen paper" data-testid="family-screen">
      <TopBar title={title} plain {...(onBack === undefined ? {} : { onBack })} />
      <div class="scroll form-page restore family">{children}</div>
    </section>
  );
}

function Pick({ onCancel, onDone }: { onCancel: () => void; onDone: (helpers: readonly Hex[]) => Promise<void> }) {
  const contacts = useView("contacts");
  return (
    <Picker
      contacts={contacts}
      exactly={helpersWanted}
      title={t("family.pick")}
      words={(n) => t("family.picked", { n })}
      onCancel={onCancel}
      onDone={onDone}
    />
  );
}

const ways = [
  { icon: UsersRound, words: "family.how1" },
  { icon: PhoneCall, words: "family.how2" },
  { icon: Hourglass, words: "family.how3" },
] as const;

function Lead({ onChoose }: { onChoose: () => void }) {
  const contacts = useView("contacts") ?? [];
  const areEnough = contacts.filter(({ blocked }) => !blocked).length >= helpersWanted;
  return (
    <>
      <h2 class="brush ask">{t("family.title")}</h2>
      <p class="lead">{t("family.lead")}</p>
      <ul class="family-how">
        {ways.map(({ icon, words }) => (
          <li key={words}>
            <Icon of={icon} />
            <span>{t(words)}</span>
          </li>
        ))}
      </ul>
      {!areEnough && <p class="hint">{t("family.few")}</p>}
      <div class="family-acts">
        <button type="button" class="btn fill" data-testid="family-choose" disabled={!areEnough} onClick={onChoose}>
          <Icon of={HeartHandshake} size="s" />
          {t("family.choose")}
        </button>
      </div>
    </>
  );
}

type ChosenProps = { readonly view: FamilyView; readonly onChange: () => void; readonly onEnd: () => void };

function Chosen({ view, onChange, onEnd }: ChosenProps) {
  return (
    <>
      <h2 class="brush ask">{t("family.now")}</h2>
      <p class="lead">{t("family.nowNote")}</p>
      {view.isLost && (
        <p class="hint bad" role="alert" data-testid="family-lost">
          {t("family.lost")}
        </p>
      )}
      {view.helpers.some(({ isGone }) => isGone) && (
        <p class="hint bad" role="alert" data-testid="family-gone">
          {t("family.goneNote")}
        </p>
      )}
      <ul class="group ways">
        {view.helpers.map(({ account, name, face, isKept, isGone }) => (
          <li
            key={account}
            class="set person"
            data-testid="family-helper"
            data-kept={isKept && !isGone}
            data-gone={isGone}
          >
            <Avatar face={face} size="sm" />
            <span class="x">
              <span>
                {name}
                <small>{t(isGone ? "family.gone" : isKept ? "family.kept" : "family.onWay")}</small>
              </span>
            </span>
          </li>
        ))}
      </ul>
      <div class="family-acts">
        <button type="button" class="btn soft" data-testid="family-change" onClick={onChange}>
          {t("family.change")}
        </button>
        <button type="button" class="btn plain" data-testid="family-end" onClick={onEnd}>
          {t("family.end")}
        </button>
      </div>
    </>
  );
}

type KeptForProps = { readonly people: readonly FamilyPerson[]; readonly onHelp: (who: FamilyPerson) => void };

function KeptFor({ people, onHelp }: KeptForProps) {
  return (
    <div class="kept-for">
      <h2 class="brush ask">{t("family.keeping")}</h2>
      <p class="lead">{t("family.keepingNote")}</p>
      <ul class="group ways">
        {people.map((who) => (
          <li key={who.account} class="set person" data-testid="kept-for">
            <Avatar face={who.face} size="sm" />
            <span class="x">
              <span>{who.name}</span>
              <button type="button" class="btn line sm push" data-testid="help" onClick={() => onHelp(who)}>
                {t("family.help")}
              </button>
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
