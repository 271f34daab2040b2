//! What Google takes as names.

/// What a name is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A project's id (<https://cloud.google.com/resource-manager/docs/creating-managing-projects>).
    ProjectId,
    /// The blueprint's own name and an environment's: prefixes of other names, so shorter than those may be.
    Prefix,
    /// A Cloud Run service, job or worker pool (<https://cloud.google.com/run/docs/deploying>): 49 characters, so that a revision's
    /// suffix fits. A workflow too, for which Google takes longer ones.
    Workload,
    /// A revision of a Cloud Run service (<https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.services.revisions>).
    Revision,
    /// A tag of a Cloud Run service, which stands before its name in an address
    /// (<https://cloud.google.com/run/docs/triggering/https-request#deterministic>).
    Tag,
    /// A container, a volume or another name after RFC 1123 inside a workload.
    Part,
    /// The id of a service account (<https://cloud.google.com/iam/docs/service-accounts-create>).
    AccountId,
    /// A Cloud SQL instance (<https://cloud.google.com/sql/docs/postgres/instance-settings>).
    DatabaseInstance,
    /// A database inside an instance.
    DatabaseName,
    /// A user of a database who logs in with a password: what both engines take without quotes, and no name of Google's own or of
    /// an administrator (<https://cloud.google.com/sql/docs/postgres/users>, <https://cloud.google.com/sql/docs/mysql/users>).
    DatabaseUser,
    /// A secret (<https://cloud.google.com/secret-manager/docs/creating-and-accessing-secrets>).
    Secret,
    /// An environment variable: an identifier of C.
    EnvVar,
    /// A domain with at least two labels, in lower case.
    Domain,
    /// An e-mail address in lower case, as far as nearly all of them go: no quotes, one `@`, a domain (RFC 5321 takes more).
    Email,
    /// A label's key (<https://cloud.google.com/resource-manager/docs/labels-overview>).
    LabelKey,
    /// A label's value.
    LabelValue,
    /// A Compute Engine name after RFC 1035.
    Compute,
    /// The name of a value in `[values]`, of an image, of a group, of a schedule, of a key: what all of them take, without the
    /// hyphen in front that a command would take for a flag.
    Own,
    /// A topic or subscription of Pub/Sub (<https://cloud.google.com/pubsub/docs/pubsub-basics#resource_names>), without the
    /// marks that would need quotes in a blueprint.
    Messages,
    /// A cache of Memorystore, whichever its engine is (<https://cloud.google.com/memorystore/docs/valkey/create-instances>,
    /// <https://cloud.google.com/memorystore/docs/redis/create-manage-instances>).
    Cache,
    /// A database of Firestore (<https://cloud.google.com/firestore/docs/manage-databases#database_id>).
    Firestore,
    /// A collection of Firestore, or a kind in datastore mode, as far as nearly all of them go: Firestore takes more
    /// (<https://cloud.google.com/firestore/quotas#collections_documents_and_fields>).
    Collection,
    /// The path of a field of Firestore, each part without what would need quotes
    /// (<https://cloud.google.com/firestore/docs/reference/rest/v1/projects.databases.collectionGroups.fields>).
    FieldPath,
    /// The type of an event that is one's own, as far as nearly all of them go: Google's names begin otherwise
    /// (<https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md#type>).
    EventType,
    /// An attribute of an event beside its type (<https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md#naming-conventions>).
    EventAttribute,
    /// A queue of Cloud Tasks (<https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues>), without the
    /// hyphens around it that a command would take for a flag.
    Queue,
    /// A dataset of BigQuery (<https://cloud.google.com/bigquery/docs/datasets#dataset-naming>).
    Dataset,
    /// A table of BigQuery (<https://cloud.google.com/bigquery/docs/tables#table_naming>), without what is no letter of ASCII,
    /// spaces, and the hyphen in front that a command would take for a flag.
    Table,
    /// What the names of objects begin with that Google writes to a bucket of Cloud Storage.
    Objects,
    /// An instance of Spanner (<https://cloud.google.com/spanner/docs/reference/rest/v1/projects.instances>).
    SpannerInstance,
    /// A database of Spanner (<https://cloud.google.com/spanner/docs/reference/rest/v1/projects.instances.databases>).
    SpannerDatabase,
    /// A log bucket of Cloud Logging that others have made (<https://cloud.google.com/logging/docs/buckets#create_bucket>).
    LogBucket,
    /// What Binary Authorization asks nobody about: an image by its digest, or a pattern with `*` or `**` at its end, behind the registry and a whole
    /// first part, since all projects share a registry's host
    /// (<https://cloud.google.com/binary-authorization/docs/policy-yaml-reference#admissionwhitelistpatterns>).
    ExemptImages,
    /// An access level or a perimeter of Access Context Manager
    /// (<https://cloud.google.com/access-context-manager/docs/reference/rest/v1/accessPolicies.accessLevels>).
    AccessLevel,
    /// A bucket of Cloud Storage (<https://cloud.google.com/storage/docs/buckets#naming>).
    Bucket,
    /// The same, of one that is made here: without dots, which only the owner of a domain may use, and without Google's name.
    NewBucket,
    /// A bucket in the blueprint: short enough to follow a project's id in its name in Cloud Storage.
    Store,
}

