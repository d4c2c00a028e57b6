import { IconBolt, IconClock, IconFilter, IconListCheck, IconShieldHalf } from "@tabler/icons-react";
import type { ReactNode } from "react";
import styles from "./automations.module.css";

const ICONS = { when: IconBolt, wait: IconClock, if: IconFilter, do: IconListCheck, limits: IconShieldHalf };

interface StepProps {
  kind: keyof typeof ICONS;
  title: string;
  lead?: string;
  children: ReactNode;
}

/** One station of a rule's vertical flow. */
export function Step({ kind, title, lead, children }: StepProps) {
  const Icon = ICONS[kind];
  return (
    <section className={styles.step} data-kind={kind} aria-label={title}>
      <span className={styles.stepIcon} aria-hidden="true">
        <Icon size={18} stroke={1.7} />
      </span>
      <div className={styles.stepBody}>
        <h2>{title}</h2>
        {lead && <p className={styles.stepLead}>{lead}</p>}
        {children}
      </div>
    </section>
  );
}
