/** Which tool, batch, theme or file of an enterprise the address names, so that a link opens it. */
import { TOOLS, type Tool } from "./planner";

export interface Route {
  tool: Tool | null;
  import: string | null;
  theme: string | null;
  enterprise: string | null;
  park: string | null;
}

const IDS = ["import", "theme", "enterprise", "park"] as const;
const ID = /^[0-9a-f-]{36}$/i;

export function readRoute(search: string): Route {
  const query = new URLSearchParams(search);
  const id = (name: string): string | null => {
    const value = query.get(name);
    return value && ID.test(value) ? value : null;
  };
  const tool = TOOLS.find((name) => name === query.get("tool")) ?? null;
  return {
    tool: tool ?? (id("import") ? "import" : null),
    import: id("import"),
    theme: id("theme"),
    enterprise: id("enterprise"),
    park: id("park"),
  };
}

/** Write a route into an address; what else stands there is kept. */
export function writeRoute(search: string, route: Route): string {
  const query = new URLSearchParams(search);
  for (const name of ["tool", ...IDS]) query.delete(name);
  if (route.tool && route.tool !== "layers") query.set("tool", route.tool);
  for (const name of IDS) {
    const value = route[name];
    if (value) query.set(name, value);
  }
  return `?${query.toString().replaceAll("%2C", ",")}`;
}