impl Kind {
    /// Whether a name is of this kind.
    #[must_use]
    #[expect(clippy::too_many_lines, reason = "an arm for each kind of name")]
    pub fn accepts(self, name: &str) -> bool {
        let lower = |byte: u8| byte.is_ascii_lowercase();
        let lower_digit = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let dashed = |byte: u8| lower_digit(byte) || byte == b'-';
        match self {
            Self::ProjectId => {
                shaped(name, 6, PROJECT_ID_MAX, lower, dashed, lower_digit)
                    && !name.contains("google")
                    && !name.contains("ssl")
            }
            Self::Prefix => shaped(name, 1, 30, lower, dashed, lower_digit) && !name.contains("--"),
            Self::Workload => {
                shaped(name, 1, 49, lower, dashed, lower_digit) && !name.contains("--")
            }
            Self::Tag => shaped(name, 1, 45, lower, dashed, lower_digit) && !name.contains("--"),
            Self::Part => shaped(name, 1, 63, lower_digit, dashed, lower_digit),
            Self::AccountId => shaped(
                name,
                ACCOUNT_ID_MIN,
                ACCOUNT_ID_MAX,
                lower,
                dashed,
                lower_digit,
            ),
            Self::DatabaseInstance => {
                shaped(name, 1, 84, lower, dashed, lower_digit) && !name.contains("--")
            }
            Self::DatabaseName => {
                let rest = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
                let first = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
                shaped(name, 1, 63, first, rest, rest) && !RESERVED_DATABASES.contains(&name)
            }
            Self::DatabaseUser => {
                let first = |byte: u8| lower(byte) || byte == b'_';
                let any = |byte: u8| first(byte) || byte.is_ascii_digit();
                shaped(name, 1, 32, first, any, any)
                    && !RESERVED_USERS.contains(&name)
                    && !RESERVED_USERS_BEGIN
                        .iter()
                        .any(|start| name.starts_with(start))
            }
            Self::Secret => {
                let first = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
                let any = |byte: u8| first(byte) || byte == b'-';
                shaped(name, 1, 255, first, any, any)
            }
            Self::EnvVar => {
                let rest = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
                let first = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
                shaped(name, 1, 255, first, rest, rest)
            }
            Self::Domain => {
                let label = |label: &str| shaped(label, 1, 63, lower_digit, dashed, lower_digit);
                name.len() <= 253
                    && name.split('.').count() >= 2
                    && name.split('.').all(label)
                    && !name
                        .split('.')
                        .all(|label| label.bytes().all(|byte| byte.is_ascii_digit()))
            }
            Self::Email => name.split_once('@').is_some_and(|(local, domain)| {
                let first = |byte: u8| lower_digit(byte) || byte == b'_';
                let any = |byte: u8| first(byte) || b"-+".contains(&byte);
                let part = |part: &str| shaped(part, 1, 64, any, any, any);
                let starts = local.bytes().next().is_some_and(first);
                starts
                    && local.len() <= 64
                    && local.split('.').all(part)
                    && Self::Domain.accepts(domain)
            }),
            Self::LabelKey => {
                let rest = |byte: u8| dashed(byte) || byte == b'_';
                shaped(name, 1, 63, lower, rest, rest)
            }
            Self::LabelValue => {
                let any = |byte: u8| dashed(byte) || byte == b'_';
                name.is_empty() || shaped(name, 1, 63, any, any, any)
            }
            Self::Revision | Self::Compute => shaped(name, 1, 63, lower, dashed, lower_digit),
            Self::Own => {
                let first = |byte: u8| byte.is_ascii_alphanumeric();
                let any = |byte: u8| first(byte) || byte == b'_' || byte == b'-';
                shaped(name, 1, 63, first, any, any)
            }
            Self::Messages => {
                let letter = |byte: u8| byte.is_ascii_alphabetic();
                let any = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
                shaped(name, 3, 255, letter, any, any) && !name.starts_with("goog")
            }
            Self::Cache => shaped(name, 4, 40, lower, dashed, lower_digit) && !name.contains("--"),
            Self::Firestore => {
                name == DEFAULT_FIRESTORE
                    || (shaped(name, 4, 63, lower, dashed, lower_digit) && !is_uuid(name))
            }
            Self::Collection => {
                let first = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
                let any = |byte: u8| first(byte) || byte == b'-';
                shaped(name, 1, 250, first, any, any) && !name.starts_with("__")
            }
            Self::FieldPath => {
                let part = |part: &str| Self::EnvVar.accepts(part) && !part.starts_with("__");
                name.len() <= 250 && name.split('.').all(part)
            }
            Self::EventType => {
                let first = |byte: u8| byte.is_ascii_alphanumeric();
                let any = |byte: u8| first(byte) || b"._/-".contains(&byte);
                shaped(name, 1, 255, first, any, first) && !name.starts_with(GOOGLE_EVENTS)
            }
            Self::EventAttribute => {
                shaped(name, 1, 20, lower_digit, lower_digit, lower_digit) && name != "type"
            }
            Self::Queue => {
                let any = |byte: u8| byte.is_ascii_alphanumeric();
                let middle = |byte: u8| any(byte) || byte == b'-';
                shaped(name, 1, 100, any, middle, any)
            }
            Self::Dataset => {
                let any = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
                shaped(name, 1, 1024, any, any, any)
            }
            Self::Table => {
                let first = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
                let any = |byte: u8| first(byte) || byte == b'-';
                shaped(name, 1, 1024, first, any, any)
            }
            Self::Objects => {
                let any = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./=".contains(&byte);
                let first = |byte: u8| byte.is_ascii_alphanumeric();
                shaped(name, 1, 200, first, any, any)
            }
            Self::SpannerInstance => shaped(name, 2, 64, lower, dashed, lower_digit),
            Self::SpannerDatabase => {
                let any = |byte: u8| dashed(byte) || byte == b'_';
                shaped(name, 2, 30, lower, any, lower_digit)
            }
            // As a secret's, with dots.
            Self::LogBucket => name.len() <= 100 && Self::Secret.accepts(&name.replace('.', "-")),
            Self::ExemptImages => exempt_images(name),
            Self::AccessLevel => {
                let letter = |byte: u8| byte.is_ascii_alphabetic();
                let rest = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
                shaped(name, 1, 50, letter, rest, rest)
            }
            Self::Bucket => {
                let rest = |byte: u8| dashed(byte) || byte == b'_' || byte == b'.';
                shaped(name, 3, 222, lower_digit, rest, lower_digit) && !name.starts_with("goog")
            }
            Self::NewBucket => {
                let rest = |byte: u8| dashed(byte) || byte == b'_';
                shaped(name, 3, 63, lower_digit, rest, lower_digit)
                    && !name.starts_with("goog")
                    && !name.contains("google")
                    && !name.contains("g00gle")
            }
            Self::Store => shaped(name, 3, 30, lower, dashed, lower_digit) && !name.contains("--"),
        }
    }

