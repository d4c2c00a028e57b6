import { defineConfig } from "vite";

/** The start page, the demo shop and the demo mailbox. The hub serves them at `/`, `/demo` and `/mailbox`, their files under `/pages/`. */
export default defineConfig({
  root: "web/pages",
  base: "/pages/",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "../../dist/web/pages",
    emptyOutDir: true,
    target: "es2022",
    // The hub's policy allows no data: scripts and the pages hardly any data: pictures.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { index: "web/pages/index.html", demo: "web/pages/demo.html", mailbox: "web/pages/mailbox.html" },
    },
  },
});
