import type { Platform } from "../contract/integration.ts";
import { aftership } from "./aftership/index.ts";
import { ebay } from "./ebay/index.ts";
import { generic } from "./generic/index.ts";
import type { Integration } from "./integration.ts";
import { shopify } from "./shopify/index.ts";
import { woocommerce } from "./woocommerce/index.ts";

/** The platforms that the hub can be connected to. A new one is a folder here and a line below. */
const INTEGRATIONS = new Map<Platform, Integration>(
  [shopify, woocommerce, aftership, ebay, generic].map((one) => [one.info.platform, one as Integration]),
);

/** @throws Error for a platform that is not registered */
export function integrationOf(platform: Platform): Integration {
  const found = INTEGRATIONS.get(platform);
  if (!found) throw new Error(`unknown platform ${platform}: register it in integrations/index.ts`);
  return found;
}

export function allIntegrations(): Integration[] {
  return [...INTEGRATIONS.values()];
}
