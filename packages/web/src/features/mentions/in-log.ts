/** Naming people while one writes. */
import type { InLog } from "../../feature.ts";
import { useMentions } from "./use-mentions.tsx";
import "./mentions.css";

export const inLog: InLog = { useWriting: useMentions };
