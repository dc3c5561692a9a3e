import type { Messages } from "./mod.ts";
import { admin } from "./pl/admin.ts";
import { app } from "./pl/app.ts";
import { auth } from "./pl/auth.ts";
import { checkpoints } from "./pl/checkpoints.ts";
import { common } from "./pl/common.ts";
import { docs } from "./pl/docs.ts";
import { email } from "./pl/email.ts";
import { errors } from "./pl/errors.ts";
import { invoices } from "./pl/invoices.ts";
import { marketing } from "./pl/marketing.ts";
import { plans } from "./pl/plans.ts";
import { statement } from "./pl/statement.ts";
import { verify } from "./pl/verify.ts";

export const pl: Messages = {
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
