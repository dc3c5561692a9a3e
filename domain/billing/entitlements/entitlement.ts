/** What plans include, counted and limited by `private.take_entitlement`. */
export type Entitlement = "generations" | "datasets" | "trainings" | "predictions" | "concurrency" | "rate";
