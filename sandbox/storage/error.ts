/**
 * A refusal in Storage's own shape. Its HTTP status is 400 for everything the caller caused; the status it
 * means travels as text in the body, and clients read that one.
 */
export class StorageRefusal extends Error {
  constructor(readonly statusCode: number, readonly error: string, message: string) {
    super(message);
  }

  response(): Response {
    const { statusCode, error, message } = this;
    return Response.json({ statusCode: String(statusCode), error, message }, {
      status: statusCode >= 500 ? statusCode : 400,
    });
  }
}

export const objectNotFound = () => new StorageRefusal(404, "not_found", "Object not found");
export const bucketNotFound = () => new StorageRefusal(404, "Bucket not found", "Bucket not found");
export const duplicate = () => new StorageRefusal(409, "Duplicate", "The resource already exists");
export const tooLarge = () =>
  new StorageRefusal(413, "Payload too large", "The object exceeded the maximum allowed size");
export const wrongType = (type: string) =>
  new StorageRefusal(415, "invalid_mime_type", `mime type ${type} is not supported`);
export const invalidKey = (key: string) => new StorageRefusal(400, "InvalidKey", `Invalid key: ${key}`);
export const invalidRequest = (message: string) => new StorageRefusal(400, "Error", message);
export const unauthorized = (message: string) => new StorageRefusal(403, "Unauthorized", message);
