/** The rates behind the ids on tax lines: for whoever wants to print the percentage. */
import { noSuch } from "../api/errors.ts";
import { expand } from "../api/expand.ts";
import { object } from "../api/params.ts";
import { endpoint } from "../api/resource.ts";
import { demoRates, noRate } from "../tax.ts";

export const taxRates = [
  endpoint("GET", "/v1/tax_rates/:id", object({ expand }), ({ id }) => {
    const rate = [...demoRates, noRate].find((rate) => rate.id === id);
    if (!rate) throw noSuch("tax rate", id, "tax_rate");
    return {
      id,
      object: "tax_rate",
      active: true,
      country: rate.country,
      created: 0,
      description: null,
      display_name: rate.name,
      effective_percentage: rate.percentage,
      flat_amount: null,
      inclusive: false,
      jurisdiction: rate.country,
      jurisdiction_level: "country",
      livemode: false,
      metadata: {},
      percentage: rate.percentage,
      rate_type: "percentage",
      state: null,
      tax_type: "vat",
    };
  }),
];
