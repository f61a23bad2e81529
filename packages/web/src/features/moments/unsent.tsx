/** The state of an own post or status that is not at home yet: it is waiting, or failed and a tap sends it again. */
import type { MomentView } from "@yanshu/client";
import { CircleAlert, RotateCw } from "lucide";
import { t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { api, attempt, useStatus } from "../../shell/session.ts";

type UnsentProps = { readonly id: string; readonly state: NonNullable<MomentView["mine"]>["state"] };

export function Unsent({ id, state }: UnsentProps) {
  const network = useStatus()?.network;
  if (state === "sent") return null;
  const isAway = network === "offline" || network === "unreachable";
  if (state !== "failed")
    return (
      <span class="mo-post-mark" role="status" data-testid="moment-unsent" data-waits={isAway || state === "later"}>
        {t(isAway ? "moments.waits" : state === "later" ? "moments.goesLater" : "moments.sending")}
      </span>
    );
  return (
    <>
      <span class="mo-post-mark unsent" role="status" data-testid="moment-unsent">
        <Icon of={CircleAlert} size="xs" />
        {t("moments.failed")}
      </span>
      <button
        type="button"
        class="mo-again"
        data-testid="moment-again"
        onClick={() => void attempt(() => api.resendMoment(id))}
      >
        <Icon of={RotateCw} size="s" />
        {t("moments.again")}
      </button>
    </>
  );
}
