import { Route, Routes } from "react-router-dom";
import styles from "../orders/orders.module.css";
import { NotFound } from "../shell/not-found.tsx";
import { ContactScreen } from "./contact-screen.tsx";
import { ContactsScreen } from "./contacts-screen.tsx";

/** Contacts: the list, and one buyer with all that belongs to them. */
export default function ContactsPage() {
  return (
    <div className={styles.page}>
      <Routes>
        <Route index element={<ContactsScreen />} />
        <Route path=":contactId" element={<ContactScreen />} />
        <Route path="*" element={<NotFound />} />
      </Routes>
    </div>
  );
}