    /// The same as a regular expression, as JSON Schema takes it (ECMA 262).
    #[must_use]
    pub fn pattern(self) -> String {
        let dashed = |first: &str, most: usize| {
            let middle = most - 2;
            format!("{first}([a-z0-9-]{{0,{middle}}}[a-z0-9])?")
        };
        match self {
            Self::ProjectId => "^(?!.*(google|ssl))[a-z][a-z0-9-]{4,28}[a-z0-9]$".to_owned(),
            Self::Prefix => format!("^(?!.*--){}$", dashed("[a-z]", 30)),
            Self::Workload => format!("^(?!.*--){}$", dashed("[a-z]", 49)),
            Self::Tag => format!("^(?!.*--){}$", dashed("[a-z]", 45)),
            Self::Part => format!("^{}$", dashed("[a-z0-9]", 63)),
            Self::AccountId => "^[a-z][a-z0-9-]{4,28}[a-z0-9]$".to_owned(),
            Self::DatabaseInstance => format!("^(?!.*--){}$", dashed("[a-z]", 84)),
            Self::DatabaseName => {
                let reserved = RESERVED_DATABASES.join("|");
                format!("^(?!({reserved})$)[A-Za-z_][A-Za-z0-9_-]{{0,62}}$")
            }
            Self::DatabaseUser => {
                let reserved = RESERVED_USERS.join("|");
                let begin = RESERVED_USERS_BEGIN.join("|");
                format!("^(?!({reserved})$)(?!({begin}))[a-z_][a-z0-9_]{{0,31}}$")
            }
            Self::Secret => "^[A-Za-z0-9_][A-Za-z0-9_-]{0,254}$".to_owned(),
            Self::EnvVar => "^[A-Za-z_][A-Za-z0-9_]{0,254}$".to_owned(),
            Self::Domain => {
                let label = dashed("[a-z0-9]", 63);
                format!(r"^(?=.{{1,253}}$)(?!([0-9]+\.)+[0-9]+$){label}(\.{label})+$")
            }
            Self::Email => {
                let domain = Self::Domain.pattern();
                // What the domain looks ahead to stands behind the `@`.
                let domain = domain.trim_start_matches('^');
                let local = r"(?=[^@]{1,64}@)[a-z0-9_][a-z0-9_+-]*(\.[a-z0-9_+-]+)*";
                format!("^{local}@{domain}")
            }
            Self::LabelKey => "^[a-z][a-z0-9_-]{0,62}$".to_owned(),
            Self::LabelValue => "^[a-z0-9_-]{0,63}$".to_owned(),
            Self::Revision | Self::Compute => format!("^{}$", dashed("[a-z]", 63)),
            Self::Own => "^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$".to_owned(),
            Self::Messages => "^(?!goog)[A-Za-z][A-Za-z0-9_-]{2,254}$".to_owned(),
            Self::Cache => "^(?!.*--)[a-z][a-z0-9-]{2,38}[a-z0-9]$".to_owned(),
            Self::Firestore => {
                let uuid = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$";
                format!(r"^(\(default\)|(?!{uuid})[a-z][a-z0-9-]{{2,61}}[a-z0-9])$")
            }
            Self::Collection => "^(?!__)[A-Za-z0-9_][A-Za-z0-9_-]{0,249}$".to_owned(),
            Self::FieldPath => {
                let part = "(?!__)[A-Za-z_][A-Za-z0-9_]*";
                format!(r"^(?=.{{1,250}}$){part}(\.{part})*$")
            }
            Self::EventType => {
                r"^(?!google\.)[A-Za-z0-9]([A-Za-z0-9._/-]{0,253}[A-Za-z0-9])?$".to_owned()
            }
            Self::EventAttribute => "^(?!type$)[a-z0-9]{1,20}$".to_owned(),
            Self::Queue => "^[A-Za-z0-9]([A-Za-z0-9-]{0,98}[A-Za-z0-9])?$".to_owned(),
            Self::Dataset => "^[A-Za-z0-9_]{1,1024}$".to_owned(),
            Self::Table => "^[A-Za-z0-9_][A-Za-z0-9_-]{0,1023}$".to_owned(),
            Self::Objects => "^[A-Za-z0-9][A-Za-z0-9_./=-]{0,199}$".to_owned(),
            Self::SpannerInstance => "^[a-z][a-z0-9-]{0,62}[a-z0-9]$".to_owned(),
            Self::SpannerDatabase => "^[a-z][a-z0-9_-]{0,28}[a-z0-9]$".to_owned(),
            Self::LogBucket => "^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$".to_owned(),
            Self::ExemptImages => {
                let label = "[a-z0-9]([a-z0-9-]*[a-z0-9])?";
                let part = "[a-z0-9][a-z0-9._-]*";
                let tail =
                    format!(r"([a-z0-9][a-z0-9._@:-]*)?\*{{1,2}}|{part}@sha256:[0-9a-f]{{64}}");
                format!(r"^{label}(\.{label})+(/{part})+/({tail})$")
            }
            Self::AccessLevel => "^[A-Za-z][A-Za-z0-9_]{0,49}$".to_owned(),
            Self::Bucket => "^(?!goog)[a-z0-9][a-z0-9_.-]{1,220}[a-z0-9]$".to_owned(),
            Self::NewBucket => {
                "^(?!goog)(?!.*(google|g00gle))[a-z0-9][a-z0-9_-]{1,61}[a-z0-9]$".to_owned()
            }
            Self::Store => "^(?!.*--)[a-z][a-z0-9-]{1,28}[a-z0-9]$".to_owned(),
        }
    }

