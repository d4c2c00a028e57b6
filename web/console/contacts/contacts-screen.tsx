import { Button, TextInput } from "@mantine/core";
import { IconAddressBook, IconListCheck, IconSearch, IconShieldCheck } from "@tabler/icons-react";
import { keepPreviousData } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router-dom";
import { displayName } from "../../ui/format.ts";
import { listContacts, orderKeys } from "../orders/calls.ts";
import styles from "../orders/orders.module.css";
import { mayReview } from "../permissions.ts";
import { useSession } from "../session/use-session.ts";
import { Card, Screen } from "../settings/frame.tsx";
import { MoreButton } from "../shell/more-button.tsx";
import { Empty, Failed, Loading } from "../shell/states.tsx";
import { usePages, useRested } from "../shell/use-pages.ts";
import { useText } from "../texts.ts";

/** Everybody who ever wrote or ordered, newest first, or by the beginning of a name or address. */
export function ContactsScreen() {
  const { t, locale } = useText();
  const { user } = useSession();
  const [words, setWords] = useState("");
  const q = useRested(words.trim());
  const contacts = usePages(orderKeys.contactList(q), (cursor, signal) => listContacts(q, cursor, signal), {
    placeholderData: keepPreviousData,
  });
  return (
    <Screen
      wide
      title={t("orders.contacts.title")}
      lead={t("orders.contacts.lead")}
      action={
        mayReview(user.role) && (
          <Button component={Link} to="/contacts/review" variant="default" leftSection={<IconListCheck size={16} />}>
            {t("review.link")}
          </Button>
        )
      }
    >
      <div className={styles.toolbar}>
        <TextInput
          type="search"
          aria-label={t("orders.contacts.search")}
          placeholder={t("orders.contacts.search")}
          leftSection={<IconSearch size={16} aria-hidden="true" />}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
      </div>
      <Card>
        {contacts.items?.length === 0 ? (
          <Empty
            icon={<IconAddressBook size={28} stroke={1.5} />}
            title={t(q ? "orders.nothing" : "orders.contacts.none")}
            text={t(q ? "orders.nothingText" : "orders.contacts.noneText")}
          />
        ) : contacts.items ? (
          <>
            <div className={styles.tableBox}>
              <table className={styles.table}>
                <thead>
                  <tr>
                    <th scope="col">{t("contact.name")}</th>
                    <th scope="col">{t("contact.email")}</th>
                    <th scope="col" className={styles.wide}>
                      {t("contact.language")}
                    </th>
                    <th scope="col" className={styles.wide}>
                      {t("contact.country")}
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {contacts.items.map((contact) => (
                    <tr key={contact.id}>
                      <td>
                        <span className={styles.tags}>
                          <Link to={`/contacts/${contact.id}`}>
                            <bdi>{contact.name || t("contact.unnamed")}</bdi>
                          </Link>
                          {contact.verified && (
                            <IconShieldCheck size={15} role="img" aria-label={t("contact.verified")} />
                          )}
                        </span>
                      </td>
                      <td>
                        <bdi>{contact.email}</bdi>
                      </td>
                      <td className={styles.wide}>
                        {contact.locale && displayName("language", contact.locale, locale)}
                      </td>
                      <td className={styles.wide}>
                        {contact.country && displayName("region", contact.country, locale)}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
            <MoreButton query={contacts} />
          </>
        ) : contacts.error ? (
          <Failed error={contacts.error} retry={() => void contacts.refetch()} />
        ) : (
          <Loading />
        )}
      </Card>
    </Screen>
  );
}
