/** The screens of keeping and letting go, one part of the app to whoever only asks for it: the larger ones load when they are opened. */
import { Lazy, lazily } from "../../shell/lazy.ts";
import type { KeepingPage } from "../../shell/routes.ts";
import { DeleteAccount } from "./delete-account.tsx";
import { Leaving } from "./leaving.tsx";

const storage = lazily(() => import("./storage.tsx").then((m) => m.Storage));
const home = lazily(() => import("./home-keeps.tsx").then((m) => m.HomeKeeps));
const carry = lazily(() => import("./carry.tsx").then((m) => m.Carry));

export function Keeping({ page }: { page: KeepingPage | "leaving" | "forget" }) {
  switch (page) {
    case "storage":
      return <Lazy of={storage} />;
    case "carry":
      return <Lazy of={carry} />;
    case "home":
      return <Lazy of={home} />;
    case "delete":
      return <DeleteAccount />;
    case "leaving":
      return <Leaving />;
    case "forget":
      return <Leaving isOver />;
    default:
      return page satisfies never;
  }
}
