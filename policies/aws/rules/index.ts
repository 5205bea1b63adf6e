import { bucketEncryption } from "./bucket-encryption.ts";
import { bucketNoPublicAcl } from "./bucket-no-public-acl.ts";
import { bucketPublicAccess } from "./bucket-public-access.ts";
import { bucketTlsOnly } from "./bucket-tls-only.ts";
import { bucketVersioned } from "./bucket-versioned.ts";
import { cacheEncrypted } from "./cache-encrypted.ts";
import { cacheFailover } from "./cache-failover.ts";
import { databaseAuditLog } from "./database-audit-log.ts";
import { databaseEncrypted } from "./database-encrypted.ts";
import { databaseNotPublic } from "./database-not-public.ts";
import { databaseProtected } from "./database-protected.ts";
import { databaseTls } from "./database-tls.ts";
import { diskEncrypted } from "./disk-encrypted.ts";
import { ecrImmutableTags } from "./ecr-immutable-tags.ts";
import { ecrScanOnPush } from "./ecr-scan-on-push.ts";
import { eksAuditLog } from "./eks-audit-log.ts";
import { eksPrivateEndpoint } from "./eks-private-endpoint.ts";
import { eksSecretsEncrypted } from "./eks-secrets-encrypted.ts";
import { iamNoWildcard } from "./iam-no-wildcard.ts";
import { instanceMetadata } from "./instance-metadata.ts";
import { kmsRotation } from "./kms-rotation.ts";
import { logsKept } from "./logs-kept.ts";
import { securityGroupClosed } from "./security-group-closed.ts";
import { vpcFlowLogs } from "./vpc-flow-logs.ts";

/** What every AWS stack of this project satisfies. */
export const RULES = [
  databaseNotPublic,
  databaseEncrypted,
  databaseProtected,
  databaseAuditLog,
  databaseTls,
  cacheEncrypted,
  cacheFailover,
  bucketPublicAccess,
  bucketNoPublicAcl,
  bucketEncryption,
  bucketTlsOnly,
  bucketVersioned,
  iamNoWildcard,
  securityGroupClosed,
  vpcFlowLogs,
  logsKept,
  eksPrivateEndpoint,
  eksSecretsEncrypted,
  eksAuditLog,
  instanceMetadata,
  diskEncrypted,
  kmsRotation,
  ecrImmutableTags,
  ecrScanOnPush,
];
