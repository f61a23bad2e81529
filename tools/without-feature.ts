/** A package's list of features without one of them: neither its import, nor its line, nor what it exports. */
export function withoutFeature(list: string, name: string): string {
  const from = String.raw`"\./${name}(?:/index)?\.ts"`;
  const imported = new RegExp(`^import \\{ (\\w+) \\} from ${from};\\n`, "m").exec(list);
  const rest = list.replace(new RegExp(`^(?:import|export) [^;]*? from ${from};\\n`, "gm"), "");
  return imported === null ? rest : rest.replace(new RegExp(`^  ${imported[1]},\\n`, "m"), "");
}
