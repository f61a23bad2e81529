/** One's name to be found by, on the page of privacy. */
import type { InMe } from "../../feature.ts";
import { useStatus } from "../../shell/session.ts";
import { UsernameRows } from "./handle.tsx";

function OwnUsername() {
  const me = useStatus()?.me;
  return me === undefined ? null : <UsernameRows {...me.handle} />;
}

export const inMe: InMe = { settings: [{ group: "reach", order: 10, row: OwnUsername }] };
