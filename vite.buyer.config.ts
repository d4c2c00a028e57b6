import { defineConfig } from "vite";

/** The message centre, for buyers. The hub serves it at `/messages`, its files under `/buyer/`. */
export default defineConfig({
  root: "web/buyer",
  base: "/buyer/",
  publicDir: false,
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "../../dist/web/buyer",
    emptyOutDir: true,
    // Phones of 2020 are still in use.
    target: "es2020",
    cssTarget: ["chrome87", "safari14"],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
