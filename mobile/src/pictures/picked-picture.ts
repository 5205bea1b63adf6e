export interface PickedPicture {
  readonly bytes: Uint8Array;
  readonly contentType: string;
  readonly width: number;
  readonly height: number;
  /** Shows it here. */
  readonly uri: string;
}

/** `undefined`: the person changed their mind. */
export type PickResult = { readonly picture: PickedPicture } | { readonly fault: string } | undefined;

/** What the platform takes: 10 MB. */
export const MAX_BYTES = 10_000_000;
export const TOO_LARGE = "This picture is larger than 10 MB. Choose a smaller one.";
export const UNREADABLE = "This file can't be read as a picture. Choose a JPEG, PNG or WebP.";
