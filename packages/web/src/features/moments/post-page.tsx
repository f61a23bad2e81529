/** The page of one post, with all comments. */

import { useState } from "preact/hooks";
import { t } from "../../locales/i18n.ts";
import { TopBar } from "../../shell/bar.tsx";
import { Nothing } from "../../shell/nothing.tsx";
import { useNothing, useView } from "../../shell/session.ts";
import { type Answering, Post } from "./post.tsx";
import { SayBar } from "./say-bar.tsx";
import { useMomentsShown } from "./shown.ts";
import "./moments.css";

export function PostPage({ id }: { readonly id: string }) {
  const post = useView("moment", id);
  const isGone = useNothing("moment", id);
  const [answering, setAnswering] = useState<Answering | undefined>(undefined);
  useMomentsShown();
  return (
    <section class="screen surface mo-screen" data-testid="moment-page">
      <TopBar title={t("moments.title")} />
      <div class="scroll surface">
        {post !== undefined && <Post post={post} onSay={setAnswering} isWhole />}
        {isGone && <Nothing title={t("moments.gone")} />}
      </div>
      {post !== undefined && answering !== undefined && (
        <SayBar answering={{ ...answering, post }} onDone={() => setAnswering(undefined)} />
      )}
    </section>
  );
}
