/**
 * My profile: the name and face that others see.
 */
import { useEffect, useState } from "preact/hooks";
import { FacePicker } from "../../kit/face-picker.tsx";
import { sealOf } from "../../kit/picture.ts";
import { t } from "../../locales/i18n.ts";
import { TopBar } from "../../shell/bar.tsx";
import { back } from "../../shell/router.ts";
import { api, succeeds, useStatus } from "../../shell/session.ts";
import { toast } from "../../shell/toast.tsx";

export function Profile() {
  const me = useStatus()?.me;
  const [name, setName] = useState(me?.name);
  const [pat, setPat] = useState(me?.pat ?? "");
  const [picture, setPicture] = useState(me?.face.picture);
  useEffect(() => {
    // Opened by its address, the account arrives a moment later.
    if (name !== undefined || me === undefined) return;
    setName(me.name);
    setPicture(me.face.picture);
    setPat(me.pat);
  }, [me]);
  const save = async () => {
    const saved = await succeeds(() =>
      api.setProfile({ name: (name ?? "").trim(), pat: pat.trim(), ...(picture === undefined ? {} : { picture }) }),
    );
    if (!saved) return;
    toast(t("profile.saved"));
    back();
  };
  return (
    <section class="screen paper">
      <TopBar title={t("me.profile")} plain />
      {me !== undefined && name !== undefined && (
        <form
          class="scroll form-page"
          onSubmit={(event) => {
            event.preventDefault();
            void save();
          }}
        >
          <FacePicker
            face={{ seal: sealOf(name), pigment: me.face.pigment, ...(picture === undefined ? {} : { picture }) }}
            onPick={setPicture}
          />
          <input
            class="line-field"
            aria-label={t("name.label")}
            autocomplete="off"
            maxLength={64}
            defaultValue={name}
            data-testid="name"
            onInput={(event) => setName(event.currentTarget.value)}
          />
          <p class="hint">{t("name.note")}</p>
          <input
            class="line-field"
            aria-label={t("pat.label")}
            placeholder={t("pat.label")}
            maxLength={20}
            defaultValue={pat}
            data-testid="pat-words"
            onInput={(event) => setPat(event.currentTarget.value)}
          />
          <p class="hint">{t("pat.note", { words: pat.trim() || "…" })}</p>
          <div class="alone-acts">
            <button type="submit" class="btn fill" disabled={name.trim() === ""} data-testid="save">
              {t("profile.save")}
            </button>
          </div>
        </form>
      )}
    </section>
  );
}
