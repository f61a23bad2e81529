/** The top of a page of Moments: the cover picture, the person's avatar and name, and their line of text. */
import type { MomentsPageView } from "@yanshu/client";
import { t } from "../../locales/i18n.ts";
import { Avatar } from "../../shell/avatar.tsx";
import { PersonLink } from "./person-link.tsx";
import { Picture } from "./pictures.tsx";
import { tongueOf } from "./words-of.tsx";

export function Cover({ page }: { readonly page: MomentsPageView | undefined }) {
  const person = page?.person;
  return (
    <article class="mo-top" aria-label={person?.name ?? t("moments.title")}>
      <div class="mo-cover" data-testid="moments-cover" data-has={page?.cover !== undefined}>
        {page?.cover === undefined ? <Hills /> : <Picture picture={page.cover} />}
      </div>
      {person !== undefined && (
        <div class="mo-whose">
          <b class="brush" lang={tongueOf(person.name)}>
            {person.name}
          </b>
          <PersonLink person={person} class="mo-whose-face">
            <Avatar face={person.face} size="lg" />
          </PersonLink>
        </div>
      )}
      {page !== undefined && page.signature !== "" && (
        <p class="mo-signature" lang={tongueOf(page.signature)} data-testid="moments-signature">
          <span class="sr">{t("moments.signature")}: </span>
          {page.signature}
        </p>
      )}
    </article>
  );
}

/** The default cover: hills over water, in ink. */
function Hills() {
  return (
    <svg class="mo-hills" viewBox="0 0 390 256" preserveAspectRatio="xMidYMid slice" aria-hidden="true">
      <rect class="sky" width="390" height="256" />
      <circle class="sun" cx="292" cy="78" r="22" />
      <path class="far" d="M0 150c46-34 78-46 118-18s66-40 118-32 84 30 154 8v148H0z" />
      <path class="near" d="M0 186c60-36 96-8 150-14s92-52 150-28 62 22 90 10v102H0z" />
      <path class="water" d="M0 206h390v50H0z" />
      <path class="bird" d="M96 70c8-8 14-8 20 0 6-8 12-8 20 0M146 92c6-6 10-6 14 0 4-6 8-6 14 0" />
    </svg>
  );
}
