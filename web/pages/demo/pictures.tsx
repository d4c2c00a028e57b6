/** @jsxImportSource preact */
import type { ComponentChildren } from "preact";
import type { Product } from "./products.ts";

/** Drawn, not photographed: nothing to license, nothing to load. */
const DRAWINGS: Record<Product, ComponentChildren> = {
  tea: (
    <>
      <rect width="320" height="220" fill="#e7ded1" />
      <ellipse cx="160" cy="188" rx="128" ry="10" fill="#d3c6b3" />
      <path d="M104 96h92q10 58-22 86h-48q-32-28-22-86z" fill="#4f7c78" />
      <path d="M104 96h92l2 16H102z" fill="#3f6663" />
      <path d="M196 112q38 2 34-30l12-6q8 54-46 64z" fill="#4f7c78" />
      <path d="M104 108q-36-4-34 28t44 34l-4-12q-26-4-26-22t20-14z" fill="#3f6663" />
      <path d="M116 96q34-22 68 0z" fill="#5d8f8a" />
      <circle cx="150" cy="80" r="8" fill="#3f6663" />
      <path d="M226 148h52q0 36-16 38h-20q-16-2-16-38z" fill="#c9785a" />
      <path d="M226 148h52v8h-52z" fill="#a95f45" />
      <path d="M40 156h44q0 28-14 30H54q-14-2-14-30z" fill="#c9785a" />
      <path d="M40 156h44v7H40z" fill="#a95f45" />
    </>
  ),
  lamp: (
    <>
      <rect width="320" height="220" fill="#2f3a4a" />
      <path d="M196 84l-92 112h184z" fill="#f6d98b" opacity="0.28" />
      <rect y="194" width="320" height="26" fill="#7a5238" />
      <ellipse cx="108" cy="194" rx="44" ry="9" fill="#4f3422" />
      <path d="M104 190L92 96l92-50" fill="none" stroke="#9a6a45" stroke-width="9" stroke-linecap="round" />
      <circle cx="92" cy="96" r="9" fill="#4f3422" />
      <path d="M166 50l34-22 34 56-68 4z" fill="#d9b26a" />
      <path d="M166 88l68-4q-8 16-34 16t-34-12z" fill="#fbeec4" />
      <rect x="214" y="172" width="64" height="10" fill="#b4694c" />
      <rect x="220" y="182" width="58" height="12" fill="#5d8f8a" />
    </>
  ),
  bag: (
    <>
      <rect width="320" height="220" fill="#dbe3dc" />
      <ellipse cx="160" cy="202" rx="84" ry="9" fill="#bccabf" />
      <path d="M136 40q24-30 48 0" fill="none" stroke="#5b4a3a" stroke-width="8" />
      <path d="M98 84q2-50 62-50t62 50v104q0 14-14 14h-96q-14 0-14-14z" fill="#a9937a" />
      <path d="M98 98q62 26 124 0V84q-2-50-62-50T98 84z" fill="#8f7a62" />
      <rect x="120" y="132" width="80" height="54" rx="8" fill="#bba78f" />
      <path d="M120 150h80" stroke="#5b4a3a" stroke-width="4" />
      <rect x="152" y="100" width="16" height="26" rx="3" fill="#5b4a3a" />
      <path d="M98 120q-16 10-12 60l12 4zM222 120q16 10 12 60l-12 4z" fill="#8f7a62" />
    </>
  ),
  earbuds: (
    <>
      <rect width="320" height="220" fill="#ded9ea" />
      <ellipse cx="160" cy="196" rx="104" ry="10" fill="#c5bdd8" />
      <rect x="88" y="116" width="144" height="76" rx="34" fill="#fff" />
      <path d="M88 138q0-62 72-62t72 62z" fill="#efeaf7" />
      <path d="M92 134h136" stroke="#c5bdd8" stroke-width="4" />
      <circle cx="160" cy="164" r="5" fill="#5b8f6a" />
      <g fill="#fff" stroke="#c5bdd8" stroke-width="3">
        <path d="M116 36q24-6 26 20l-4 44q-10 6-14-2l-2-36q-22 0-6-26z" />
        <path d="M204 36q-24-6-26 20l4 44q10 6 14-2l2-36q22 0 6-26z" />
      </g>
      <circle cx="120" cy="48" r="5" fill="#6d6580" />
      <circle cx="200" cy="48" r="5" fill="#6d6580" />
    </>
  ),
};

/** The name beside it says what it shows. */
export function Picture({ product }: { product: Product }) {
  return (
    <svg class="product-picture" viewBox="0 0 320 220" aria-hidden="true">
      {DRAWINGS[product]}
    </svg>
  );
}
