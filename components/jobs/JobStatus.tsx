import type { JobStatus as Status } from "../../domain/jobs/types.ts";
import { type Locale, messages } from "../../locales/mod.ts";
import { Badge, type Tone } from "../ui/Badge.tsx";
import { Icon, type IconName } from "../ui/Icon.tsx";

const LOOK: Record<Status, { tone: Tone; icon: IconName }> = {
  queued: { tone: "neutral", icon: "queue" },
  running: { tone: "info", icon: "clock" },
  succeeded: { tone: "success", icon: "check" },
  failed: { tone: "danger", icon: "error" },
  canceled: { tone: "neutral", icon: "close" },
};

/** Word, sign and colour, so that none of them is needed. */
export function JobStatus({ status, locale }: { status: Status; locale: Locale }) {
  const { tone, icon } = LOOK[status];
  return (
    <Badge tone={tone}>
      <Icon name={icon} size={16} />
      {messages(locale).app.job.status[status]}
    </Badge>
  );
}
