import { invalid } from "../api/errors.ts";
import { expand, expanded } from "../api/expand.ts";
import { created, page, pageParams } from "../api/lists.ts";
import { boolean, emptyable, list, metadata, metadataChange, object, required, string, url } from "../api/params.ts";
import { endpoint, found } from "../api/resource.ts";
import { newProduct } from "../catalogue.ts";
import { changes } from "../changes.ts";

const customId = string({ max: 500, pattern: /^[A-Za-z0-9_-]+$/ });
const taxCode = string({ pattern: /^txcd_\d{8}$/ });

const createParams = object({
  active: boolean,
  description: string({ max: 40_000 }),
  expand,
  id: customId,
  images: list(url, { max: 8 }),
  metadata,
  name: required(string({ max: 5_000 })),
  tax_code: taxCode,
  unit_label: string({ max: 12 }),
  url,
}, [
  "default_price_data",
  "marketing_features",
  "package_dimensions",
  "shippable",
  "statement_descriptor",
  "tax_details",
  "type",
]);

const updateParams = object({
  active: boolean,
  default_price: string(),
  description: emptyable(string({ max: 40_000 })),
  expand,
  images: list(url, { max: 8 }),
  metadata: metadataChange,
  name: string({ max: 5_000 }),
  tax_code: emptyable(taxCode),
  unit_label: emptyable(string({ max: 12 })),
  url: emptyable(url),
}, ["marketing_features", "package_dimensions", "shippable", "statement_descriptor", "tax_details"]);

export const products = [
  endpoint("POST", "/v1/products", createParams, ({ account, cause }, params) => {
    if (params.id && account.products.get(params.id)) {
      throw invalid(`Product already exists: ${params.id}`, "id", "resource_already_exists");
    }
    const { expand, ...fields } = params;
    const product = newProduct(account, fields);
    account.products.put(product.id, product);
    account.emit("product.created", product, cause);
    return expanded(account, product, expand);
  }),

  endpoint("GET", "/v1/products/:id", object({ expand }), ({ account, id }, params) => {
    return expanded(account, found(account.products, id, "product"), params.expand);
  }),

  endpoint("POST", "/v1/products/:id", updateParams, ({ account, id, cause }, { expand, metadata, ...given }) => {
    const product = found(account.products, id, "product");
    const changed = { ...product, ...given, metadata: metadata ? metadata(product.metadata) : product.metadata };
    if (changes(product, changed)) changed.updated = account.now();
    return expanded(account, account.update("product.updated", account.products, changed, cause), expand);
  }),

  endpoint(
    "GET",
    "/v1/products",
    object({ ...pageParams, active: boolean, created, expand, ids: list(string()) }, ["shippable", "type", "url"]),
    ({ account }, params) => {
      const listed = page(account.products, params, {
        url: "/v1/products",
        noun: "product",
        where: ({ id, active, created }) =>
          (params.active === undefined || active === params.active) &&
          (!params.ids || params.ids.includes(id)) &&
          (!params.created || params.created(created)),
      });
      return expanded(account, listed, params.expand);
    },
  ),
];
