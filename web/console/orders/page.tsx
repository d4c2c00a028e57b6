import { Route, Routes } from "react-router-dom";
import { mayImportOrders } from "../permissions.ts";
import { useSession } from "../session/use-session.ts";
import { NotFound } from "../shell/not-found.tsx";
import { ImportScreen } from "./import-screen.tsx";
import { ImportsScreen } from "./imports-screen.tsx";
import { OrderScreen } from "./order-screen.tsx";
import styles from "./orders.module.css";
import { OrdersScreen } from "./orders-screen.tsx";

/** Orders: the list, one order, and bringing in those of another system. */
export default function OrdersPage() {
  const { user } = useSession();
  return (
    <div className={styles.page}>
      <Routes>
        <Route index element={<OrdersScreen />} />
        {mayImportOrders(user.role) && <Route path="imports" element={<ImportsScreen />} />}
        {mayImportOrders(user.role) && <Route path="imports/:importId" element={<ImportScreen />} />}
        <Route path=":orderId" element={<OrderScreen />} />
        <Route path="*" element={<NotFound />} />
      </Routes>
    </div>
  );
}
