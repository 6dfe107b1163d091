import { readFileSync } from "node:fs";

export interface Tenant {
  id: string;
  slug: string;
  endpoint: string;
  api_key: string;
  admin: { email: string; password: string };
  project_id: string;
}

export interface Demo {
  base_url: string;
  admin_url: string;
  operator: { email: string; password: string; api_token: string };
  tenants: Tenant[];
  models: string[];
  engines: { kind: string; base_url: string; simulated: boolean }[];
}

/** What the running platform wrote of itself; `run.sh` says where. */
export function demo(): Demo {
  const file = process.env.DEMO_JSON;
  if (!file) throw new Error("DEMO_JSON names the demo.json of a running platform; e2e/run.sh starts one");
  return JSON.parse(readFileSync(file, "utf8"));
}