    /// A name of this kind that says the same: in lower case, with hyphens, a domain without what is around it.
    #[must_use]
    pub fn like(self, name: &str) -> Option<String> {
        let lower = name.trim().to_lowercase();
        let other = match self {
            Self::Domain => {
                let host = lower.split_once("://").map_or(&*lower, |(_, rest)| rest);
                let host = host.split(['/', ':']).next().unwrap_or_default();
                host.trim_end_matches('.').to_owned()
            }
            Self::DatabaseUser => lower.replace(['-', '.', ' '], "_"),
            Self::EnvVar | Self::AccessLevel => name.replace(['-', '.', ' '], "_"),
            Self::Email => lower.strip_prefix("mailto:").unwrap_or(&lower).to_owned(),
            _ => lower.replace(['_', ' ', '.', '/'], "-"),
        };
        (other != name && self.accepts(&other)).then_some(other)
    }

    /// What such a name looks like, for a report.
    #[must_use]
    #[expect(clippy::too_many_lines, reason = "an arm for each kind of name")]
    pub fn expected(self) -> &'static str {
        match self {
            Self::ProjectId => {
                "6 to 30 lower-case letters, digits and hyphens, beginning with a letter, without `google` or `ssl`"
            }
            Self::Prefix => {
                "at most 30 lower-case letters, digits and single hyphens, beginning with a letter and not ending with a hyphen"
            }
            Self::Workload => {
                "at most 49 lower-case letters, digits and single hyphens, beginning with a letter and not ending with a hyphen"
            }
            Self::Revision => {
                "at most 63 lower-case letters, digits and hyphens, beginning with a letter and not ending with a hyphen"
            }
            Self::Tag => {
                "at most 45 lower-case letters, digits and single hyphens, beginning with a letter and not ending with a hyphen"
            }
            Self::Part => {
                "at most 63 lower-case letters, digits and hyphens, not beginning or ending with a hyphen"
            }
            Self::AccountId => {
                "6 to 30 lower-case letters, digits and hyphens, beginning with a letter"
            }
            Self::DatabaseInstance => {
                "at most 84 lower-case letters, digits and single hyphens, beginning with a letter and not ending with a hyphen"
            }
            Self::DatabaseName => {
                "at most 63 letters, digits, `_` and `-`, beginning with a letter, and none of the engine's own names"
            }
            Self::DatabaseUser => {
                "at most 32 lower-case letters, digits and `_`, not beginning with a digit, and none of Google's own names or an administrator's"
            }
            Self::Secret => "at most 255 letters, digits, `_` and `-`, not beginning with a hyphen",
            Self::EnvVar => "letters, digits and `_`, not beginning with a digit",
            Self::Domain => {
                "a host name in lower case with at least two labels, without scheme, port, path or closing dot"
            }
            Self::Email => "an e-mail address in lower case, such as `oncall@example.com`",
            Self::LabelKey => {
                "at most 63 lower-case letters, digits, `_` and `-`, beginning with a letter"
            }
            Self::LabelValue => "at most 63 lower-case letters, digits, `_` and `-`",
            Self::Compute => {
                "at most 63 lower-case letters, digits and hyphens, beginning with a letter"
            }
            Self::Own => {
                "at most 63 letters, digits, `_` and `-`, beginning with a letter or digit"
            }
            Self::Messages => {
                "3 to 255 letters, digits, `_` and `-`, beginning with a letter and not with `goog`"
            }
            Self::Cache => {
                "4 to 40 lower-case letters, digits and single hyphens, beginning with a letter and not ending with a hyphen"
            }
            Self::Firestore => {
                "`(default)`, or 4 to 63 lower-case letters, digits and hyphens, beginning with a letter, not ending with a hyphen, and no UUID"
            }
            Self::Collection => {
                "at most 250 letters, digits, `_` and `-`, not beginning with a hyphen or `__`"
            }
            Self::FieldPath => {
                "at most 250 letters, digits and `_` in parts between dots, none beginning with a digit or `__`"
            }
            Self::EventType => {
                "at most 255 letters, digits and `._/-`, beginning and ending with a letter or digit, and not beginning with `google.`"
            }
            Self::EventAttribute => {
                "at most 20 lower-case letters and digits, and not `type`, which has a key of its own"
            }
            Self::Queue => {
                "at most 100 letters, digits and hyphens, beginning and ending with a letter or digit"
            }
            Self::Dataset => "at most 1,024 letters, digits and `_`",
            Self::Table => {
                "at most 1,024 letters, digits, `_` and `-`, not beginning with a hyphen"
            }
            Self::Objects => {
                "at most 200 letters, digits, `_`, `-`, `.`, `/` and `=`, beginning with a letter or digit"
            }
            Self::SpannerInstance => {
                "2 to 64 lower-case letters, digits and hyphens, beginning with a letter and not ending with a hyphen"
            }
            Self::SpannerDatabase => {
                "2 to 30 lower-case letters, digits, `_` and `-`, beginning with a letter and ending with a letter or digit"
            }
            Self::LogBucket => {
                "at most 100 letters, digits, `_`, `-` and `.`, not beginning with a hyphen or a dot"
            }
            Self::ExemptImages => {
                "`HOST/PART/…`, with a digest or with `*` or `**` at its end behind a whole first part"
            }
            Self::AccessLevel => "at most 50 letters, digits and `_`, beginning with a letter",
            Self::Bucket => {
                "3 to 222 lower-case letters, digits, `-`, `_` and `.`, beginning and ending with a letter or digit"
            }
            Self::NewBucket => {
                "3 to 63 lower-case letters, digits, `-` and `_`, beginning and ending with a letter or digit, without `google`"
            }
            Self::Store => {
                "3 to 30 lower-case letters, digits and single hyphens, beginning with a letter and not ending with a hyphen"
            }
        }
    }
}

