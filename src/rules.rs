//! The rules that a blueprint is judged by: the one table of their codes, by topic. Where each is judged stands elsewhere;
//! what each means, and an example, stands in `rules/CODE.md`.

use crate::diag::{Severity, Topic};

pub use crate::diag::Rule;

/// Defines one constant a rule and the list of all of them.
macro_rules! rules {
    ($($topic:ident { $($name:ident $code:literal $severity:ident $($opens:literal)?;)+ })+) => {
        $($(
            #[doc = concat!("`", $code, "`.")]
            pub const $name: &Rule = &Rule {
                code: $code,
                topic: Topic::$topic,
                severity: Severity::$severity,
                opens: rules!(@opens $($opens)?),
                explanation: include_str!(concat!("../rules/", $code, ".md")),
            };
        )+)+

        /// Every rule, by topic.
        pub const ALL: &[&Rule] = &[$($($name,)+)+];
    };
    (@opens) => { None };
    (@opens $opens:literal) => { Some($opens) };
}

// A text after the severity says what an exception from the rule opens; rules without one cannot be waived.
rules! {
    Language {
        DUPLICATE_KEY "duplicate-key" Error;
        EXISTING_IDLE "existing-idle" Warning;
        EXISTING_INVALID "existing-invalid" Error;
        GROUP_UNKNOWN "group-unknown" Error;
        INVALID_NAME "invalid-name" Error;
        INVALID_VALUE "invalid-value" Error;
        MISSING_KEY "missing-key" Error;
        NOTHING_INHERITED "nothing-inherited" Error;
        OUT_OF_RANGE "out-of-range" Error;
        SCHEMA_VERSION "schema-version" Error;
        SYNTAX "syntax" Error;
        TOO_MANY "too-many" Error;
        UNKNOWN_KEY "unknown-key" Error;
        UNKNOWN_VALUE "unknown-value" Error;
        WRONG_TYPE "wrong-type" Error;
    }
    Project {
        ENVIRONMENT_UNKNOWN "environment-unknown" Error;
        LABEL_RESERVED "label-reserved" Error;
        NAME_COLLISION "name-collision" Error;
        NO_ENVIRONMENT "no-environment" Error;
        NOTHING_RUNS "nothing-runs" Warning;
        OVERLAY_UNKNOWN "overlay-unknown" Error;
        PRODUCTION_IS_WIDER "production-is-wider" Warning;
        REGION_UNKNOWN "region-unknown" Error;
        STATE_IS_LOCAL "state-is-local" Warning;
    }
    References {
        CACHE_NOT_DECLARED "cache-not-declared" Error;
        CALL_NOT_DECLARED "call-not-declared" Error;
        CHANNEL_NOT_DECLARED "channel-not-declared" Error;
        QUEUE_NOT_DECLARED "queue-not-declared" Error;
        REFERENCE_AMBIGUOUS "reference-ambiguous" Error;
        REFERENCE_OPEN "reference-open" Error;
        REFERENCE_UNKNOWN "reference-unknown" Error;
        REFERENCE_UNKNOWN_YET "reference-unknown-yet" Error;
        REPLICA_UNKNOWN "replica-unknown" Error;
        RUN_APP_CLOSED "run-app-closed" Error;
        RUN_NOT_DECLARED "run-not-declared" Error;
        SECRET_NOT_DECLARED "secret-not-declared" Error;
        SERVICE_WITHOUT_DOMAIN "service-without-domain" Error;
        SUBSCRIPTION_NOT_DECLARED "subscription-not-declared" Error;
        TOPIC_NOT_DECLARED "topic-not-declared" Error;
    }
    Workloads {
        CONTAINER_CIRCLE "container-circle" Error;
        CONTAINER_UNKNOWN "container-unknown" Error;
        CPU_BELOW_ONE "cpu-below-one" Error;
        CPU_INVALID "cpu-invalid" Error;
        ENV_RESERVED "env-reserved" Error;
        ENV_TOO_LONG "env-too-long" Error;
        ENV_TWICE "env-twice" Error;
        FILE_MISSING "file-missing" Error;
        FILE_OUTSIDE "file-outside" Error;
        FILE_SIZE "file-size" Error;
        FILE_IN_WORKER "file-in-worker" Error;
        IMAGE_BY_TAG "image-by-tag" Warning;
        IMAGE_INVALID "image-invalid" Error;
        INSTANCE_TOO_LARGE "instance-too-large" Error;
        MAX_ABOVE_QUOTA "max-above-quota" Warning;
        GPU_DOES_NOT_FIT "gpu-does-not-fit" Error;
        GPU_GCLOUD "gpu-gcloud" Warning;
        MEMORY_DOES_NOT_FIT "memory-does-not-fit" Error;
        MEMORY_INVALID "memory-invalid" Error;
        MIGRATION_CIRCLE "migration-circle" Error;
        MIN_ABOVE_MAX "min-above-max" Error;
        MOUNT_HIDES_IMAGE "mount-hides-image" Warning;
        MOUNT_INVALID "mount-invalid" Error;
        MOUNT_TWICE "mount-twice" Error;
        NFS_INVALID "nfs-invalid" Error;
        NFS_OUT_OF_REACH "nfs-out-of-reach" Error;
        PROBE_INVALID "probe-invalid" Error;
        PROBE_PATH_INVALID "probe-path-invalid" Error;
        PROBE_PATH_RESERVED "probe-path-reserved" Warning;
        PROBE_TIMES "probe-times" Error;
        RENAME_IMPOSSIBLE "rename-impossible" Error;
        REVISION_INVALID "revision-invalid" Error;
        REVISION_PINNED "revision-pinned" Warning;
        SIDECAR_NAME_TAKEN "sidecar-name-taken" Error;
        TAG_UNREACHABLE "tag-unreachable" Warning;
        TARGET_INVALID "target-invalid" Error;
        TARGET_UNKNOWN "target-unknown" Error;
        TRAFFIC_NOT_WHOLE "traffic-not-whole" Error;
        TRAFFIC_OF_PIPELINE "traffic-of-pipeline" Error;
        VARIABLE_UNSET "variable-unset" Error;
        VOLUME_INVALID "volume-invalid" Error;
        VOLUME_UNKNOWN "volume-unknown" Error;
    }
    Callers {
        CALL_SELF "call-self" Error;
        CALL_UNKNOWN "call-unknown" Error;
        CALL_WITHOUT_PATH "call-without-path" Error;
        ID_TOKEN_MISSING "id-token-missing" Warning;
        INVALID_MEMBER "invalid-member" Error;
        INVOKER_OUT_OF_REACH "invoker-out-of-reach" Warning;
        NOBODY_MAY_CALL "nobody-may-call" Warning;
        PUBLIC_MEMBER "public-member" Error;
        USER_MEMBER "user-member" Warning;
    }
    Exposure {
        ALL_INGRESS "all-ingress" Error "the run.app address of a service takes requests from the whole internet";
        ANONYMOUS_ACCESS "anonymous-access" Error "a service asks nobody who they are";
        AUDIENCE_INVALID "audience-invalid" Error;
        AUTH_MISSING "auth-missing" Error;
        DOMAIN_MAPPING_NEEDS_ALL_INGRESS "domain-mapping-needs-all-ingress" Error;
        DOMAIN_MAPPING_REGION "domain-mapping-region" Error;
        IAP_ON_INTERNAL_SERVICE "iap-on-internal-service" Error;
        IAP_WITHOUT_MEMBERS "iap-without-members" Error;
        INGRESS_CONFLICT "ingress-conflict" Error;
        MEMBERS_WITHOUT_IAP "members-without-iap" Error;
        REGIONS_INVALID "regions-invalid" Error;
    }
    LoadBalancer {
        CERTIFICATE_DOMAINS "certificate-domains" Error;
        DOMAIN_CONFLICT "domain-conflict" Error;
        DOMAIN_NAME_COLLISION "domain-name-collision" Error;
        DOMAIN_NOT_YOURS "domain-not-yours" Error;
        DOMAIN_TWICE "domain-twice" Error;
        HEADER_INVALID "header-invalid" Error;
        HEADER_TWICE "header-twice" Error;
        HEADER_UNKNOWN "header-unknown" Error;
        INTERNAL_SERVICE_HAS_DOMAIN "internal-service-has-domain" Error;
        LOAD_BALANCER_UNUSED "load-balancer-unused" Warning;
        MIN_TLS_GCLOUD "min-tls-gcloud" Warning;
        MIN_TLS_NEEDS_RESTRICTED "min-tls-needs-restricted" Error;
        PATH_INVALID "path-invalid" Error;
        PATH_SHADOWED "path-shadowed" Warning;
        PATHS_WITHOUT_DOMAIN "paths-without-domain" Error;
        PRIVATE_DOMAIN_CONFLICT "private-domain-conflict" Error;
        PRIVATE_DOMAIN_INVALID "private-domain-invalid" Error;
        PUBLIC_SERVICE_WITHOUT_DOMAIN "public-service-without-domain" Error;
        ROUTE_CONFLICT "route-conflict" Error;
    }
    Waf {
        RATE_LIMIT_BAN "rate-limit-ban" Error;
        RATE_LIMIT_INTERVAL "rate-limit-interval" Error;
        RATE_LIMIT_KEY "rate-limit-key" Error;
        RATE_LIMIT_REQUESTS "rate-limit-requests" Error;
        RATE_LIMIT_SPOOFABLE "rate-limit-spoofable" Warning;
        RATE_LIMIT_WITHOUT_WAF "rate-limit-without-waf" Error;
        REGION_CODE_INVALID "region-code-invalid" Error;
        WAF_CUSTOM_PRIORITY "waf-custom-priority" Error;
        WAF_CUSTOM_TWICE "waf-custom-twice" Error;
        WAF_EXCLUDE_FIELD "waf-exclude-field" Error;
        WAF_EXCLUDE_IDLE "waf-exclude-idle" Warning;
        WAF_EXCLUDE_TOO_MANY "waf-exclude-too-many" Error;
        WAF_EXPRESSION "waf-expression" Error;
        WAF_LOGS_REQUESTS "waf-logs-requests" Warning;
        WAF_MODE_MISSING "waf-mode-missing" Error;
        WAF_OPT_OUT_IDLE "waf-opt-out-idle" Warning;
        WAF_OPT_OUT_TOO_MANY "waf-opt-out-too-many" Error;
        WAF_QUOTA "waf-quota" Warning;
        WAF_RANGE_EVERYONE "waf-range-everyone" Error;
        WAF_RANGE_INVALID "waf-range-invalid" Error;
        WAF_RANGES_TOO_MANY "waf-ranges-too-many" Error;
        WAF_REGIONS_CONTRADICT "waf-regions-contradict" Error;
        WAF_RULE_UNKNOWN "waf-rule-unknown" Error;
        WAF_SENSITIVITY "waf-sensitivity" Error;
        WAF_SIGNATURE_UNKNOWN "waf-signature-unknown" Error;
        WAF_TRUST "waf-trust" Error "some requests skip the WAF";
        WAF_UNUSED "waf-unused" Warning;
        WAF_WITHOUT_RULES "waf-without-rules" Error "the WAF looks into no request";
    }
    Network {
        NETWORK_CONFLICT "network-conflict" Error;
        NETWORK_UNUSED "network-unused" Warning;
        PRIVATE_ZONE_MISSING "private-zone-missing" Warning;
        RANGE_INVALID "range-invalid" Error;
        RANGE_PUBLIC "range-public" Error;
        RANGE_UNUSABLE "range-unusable" Error;
        RANGES_OVERLAP "ranges-overlap" Error;
        REGION_WITHOUT_SUBNET "region-without-subnet" Error;
        SERVICE_RANGE_UNUSED "service-range-unused" Warning;
        SUBNET_SIZE "subnet-size" Error;
        SUBNET_TOO_SMALL "subnet-too-small" Error;
    }
    Databases {
        DATABASE_HOST_REFUSED "database-host-refused" Error;
        DATABASE_IN_ONE_ZONE "database-in-one-zone" Warning;
        DATABASE_NAME_TOO_LONG "database-name-too-long" Error;
        DATABASE_NOT_DECLARED "database-not-declared" Error;
        DATABASE_OUT_OF_REACH "database-out-of-reach" Error;
        DATABASE_UNKNOWN "database-unknown" Error;
        DATABASE_USER_TOO_LONG "database-user-too-long" Error;
        FLAG_INVALID "flag-invalid" Error;
        FLAG_RESERVED "flag-reserved" Error;
        MTLS_NEEDS_CONNECTOR "mtls-needs-connector" Error;
        PASSWORD_LOGIN "password-login" Error "a database lets in whoever knows a password";
        PASSWORD_SECRET_UNFIT "password-secret-unfit" Error;
        PASSWORD_UNREAD "password-unread" Warning;
        PASSWORD_USER_STAYS "password-user-stays" Warning;
        PASSWORD_USER_UNKNOWN "password-user-unknown" Error;
        PASSWORD_USER_UNUSED "password-user-unused" Warning;
        PITR_OFF "pitr-off" Warning;
        POOL_EXCEEDS_DATABASE "pool-exceeds-database" Error;
        TIER_OF_OTHER_EDITION "tier-of-other-edition" Error;
        TIER_UNKNOWN "tier-unknown" Error;
        VERSION_GCLOUD "version-gcloud" Warning;
        VERSION_UNKNOWN "version-unknown" Error;
    }
    Caches {
        CACHE_CA_UNREAD "cache-ca-unread" Warning;
        CACHE_IN_ONE_ZONE "cache-in-one-zone" Warning;
        CACHE_OUT_OF_REACH "cache-out-of-reach" Error;
        CACHE_SHARED_CPU "cache-shared-cpu" Warning;
        CACHE_UNKNOWN "cache-unknown" Error;
        CACHE_UNUSED "cache-unused" Warning;
    }
    Firestores {
        FIRESTORE_INDEX_INVALID "firestore-index-invalid" Error;
        FIRESTORE_NOT_DECLARED "firestore-not-declared" Error;
        FIRESTORE_TTL_UNSUPPORTED "firestore-ttl-unsupported" Error;
        FIRESTORE_UNKNOWN "firestore-unknown" Error;
        FIRESTORE_WITHOUT_PITR "firestore-without-pitr" Warning;
    }
    Datasets {
        DATASET_NOT_DECLARED "dataset-not-declared" Error;
        DATASET_TABLES_ABSENT "dataset-tables-absent" Error;
        DATASET_UNKNOWN "dataset-unknown" Error;
    }
    Secrets {
        ALPHABET_INVALID "alphabet-invalid" Error;
        ROTATION_UNHEARD "rotation-unheard" Warning;
        SECRET_ENV_LATEST "secret-env-latest" Error;
        SECRET_FOLDER_SHARED "secret-folder-shared" Error;
        SECRET_IN_TEXT "secret-in-text" Warning;
        SECRET_NOT_PINNED "secret-not-pinned" Error;
        SECRET_PIN_SHARED "secret-pin-shared" Warning;
        SECRET_UNKNOWN "secret-unknown" Error;
        SECRET_UNUSED "secret-unused" Warning;
        SECRET_VERSION_INVALID "secret-version-invalid" Error;
    }
    Messages {
        ACK_DEADLINE_SHORT "ack-deadline-short" Error;
        ARGUMENT_INVALID "argument-invalid" Error;
        CHANNEL_UNHEARD "channel-unheard" Warning;
        CHANNEL_UNKNOWN "channel-unknown" Error;
        CONCURRENCY_ABOVE_TARGET "concurrency-above-target" Warning;
        CRON_INVALID "cron-invalid" Error;
        DEADLINE_SHORT "deadline-short" Error;
        DEAD_LETTER_MISSING "dead-letter-missing" Warning;
        DEAD_LETTER_SELF "dead-letter-self" Error;
        DEAD_LETTER_UNREAD "dead-letter-unread" Warning;
        EVENT_ELSEWHERE "event-elsewhere" Error;
        EVENT_FILTER_INVALID "event-filter-invalid" Error;
        EVENT_LOCATION "event-location" Error;
        EVENT_LOG_OFF "event-log-off" Warning;
        EVENT_LOOP "event-loop" Warning;
        EVENT_NEVER "event-never" Warning;
        FILTER_INVALID "filter-invalid" Error;
        QUEUE_UNFED "queue-unfed" Warning;
        QUEUE_UNKNOWN "queue-unknown" Error;
        SCHEMA_INVALID "schema-invalid" Error;
        SCHEMA_UNFIT "schema-unfit" Error;
        SUBSCRIPTION_GOES_TWICE "subscription-goes-twice" Error;
        SUBSCRIPTION_PUSHES "subscription-pushes" Error;
        SUBSCRIPTION_UNKNOWN "subscription-unknown" Error;
        SUBSCRIPTION_UNREAD "subscription-unread" Warning;
        TARGET_KEY_IDLE "target-key-idle" Error;
        TARGET_PATH_INVALID "target-path-invalid" Error;
        TASK_DEADLINE_SHORT "task-deadline-short" Warning;
        TIME_ZONE_UNKNOWN "time-zone-unknown" Error;
        TOPIC_UNKNOWN "topic-unknown" Error;
    }
    Buckets {
        BUCKET_NOT_DECLARED "bucket-not-declared" Error;
        BUCKET_UNKNOWN "bucket-unknown" Error;
        CORS_INVALID "cors-invalid" Error;
        LIFECYCLE_INVALID "lifecycle-invalid" Error;
        RETENTION_MOUNTED "retention-mounted" Error;
        RETENTION_WITH_VERSIONING "retention-with-versioning" Error;
    }
    Keys {
        ALGORITHM_NEEDS_SIGNING "algorithm-needs-signing" Error;
        ENCRYPTION_IDLE "encryption-idle" Warning;
        ENCRYPTION_KEY_ELSEWHERE "encryption-key-elsewhere" Error;
        KEY_IN_ANOTHER_REGION "key-in-another-region" Warning;
        KEY_MANAGED_BY_PROGRAM "key-managed-by-program" Error "a program makes and destroys versions of a key, and says who may use it";
        KEY_NOT_DECLARED "key-not-declared" Error;
        KEY_PURPOSE_MISMATCH "key-purpose-mismatch" Error;
        KEY_UNKNOWN "key-unknown" Error;
        KEY_UNUSED "key-unused" Warning;
        ROTATION_NEEDS_ENCRYPTION "rotation-needs-encryption" Error;
    }
    Delivery {
        BRANCH_INVALID "branch-invalid" Error;
        CLEANUP_SKIPS_TAGS "cleanup-skips-tags" Warning;
        DELIVERY_DEPLOYS_NOTHING "delivery-deploys-nothing" Error;
        DEPLOYED_NOT_PUSHED "deployed-not-pushed" Error;
        DEPLOYED_TAKEN_BACK "deployed-taken-back" Warning;
        DEPLOYED_UNKNOWN "deployed-unknown" Error;
        DEPLOYED_UNSIGNED "deployed-unsigned" Warning;
        MIRROR_TAKES_NO_PUSH "mirror-takes-no-push" Error;
        REGISTRY_UNUSED "registry-unused" Warning;
        REMOTE_INVALID "remote-invalid" Error;
    }
    Rights {
        ACCOUNT_DEFAULT "account-default" Error;
        ACCOUNT_INVALID "account-invalid" Error;
        ACCOUNT_SHARED "account-shared" Error;
        GRANT_RESOURCE_INVALID "grant-resource-invalid" Error;
        ROLE_INVALID "role-invalid" Error;
        ROLE_TOO_WIDE "role-too-wide" Error;
    }
    Governance {
        ADMITS_NOTHING "admits-nothing" Error;
        AUDIT_LOGS_OFF "audit-logs-off" Error "nobody can tell later who read what of the project's data";
        IMAGE_NOT_ADMITTED "image-not-admitted" Error;
        LOG_FILTER_INVALID "log-filter-invalid" Error;
        LOG_RETENTION_IDLE "log-retention-idle" Error;
        LOG_TARGET_INVALID "log-target-invalid" Error;
        ORG_POLICY_CONTRADICTS "org-policy-contradicts" Error;
        ORG_POLICY_UNKNOWN "org-policy-unknown" Error;
        PERIMETER_INGRESS "perimeter-ingress" Error;
        PERIMETER_KEEPS_PIPELINE_OUT "perimeter-keeps-pipeline-out" Warning;
        PERIMETER_LEAVES_OUT "perimeter-leaves-out" Error;
        PERIMETER_LETS_NOBODY_IN "perimeter-lets-nobody-in" Warning;
        PERIMETER_OUTSIDE "perimeter-outside" Error;
        PERIMETER_PROJECT_IDLE "perimeter-project-idle" Warning;
    }
    Monitoring {
        ALERT_IDLE "alert-idle" Warning;
        UPTIME_HOST_UNKNOWN "uptime-host-unknown" Error;
    }
    Exceptions {
        EXCEPTION_EXPIRED "exception-expired" Error;
        EXCEPTION_IDLE "exception-idle" Error;
        RULE_NOT_WAIVABLE "rule-not-waivable" Error;
    }
    Changes {
        CERTIFICATE_CHANGED "certificate-changed" Warning;
        COMES_AND_GOES "comes-and-goes" Warning;
        DATABASE_UPGRADE "database-upgrade" Warning;
        DOMAIN_DROPPED "domain-dropped" Warning;
        FIXED_ADDRESS_LOST "fixed-address-lost" Warning;
        IDENTITY_CHANGED "identity-changed" Error;
        REMOVED_WITHOUT_RETIRING "removed-without-retiring" Error;
        STATE_MOVED "state-moved" Warning;
    }
}

/// The rules that an exception can waive.
pub fn waivable() -> impl Iterator<Item = &'static Rule> {
    ALL.iter().copied().filter(|rule| rule.opens.is_some())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    #[test]
    fn what_opens_a_door_can_be_waived_and_nothing_else() {
        let waivable: Vec<&str> = super::waivable().map(|rule| rule.code).collect();
        assert!(waivable.contains(&"anonymous-access"), "{waivable:?}");
        assert!(!waivable.contains(&"syntax"), "{waivable:?}");
    }

    #[test]
    fn codes_are_unique_and_named_like_lints() {
        let codes: BTreeSet<&str> = super::ALL.iter().map(|rule| rule.code).collect();
        assert_eq!(codes.len(), super::ALL.len());
        for code in codes {
            let letters = code
                .bytes()
                .all(|byte| byte == b'-' || byte.is_ascii_lowercase());
            assert!(
                letters && !code.starts_with('-') && !code.ends_with('-'),
                "{code}"
            );
        }
    }
}
