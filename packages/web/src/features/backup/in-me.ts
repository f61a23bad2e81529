/** What is kept for new devices, among the devices. */
export { Vault } from "./vault.tsx";
