import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** Where `vite` (the development server) finds the running hub. */
const HUB = process.env.PUBLIC_URL ?? "http://127.0.0.1:3000";

export default defineConfig({
  root: "web/console",
  base: "/console/",
  plugins: [react()],
  // The hub puts each response's own nonce in its place (Content-Security-Policy of style elements).
  html: { cspNonce: "__CSP_NONCE__" },
  build: {
    outDir: "../../dist/web/console",
    emptyOutDir: true,
    target: "es2022",
    // The console's pieces are fetched on a desk's connection; one larger shared piece beats many small ones.
    chunkSizeWarningLimit: 900,
  },
  server: {
    proxy: {
      "/api": HUB,
      "/socket.io": { target: HUB, ws: true },
    },
  },
});