/// Users that the engines or Google make, and what stands for everybody.
const RESERVED_USERS: [&str; 4] = ["postgres", "public", "root", "sys"];
/// How the names of others of theirs begin.
const RESERVED_USERS_BEGIN: [&str; 4] = ["cloudiam", "cloudsql", "mysql", "pg_"];

/// Databases that the engines keep for themselves.
const RESERVED_DATABASES: [&str; 8] = [
    "postgres",
    "template0",
    "template1",
    "mysql",
    "sys",
    "information_schema",
    "performance_schema",
    "cloudsqladmin",
];

fn shaped(
    name: &str,
    min: usize,
    max: usize,
    first: impl Fn(u8) -> bool,
    middle: impl Fn(u8) -> bool,
    last: impl Fn(u8) -> bool,
) -> bool {
    let bytes = name.as_bytes();
    (min..=max).contains(&bytes.len())
        && bytes.first().is_some_and(|byte| first(*byte))
        && bytes.iter().skip(1).rev().skip(1).all(|byte| middle(*byte))
        && (bytes.len() == 1 || bytes.last().is_some_and(|byte| last(*byte)))
}

/// Whether a text says which images are exempt, as [`Kind::ExemptImages`] has it.
fn exempt_images(text: &str) -> bool {
    let lower_digit = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let of_label = |byte: u8| lower_digit(byte) || byte == b'-';
    let of_part = |byte: u8| lower_digit(byte) || b"._-".contains(&byte);
    let of_tail = |byte: u8| of_part(byte) || b"@:".contains(&byte);
    let whole = |part: &str| shaped(part, 1, usize::MAX, lower_digit, of_part, of_part);
    let Some((place, tail)) = text.rsplit_once('/') else {
        return false;
    };
    let Some((host, parts)) = place.split_once('/') else {
        return false;
    };
    let mut labels = host.split('.');
    let starts = host.contains('.')
        && labels.all(|label| shaped(label, 1, usize::MAX, lower_digit, of_label, lower_digit))
        && parts.split('/').all(whole);
    let pattern = tail.strip_suffix("**").or_else(|| tail.strip_suffix('*'));
    let ends = match (pattern, tail.split_once("@sha256:")) {
        (Some(""), _) => true,
        (Some(start), _) => shaped(start, 1, usize::MAX, lower_digit, of_tail, of_tail),
        (None, Some((image, digest))) => {
            let of_digest = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
            whole(image) && digest.len() == 64 && digest.bytes().all(of_digest)
        }
        (None, None) => false,
    };
    starts && ends
}

