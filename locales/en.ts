import { admin } from "./en/admin.ts";
import { app } from "./en/app.ts";
import { auth } from "./en/auth.ts";
import { checkpoints } from "./en/checkpoints.ts";
import { common } from "./en/common.ts";
import { docs } from "./en/docs.ts";
import { email } from "./en/email.ts";
import { errors } from "./en/errors.ts";
import { invoices } from "./en/invoices.ts";
import { marketing } from "./en/marketing.ts";
import { plans } from "./en/plans.ts";
import { statement } from "./en/statement.ts";
import { verify } from "./en/verify.ts";

export const en = {
  ...common,
  admin,
  app,
  auth,
  checkpoints,
  docs,
  email,
  errors,
  invoices,
  marketing,
  plans,
  statement,
  verify,
};
