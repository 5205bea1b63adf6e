import { bucketEncryption } from "./bucket-encryption.ts";
import { bucketPublicAccess } from "./bucket-public-access.ts";
import { cacheEncrypted } from "./cache-encrypted.ts";
import { databaseEncrypted } from "./database-encrypted.ts";
import { databaseNotPublic } from "./database-not-public.ts";
import { ecrImmutableTags } from "./ecr-immutable-tags.ts";
import { ecrScanOnPush } from "./ecr-scan-on-push.ts";
import { eksAuditLog } from "./eks-audit-log.ts";
import { eksPrivateEndpoint } from "./eks-private-endpoint.ts";
import { eksSecretsEncrypted } from "./eks-secrets-encrypted.ts";
import { iamNoWildcard } from "./iam-no-wildcard.ts";
import { kmsRotation } from "./kms-rotation.ts";
import { securityGroupClosed } from "./security-group-closed.ts";

/** What every AWS stack of this project satisfies. */
export const RULES = [
  databaseNotPublic,
  databaseEncrypted,
  cacheEncrypted,
  bucketPublicAccess,
  bucketEncryption,
  iamNoWildcard,
  securityGroupClosed,
  eksPrivateEndpoint,
  eksSecretsEncrypted,
  eksAuditLog,
  kmsRotation,
  ecrImmutableTags,
  ecrScanOnPush,
];
