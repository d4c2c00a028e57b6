import { defineConfig } from "vite";

/** The widget: one classic script that a shop's page loads with `async`, small enough not to be split. */
export default defineConfig({
  root: "web/widget",
  publicDir: false,
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
