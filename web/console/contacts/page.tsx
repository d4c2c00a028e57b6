import { Route, Routes } from "react-router-dom";
import styles from "../orders/orders.module.css";
import { mayReview } from "../permissions.ts";
import { useSession } from "../session/use-session.ts";
import { NotFound } from "../shell/not-found.tsx";
import { ContactScreen } from "./contact-screen.tsx";
import { ContactsScreen } from "./contacts-screen.tsx";
import { ReviewScreen } from "./review-screen.tsx";

/** Contacts: the list, and one buyer with all that belongs to them. */
export default function ContactsPage() {
  const { user } = useSession();
  return (
    <div className={styles.page}>
      <Routes>
        <Route index element={<ContactsScreen />} />
        {mayReview(user.role) && <Route path="review" element={<ReviewScreen />} />}
        <Route path=":contactId" element={<ContactScreen />} />
        <Route path="*" element={<NotFound />} />
      </Routes>
    </div>
  );
}
