/**
 * Config: what the operator may choose (docs/spec/delivery.md DS24), the core's and each feature's, with the defaults.
 */
import { features } from "../features/index.ts";
import { type CoreConfig, coreDefaults } from "./core-config.ts";

type All<U> = (U extends unknown ? (one: U) => void : never) extends (all: infer I) => void ? I : never;
type FeatureLimits = All<(typeof features)[number]["limits"]>;

export type ServerConfig = CoreConfig & Readonly<FeatureLimits>;

export const defaultConfig: ServerConfig = Object.assign({}, coreDefaults, ...features.map(({ limits }) => limits));
