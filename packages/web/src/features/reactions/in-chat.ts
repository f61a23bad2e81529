/** What reactions add to the menu of a message: the faces on top of it. */
import type { InChat } from "../../feature.ts";
import { MenuFaces } from "./menu-faces.tsx";

export const inChat: InChat = { menuTop: MenuFaces };