/// Whether a name looks like a UUID, which Firestore keeps for itself.
fn is_uuid(name: &str) -> bool {
    let lengths = name.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12])
        && name
            .bytes()
            .all(|byte| byte == b'-' || byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// How the types of Google's events begin.
pub const GOOGLE_EVENTS: &str = "google.";

/// The id of the database of Firestore that libraries open where the code names none.
pub const DEFAULT_FIRESTORE: &str = "(default)";

/// The longest id of a project (<https://cloud.google.com/resource-manager/docs/creating-managing-projects>).
pub const PROJECT_ID_MAX: usize = 30;

/// The shortest id of a service account (<https://cloud.google.com/iam/docs/service-accounts-create>).
pub(super) const ACCOUNT_ID_MIN: usize = 6;
/// The longest one.
pub(super) const ACCOUNT_ID_MAX: usize = 30;

/// Whether a text is the name of an HTTP header or of a cookie: a token (RFC 9110, section 5.6.2).
#[must_use]
pub fn is_http_token(text: &str) -> bool {
    let of_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(of_token)
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use jsonschema::Validator;

    use super::Kind;

    #[test]
    fn names_are_taken_and_refused_as_google_does() {
        let taken = [
            (Kind::ProjectId, "acme-storefront-prod"),
            (Kind::Workload, "a"),
            (Kind::Workload, "partner-api"),
            (Kind::Domain, "shop.example.com"),
            (Kind::Email, "shop-oncall+prod@mail.example.com"),
            (Kind::Secret, "Stripe_key"),
            (Kind::EnvVar, "_A1"),
            (Kind::LabelValue, ""),
            (Kind::DatabaseName, "orders"),
            (Kind::DatabaseUser, "n8n"),
        ];
        for (kind, name) in taken {
            assert!(kind.accepts(name), "{kind:?} {name}");
        }
        let refused = [
            (Kind::ProjectId, "short"),
            (Kind::ProjectId, "my-google-project"),
            (Kind::Workload, ""),
            (Kind::Workload, "Web"),
            (Kind::Workload, "web-"),
            (Kind::Workload, "1web"),
            (Kind::Workload, "a--b"),
            (Kind::Domain, "localhost"),
            (Kind::Domain, "10.0.0.1"),
            (Kind::Domain, "https://shop.example.com"),
            (Kind::Domain, "shop.example.com."),
            (Kind::Email, "oncall"),
            (Kind::Email, "@example.com"),
            (Kind::Email, "a@b@example.com"),
            (Kind::Email, "a..b@example.com"),
            (Kind::Email, "oncall@localhost"),
            (Kind::Email, "Ops <oncall@example.com>"),
            (Kind::EnvVar, "1A"),
            (Kind::DatabaseName, "postgres"),
            (Kind::DatabaseUser, "root"),
            (Kind::DatabaseUser, "cloudsqlsuperuser"),
            (Kind::DatabaseUser, "n8n-app"),
        ];
        for (kind, name) in refused {
            assert!(!kind.accepts(name), "{kind:?} {name}");
        }
    }

    const KINDS: [Kind; 28] = [
        Kind::ProjectId,
        Kind::Prefix,
        Kind::Workload,
        Kind::Part,
        Kind::DatabaseInstance,
        Kind::DatabaseName,
        Kind::DatabaseUser,
        Kind::Secret,
        Kind::EnvVar,
        Kind::Domain,
        Kind::Email,
        Kind::LabelKey,
        Kind::LabelValue,
        Kind::Compute,
        Kind::Own,
        Kind::Messages,
        Kind::Cache,
        Kind::Firestore,
        Kind::Collection,
        Kind::FieldPath,
        Kind::EventType,
        Kind::EventAttribute,
        Kind::Queue,
        Kind::ExemptImages,
        Kind::AccessLevel,
        Kind::Bucket,
        Kind::NewBucket,
        Kind::Store,
    ];

    /// The patterns as an editor's validator reads them.
    static PATTERNS: LazyLock<Vec<(Kind, Validator)>> = LazyLock::new(|| {
        let pattern = |kind: Kind| serde_json::json!({ "pattern": kind.pattern() });
        let validator = |kind| (kind, jsonschema::draft7::new(&pattern(kind)).unwrap());
        KINDS.map(validator).into_iter().collect()
    });

    proptest::proptest! {
        #[test]
        fn a_pattern_takes_the_same_names(
            name in proptest::prop_oneof![
                "[a-z0-9]{0,3}[a-zA-Z0-9._-]{0,4}[a-z0-9.]{0,2}",
                "[a-z][a-z0-9-]{20,90}[a-z0-9]?",
                "([a-z0-9-]{1,64}\\.){0,5}[a-z0-9]{0,4}",
                "(goog|my-ssl|my-google|g00gle)?[a-z0-9_-]{0,9}",
                "(postgres|mysql|sys|template1)[a-z]?",
                "(cloudsql|pg_|root|_)?[a-z0-9_]{0,34}",
                "[a-z]{218,224}",
                "[A-Z_]{250,258}",
                "[a-z0-9_+.-]{0,5}@?[a-z0-9.-]{0,6}(\\.example)?",
                "[a-z]{60,66}@example\\.com",
                "[a-z-]{0,3}\\.?[a-z]{0,2}(/[a-z._-]{0,2}){0,3}/[a-z@:.-]{0,3}\\*{0,3}",
                "gcr\\.io(/[a-z]{1,2}){1,2}/[a-z]?@sha256:[0-9a-f]{63,65}",
                "[a-f][0-9a-f]{7}(-[0-9a-f]{4}){3}-[0-9a-f]{11,13}",
                "(_{0,2}[a-zA-Z0-9]{0,3}\\.?){0,4}",
                "\\(?default\\)?",
                "([a-z]{1,50}\\.){4}[a-z]{40,60}",
                "(google|type|com)[./]?[a-z0-9]{0,17}[._]?",
            ]
        ) {
            for (kind, pattern) in PATTERNS.iter() {
                let matches = pattern.is_valid(&name.clone().into());
                proptest::prop_assert_eq!(matches, kind.accepts(&name), "{:?} {}", kind, name);
            }
        }
    }

    /// gcloud would take a name that begins with a hyphen for a flag.
    #[test]
    fn no_name_of_a_resource_begins_with_a_hyphen() {
        let values = [Kind::LabelValue];
        for kind in KINDS.into_iter().filter(|kind| !values.contains(kind)) {
            assert!(!kind.accepts("-a-name-1"), "{kind:?}");
        }
    }

    #[test]
    fn what_was_meant_is_told_where_it_is_plain() {
        let like = |kind: Kind, name: &str| kind.like(name);
        assert_eq!(
            like(Kind::Workload, "Order_API").as_deref(),
            Some("order-api")
        );
        assert_eq!(
            like(Kind::Domain, "https://Shop.example.com:443/x").as_deref(),
            Some("shop.example.com")
        );
        assert_eq!(
            like(Kind::EnvVar, "LOG-LEVEL").as_deref(),
            Some("LOG_LEVEL")
        );
        assert_eq!(like(Kind::Workload, "1web"), None);
        assert_eq!(like(Kind::Workload, "web"), None);
    }
}
