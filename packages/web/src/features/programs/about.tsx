/** About a program: what it is and may, the star, and what it stored. */
import { type Answers, type Wish, wishes } from "@yanshu/mini";
import { ClipboardPaste, Download, Eraser, MapPin, Signature, Star, Store, Trash2, UserRound } from "lucide";
import { useState } from "preact/hooks";
import { saveAs } from "../../kit/bytes.ts";
import { t } from "../../locales/i18n.ts";
import { api, attempt, succeeds, useView } from "../../shell/session.ts";
import { SettingButton, SettingSwitch } from "../../shell/setting.tsx";
import { ask, confirm, Sheet } from "../../shell/sheet.tsx";
import { wishWords } from "./wishes.ts";

const nameMax = 60;

type AboutProps = {
  readonly id: string;
  readonly name: string;
  /** Undefined: it has none. */
  readonly version?: string;
  /** It was opened from a chat, and shares state with its members. */
  readonly isShared: boolean;
  /** How the account is called that gave it and may be asked. */
  readonly publisher?: string;
  /** What the person said to its wishes. */
  readonly answers?: Answers;
  /** Where it said so. */
  readonly scope?: string;
  /** What it is told there that the person is called, in place of their name. */
  readonly called: string;
  readonly onCalled: (name: string) => void;
  readonly onAnswer?: (what: Wish, isYes: boolean) => void;
  readonly onClose: () => void;
  /** Ends the program: nothing that it says is heard once this returned. */
  readonly onGone: () => void;
};

export function About(props: AboutProps) {
  const {
    id,
    name,
    version,
    isShared,
    publisher,
    answers = {},
    scope,
    called,
    onCalled,
    onAnswer,
    onClose,
    onGone,
  } = props;
  const [said, setSaid] = useState(answers);
  const change = async (what: Wish, isYes: boolean) => {
    if (!(await succeeds(() => api.answerProgram(id, what, isYes, scope)))) return;
    setSaid({ ...said, [what]: isYes });
    onAnswer?.(what, isYes);
  };
  const words =
    publisher === undefined ? t(isShared ? "program.shares" : "program.may") : t("program.writes", { who: publisher });
  const of = version === undefined ? [] : [t("program.version", { version })];
  const isStarred = useView("programs")?.some((one) => one.id === id && one.isStarred) === true;
  const calls = async () => {
    const said = await ask({
      title: t("program.calls"),
      label: t("program.calls"),
      value: called,
      action: t("action.save"),
      lengthMax: nameMax,
    });
    if (said === undefined || scope === undefined) return;
    if (await succeeds(() => api.nameForProgram(id, said, scope))) onCalled(said);
  };
  const lose = async (what: "clear" | "remove", work: () => Promise<void>) => {
    const action = t(`program.${what}`);
    if (!(await confirm({ title: action, note: t(`program.${what}Note`), action, danger: true }))) return;
    // First it ends: one that still ran would write all of it again.
    onGone();
    await succeeds(work);
  };
  const clear = () => lose("clear", () => api.clearProgram(id));
  const remove = () => lose("remove", () => api.removeProgram(id));
  return (
    <Sheet title={name} testId="program-about" onClose={onClose}>
      <h2 class="sheet-title">{name}</h2>
      <p class="program-words">{words}</p>
      <p class="program-note">{[t("program.unsigned"), ...of].join(" · ")}</p>
      <div class="group">
        <SettingSwitch
          icon={Star}
          label={t("program.star")}
          testId="program-star"
          isOn={isStarred}
          onChange={(isOn) => void succeeds(() => api.starProgram(id, isOn))}
        />
        {scope !== undefined && (
          <SettingButton
            icon={Signature}
            label={t("program.calls")}
            note={t("program.callsNote")}
            value={called}
            testId="program-calls"
            onClick={() => void calls()}
          />
        )}
        {wishes.map((what) =>
          said[what] === undefined ? null : (
            <SettingSwitch
              key={what}
              icon={wishIcons[what]}
              label={t(wishWords[what].may, { who: publisher ?? "" })}
              testId={`program-may-${what}`}
              isOn={said[what]}
              onChange={(isOn) => void change(what, isOn)}
            />
          ),
        )}
        <SettingButton
          icon={Download}
          label={t("program.export")}
          testId="program-export"
          onClick={() => void takesOut(id, name)}
        />
        <SettingButton icon={Eraser} label={t("program.clear")} testId="program-clear" onClick={() => void clear()} />
        <SettingButton
          icon={Trash2}
          label={t("program.remove")}
          danger
          testId="program-remove"
          onClick={() => void remove()}
        />
      </div>
    </Sheet>
  );
}

const wishIcons = { name: UserRound, place: MapPin, clipboard: ClipboardPaste, publisher: Store } as const;

/** All that it stored, as a file that any program reads: each value as the program said it. */
async function takesOut(id: string, name: string): Promise<void> {
  const here = await attempt(() => api.openProgram(id, true));
  if (here === undefined) return;
  const stored = Object.fromEntries(Object.entries(here.stored).map(([key, value]) => [key, readable(value)]));
  const text = JSON.stringify({ program: id, name, stored }, undefined, 2);
  await saveAs({ bytes: new TextEncoder().encode(text), type: "application/json" }, `${name}.json`);
}

/** A mini program stores JSON, and a webxdc app any text. */
function readable(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
