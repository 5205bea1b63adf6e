/** What kept a content from being sealed or opened. */
export type ContentFaultCode =
  /** Its owner's key was destroyed on purpose: the content is gone for good. */
  | "content_destroyed"
  /** Its owner has no key, though there is something sealed: the database lost its `data_keys`. */
  | "data_key_missing"
  /** The owner's key is wrapped by a master key, or a text sealed with a key, that this service was not given. */
  | "key_missing"
  /** It was changed, or belongs to another place or another owner. */
  | "content_changed";

/** Says what is wrong and what to do, never what the content is. */
export class ContentFault extends Error {
  override readonly name = "ContentFault";
  readonly code: ContentFaultCode;
  constructor(code: ContentFaultCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
