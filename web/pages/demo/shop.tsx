/** @jsxImportSource preact */
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { browserStore, readJson, writeJson } from "../../ui/storage.ts";
import { type Demo, readDemo } from "../hub.ts";
import type { PageTexts } from "../texts.ts";
import { type Cart, itemCount, loadCart, total, withCount } from "./cart.ts";
import { Picture } from "./pictures.tsx";
import { PRICES, PRODUCTS, type Product } from "./products.ts";

type Customer = NonNullable<Demo["customer"]>;

/** A small shop as a customer of Parley would have it; the chat comes from the script tag in demo.html alone. */
export function Shop({ t, locale }: PageTexts) {
  const [cart, setCart] = useState(loadCart);
  const [said, setSaid] = useState("");
  const dialog = useRef<HTMLDialogElement>(null);
  const money = new Intl.NumberFormat(locale, { style: "currency", currency: "USD" });
  const set = (product: Product, count: number) => setCart(withCount(cart, product, count));
  const add = (product: Product) => {
    set(product, (cart[product] ?? 0) + 1);
    setSaid(t("demo.added", { name: t(`demo.product.${product}.name`) }));
  };
  return (
    <>
      <p class="banner">
        {t("demo.banner")} <a href="/">{t("demo.back")}</a>
      </p>
      <header class="shop-header">
        <div>
          <h1>{t("demo.name")}</h1>
          <p>{t("demo.tagline")}</p>
        </div>
        <div class="shop-actions">
          <Login t={t} />
          <button type="button" class="quiet" onClick={() => dialog.current?.showModal()}>
            {t("demo.cartCount", { count: itemCount(cart) })}
          </button>
        </div>
      </header>
      <main class="shop">
        <h2>{t("demo.products")}</h2>
        <ul class="products">
          {PRODUCTS.map((product) => (
            <li key={product}>
              <Picture product={product} />
              <div class="product-text">
                <h3>{t(`demo.product.${product}.name`)}</h3>
                <p>{t(`demo.product.${product}.text`)}</p>
              </div>
              <div class="buy">
                <strong>{money.format(PRICES[product])}</strong>
                <button
                  type="button"
                  aria-label={`${t("demo.add")}: ${t(`demo.product.${product}.name`)}`}
                  onClick={() => add(product)}
                >
                  {t("demo.add")}
                </button>
              </div>
            </li>
          ))}
        </ul>
        <p class="shipping">{t("demo.shipping")}</p>
        <p class="unseen" role="status">
          {said}
        </p>
      </main>
      <dialog ref={dialog} class="cart" aria-label={t("demo.cart")}>
        <CartView t={t} cart={cart} set={set} money={money} />
        <p class="cart-actions">
          <button
            type="button"
            onClick={() => {
              dialog.current?.close();
              window.Parley?.open();
            }}
          >
            {t("demo.checkout")}
          </button>
          <button type="button" class="quiet" onClick={() => dialog.current?.close()}>
            {t("demo.close")}
          </button>
        </p>
      </dialog>
    </>
  );
}

interface CartProps extends Pick<PageTexts, "t"> {
  cart: Cart;
  set: (product: Product, count: number) => void;
  money: Intl.NumberFormat;
}

function CartView({ t, cart, set, money }: CartProps) {
  const chosen = PRODUCTS.filter((product) => cart[product]);
  return (
    <>
      <h2>{t("demo.cart")}</h2>
      {chosen.length === 0 && <p>{t("demo.empty")}</p>}
      <ul>
        {chosen.map((product) => {
          const name = t(`demo.product.${product}.name`);
          return (
            <li key={product}>
              <span>{name}</span>
              <input
                type="number"
                min={1}
                max={99}
                value={cart[product]}
                aria-label={t("demo.quantity", { name })}
                onChange={(event) => set(product, Math.max(1, event.currentTarget.valueAsNumber || 1))}
              />
              <button
                type="button"
                class="quiet"
                aria-label={t("demo.remove", { name })}
                onClick={() => set(product, 0)}
              >
                ×
              </button>
            </li>
          );
        })}
      </ul>
      <p class="total">
        <span>{t("demo.total")}</span>
        <strong>{money.format(total(cart))}</strong>
      </p>
    </>
  );
}

const CUSTOMER = "parley.demo.customer";

/** A real shop renders the signed identity into its page once the customer is logged in; this page asks the hub for one. */
function Login({ t }: Pick<PageTexts, "t">) {
  const store = useRef(browserStore("tab"));
  const [customer, setCustomer] = useState<Customer | undefined>(() => readJson(store.current, CUSTOMER));
  const [failed, setFailed] = useState(false);
  const renewed = useRef(false);

  const login = useCallback(async () => {
    const found = (await readDemo()).customer;
    setFailed(!found);
    writeJson(store.current, CUSTOMER, found);
    setCustomer(found);
  }, []);

  useEffect(() => {
    if (!customer) return;
    const tell = () => window.Parley?.identify(customer);
    tell();
    // The widget loads when it likes.
    window.addEventListener("parley:ready", tell);
    // The identity of a page that was left open has run out. Once: what is refused again is not a matter of time.
    const renew = () => {
      if (!renewed.current) void login();
      renewed.current = true;
    };
    window.addEventListener("parley:identity", renew);
    return () => {
      window.removeEventListener("parley:ready", tell);
      window.removeEventListener("parley:identity", renew);
    };
  }, [customer, login]);

  const logout = () => {
    window.Parley?.logout();
    writeJson(store.current, CUSTOMER, undefined);
    setCustomer(undefined);
  };
  return (
    <>
      <span role="status">
        {customer ? t("demo.hello", { name: customer.name }) : failed ? t("demo.loginFailed") : ""}
      </span>
      {customer?.messages && <a href={customer.messages}>{t("demo.myMessages")}</a>}
      <button type="button" class="quiet" onClick={customer ? logout : login}>
        {t(customer ? "demo.logout" : "demo.login")}
      </button>
    </>
  );
}
