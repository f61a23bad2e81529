/** A mini program in a chat: a tap fetches its package and opens it. */
import { givenProgramType } from "@yanshu/content";
import { Blocks } from "lucide";
import type { Slots } from "../../feature.ts";
import { blobOf } from "../../kit/bytes.ts";
import { sizeWords } from "../../kit/sizes.ts";
import { t } from "../../locales/i18n.ts";
import { Icon } from "../../shell/icon.tsx";
import { attempt, useView } from "../../shell/session.ts";
import "../../styles/media.css";
import { useBusy } from "../../shell/busy.ts";
import { holdsApps } from "./browser.ts";
import { packedIn } from "./packed.ts";
import { takePlace } from "./places.ts";
import { useWantsFrame } from "./warm.ts";
import "./programs.css";

const opening = () => import("./open.tsx");

export function ProgramCard({ chat, item, body }: Slots["programCard"]) {
  const { file, name, type } = body;
  const called = name.replace(/\.(?:ymp|xdc)$/i, "");
  const card = { author: item.from.account, id: item.id };
  const summary = useView("programState", chat, card)?.summary;
  const [isBusy, run] = useBusy();
  useWantsFrame(opening);
  const isHeld = holdsApps() || !/\.xdc$/i.test(name);
  const words = isHeld ? (summary ?? t("program.openIt")) : t("program.browser");
  const open = async () => {
    await attempt(async () => {
      const bytes = await packedIn(file, () => blobOf(file, type));
      const { openPackage } = await opening();
      const place = type === givenProgramType ? takePlace(card.author) : undefined;
      await openPackage(bytes, called, { chat, card }, place);
    });
  };
  return (
    <div class="card-file" data-testid="program-card">
      <button type="button" class="card-main" data-testid="program-open" onClick={() => void run(open)}>
        <span class="program-icon" aria-hidden="true">
          <Icon of={Blocks} />
        </span>
        <span class="card-words">
          <span class="card-name">{called}</span>
          <span class="card-note">{isBusy ? t("program.opening") : words}</span>
        </span>
      </button>
      <p class="card-foot num">{t("program.by", { name: sizeWords(file.bytes) })}</p>
    </div>
  );
}
