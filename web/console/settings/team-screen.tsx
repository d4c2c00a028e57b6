import { Avatar, Button, Group, Modal, Select, Stack, Switch, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { type Role, roleSchema, type User } from "../../../contract/settings.ts";
import { Tag } from "../../ui/tag.tsx";
import { createUser, listUsers, updateUser } from "../api/calls.ts";
import { keys } from "../api/keys.ts";
import { useSession } from "../session/use-session.ts";
import { Failed, Loading } from "../shell/states.tsx";
import { useText } from "../texts.ts";
import { Card, Confirm, Screen, ShownOnce } from "./frame.tsx";
import styles from "./page.module.css";
import { useSave } from "./use-save.ts";

export function TeamScreen() {
  const { t } = useText();
  const users = useQuery({ queryKey: keys.users, queryFn: listUsers });
  const [adding, setAdding] = useState(false);
  return (
    <Screen
      title={t("settings.team.title")}
      lead={t("settings.team.lead")}
      action={
        <Button leftSection={<IconPlus size={16} />} onClick={() => setAdding(true)}>
          {t("settings.team.add")}
        </Button>
      }
    >
      {users.data ? (
        <Card>
          <ul className={styles.rows}>
            {users.data.map((user) => (
              <Member key={user.id} user={user} />
            ))}
          </ul>
        </Card>
      ) : users.error ? (
        <Failed error={users.error} retry={() => void users.refetch()} />
      ) : (
        <Loading />
      )}
      <AddMember opened={adding} onClose={() => setAdding(false)} />
    </Screen>
  );
}

function useRoles() {
  const { t } = useText();
  return roleSchema.options.map((role) => ({ value: role, label: t(`roles.${role}`) }));
}

function Member({ user }: { user: User }) {
  const { t } = useText();
  const client = useQueryClient();
  const { user: me } = useSession();
  const roles = useRoles();
  const [disabling, setDisabling] = useState(false);
  const save = useSave({
    save: (change: { role?: Role; disabled?: boolean }) => updateUser(user.id, change),
    onSaved: () => {
      setDisabling(false);
      return client.invalidateQueries({ queryKey: keys.users });
    },
  });
  const own = user.id === me.id;
  return (
    <li className={styles.rowItem}>
      <Avatar name={user.name} color={user.disabled ? "gray" : "indigo"} radius="xl" size={34} aria-hidden="true" />
      <div className={styles.rowText}>
        <strong>
          <bdi>{user.name}</bdi> {own && <Tag tone="accent">{t("list.you")}</Tag>}
          {user.disabled && <Tag>{t("settings.team.disabled")}</Tag>}
        </strong>
        <small>{user.email}</small>
      </div>
      <Select
        aria-label={t("settings.team.roleOf", { name: user.name })}
        data={roles}
        value={user.role}
        allowDeselect={false}
        w={150}
        disabled={own || save.isPending}
        onChange={(role) => role && save.mutate({ role: roleSchema.parse(role) })}
      />
      <Switch
        label={t("settings.team.active")}
        checked={!user.disabled}
        disabled={own || save.isPending}
        onChange={(event) => {
          if (event.currentTarget.checked) save.mutate({ disabled: false });
          else setDisabling(true);
        }}
      />
      <Confirm
        opened={disabling}
        title={t("settings.team.disableTitle", { name: user.name })}
        text={t("settings.team.disableText")}
        confirm={t("settings.team.disable")}
        busy={save.isPending}
        onConfirm={() => save.mutate({ disabled: true })}
        onClose={() => setDisabling(false)}
      />
    </li>
  );
}

function AddMember({ opened, onClose }: { opened: boolean; onClose(): void }) {
  const { t } = useText();
  const client = useQueryClient();
  const roles = useRoles();
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("agent");
  const add = useSave({
    save: () => createUser({ name: name.trim(), email: email.trim(), role }),
    onSaved: () => client.invalidateQueries({ queryKey: keys.users }),
    said: false,
  });
  const close = () => {
    onClose();
    setName("");
    setEmail("");
    setRole("agent");
    add.reset();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate();
  };
  const made = add.data;
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={made ? t("settings.team.addedTitle", { name: made.name }) : t("settings.team.add")}
      // A one-time password that is shown once must not vanish with a click beside the dialog.
      closeOnClickOutside={!made}
    >
      {made ? (
        <ShownOnce
          text={t("settings.team.addedText", { email: made.email })}
          secret={made.password}
          label={t("settings.team.oneTimePassword")}
          onDone={close}
        />
      ) : (
        <form onSubmit={submit}>
          <Stack>
            <TextInput
              label={t("settings.team.name")}
              required
              maxLength={100}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              data-autofocus
            />
            <TextInput
              label={t("login.email")}
              type="email"
              required
              value={email}
              onChange={(event) => setEmail(event.currentTarget.value)}
            />
            <Select
              label={t("settings.team.role")}
              description={t(`settings.team.roleHint.${role}`)}
              data={roles}
              value={role}
              allowDeselect={false}
              onChange={(value) => value && setRole(roleSchema.parse(value))}
            />
            <Group justify="flex-end">
              <Button type="submit" loading={add.isPending}>
                {t("settings.team.add")}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  );
}
