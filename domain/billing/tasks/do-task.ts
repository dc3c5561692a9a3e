import { sendMail } from "../../email/send-mail.ts";
import { mailSchema } from "../../email/mail.ts";
import type { FunctionServices } from "../../../platform/function-services.ts";
import { cancelSubscription } from "./cancel-subscription.ts";
import { chargeTopup } from "./charge-topup.ts";
import { finalizeInvoice } from "./finalize-invoice.ts";
import { reconcileStripe } from "../reconcile.ts";
import type { Task, TaskOutcome } from "./task.ts";

/** Does what a task says. @throws whatever may pass: the task is tried again */
export async function doTask(services: FunctionServices, task: Task): Promise<TaskOutcome> {
  switch (task.kind) {
    case "mail":
      return await deliver(services, task);
    case "auto_topup":
      return await chargeTopup(services, task);
    case "cancel_subscription":
      return await cancelSubscription(services, task);
    case "finalize_invoice":
      return await finalizeInvoice(services, task);
    case "reconcile":
      await reconcileStripe(services, { days: Number(task.data.days) || 3 });
      return { outcome: "done" };
  }
}

async function deliver({ config, log, mailer }: FunctionServices, task: Task): Promise<TaskOutcome> {
  if (!mailer) return { outcome: "deferred" };
  if (!task.email) return { outcome: "failed", error: "Nobody has this account any more." };
  const mail = mailSchema.safeParse({ kind: task.data.mail, data: task.data.data });
  if (!mail.success) return { outcome: "failed", error: mail.error.message };
  const sent = await sendMail({ config, log, mailer }, {
    ...mail.data,
    to: task.email,
    locale: task.locale ?? "en",
    id: task.key,
  });
  if (sent === "sent") return { outcome: "done" };
  return sent === "refused"
    ? { outcome: "failed", error: "The mail server refused it for good." }
    : { outcome: "later", error: "The mail server did not take it yet." };
}
