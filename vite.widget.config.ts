import { defineConfig, type Plugin } from "vite";

/** The widget connects by WebSocket or polling; Socket.IO's third transport would add almost a kilobyte. */
const withoutWebTransport: Plugin = {
  name: "without-webtransport",
  enforce: "pre",
  load: (id) => (/engine\.io-client.*webtransport\.js$/.test(id) ? "export class WT {}" : undefined),
};

/** The widget: one classic script that a shop's page loads with `async`, small enough not to be split. */
export default defineConfig({
  root: "web/widget",
  publicDir: false,
  plugins: [withoutWebTransport],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "../../dist/web",
    emptyOutDir: false,
    // Phones of 2020 are still in use.
    target: "es2020",
    cssTarget: ["chrome87", "safari14"],
    lib: { entry: "index.tsx", formats: ["iife"], name: "ParleyWidget", fileName: () => "widget.js" },
  },
});
