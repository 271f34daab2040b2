//! What the output was proven with, and what scanners find in it on purpose. Both tables stand here alone: `--version`, the
//! generated files, `docs/proof.md` and the tests read them.

use std::sync::LazyLock;

use crate::plan::model::Engine;

/// A tool, or a table of Google's, and the version of it that the output was proven with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proven {
    /// What it is called.
    pub name: &'static str,
    /// The version, as it says it itself.
    pub version: &'static str,
    /// What was done with it.
    pub how: &'static str,
}

/// All of them. `tests/prove` and `tests/scan` hold the installed tools to it.
pub const PROVEN: [Proven; 7] = [
    Proven {
        name: "Terraform",
        version: "1.11.4",
        how: "each root module is validated, planned and applied, and planned once more without a change",
    },
    Proven {
        name: "google provider",
        version: "7.45.0",
        how: "a stand-in that knows the arguments of this version takes part in that",
    },
    Proven {
        name: "gcloud",
        version: "528.0.0",
        how: "its parser takes every command of the scripts, and its messages every file that they hand over",
    },
    Proven {
        name: "Cloud Armor rule sets",
        version: "OWASP 4.22, 3.3",
        how: "the names of sets and signatures are those of Google's tables",
    },
    Proven {
        name: "checkov",
        version: "3.3.30",
        how: "no finding but the waivers",
    },
    Proven {
        name: "trivy",
        version: "0.74.0",
        how: "no finding but the waivers",
    },
    Proven {
        name: "tflint",
        version: "0.64.0",
        how: "no finding, with every rule for Terraform but the one on file names",
    },
];

/// The version of this program and those of [`PROVEN`], as `--version` tells them.
#[must_use]
pub fn versions() -> &'static str {
    static TEXT: LazyLock<String> = LazyLock::new(|| {
        let width = PROVEN.iter().map(|it| it.name.len()).max().unwrap_or(0);
        let mut text = format!("{}\n\nproven with", env!("CARGO_PKG_VERSION"));
        for Proven { name, version, .. } in PROVEN {
            text.extend([&format!("\n  {name:width$}  "), version]);
        }
        text
    });
    &TEXT
}

/// A scanner that reads waivers in comments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scanner {
    /// <https://www.checkov.io/2.Basics/Suppressing%20and%20Skipping%20Policies.html>
    Checkov,
    /// <https://trivy.dev/latest/docs/scanner/misconfiguration/config/config/#skipping-detected-misconfigurations-by-inline-comments>
    Trivy,
}

/// A finding that the output meets on purpose. The comment stands at each place where the scanner would tell it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiver {
    /// Who finds it.
    pub scanner: Scanner,
    /// The scanner's name for it.
    pub check: &'static str,
    /// What the scanner asks for.
    pub asks: &'static str,
    /// Why it is not so.
    pub reason: &'static str,
}

impl Waiver {
    /// The comment that the scanner takes.
    #[must_use]
    pub fn comment(&self) -> String {
        let Self { check, reason, .. } = self;
        match self.scanner {
            Scanner::Checkov => format!("#checkov:skip={check}:{reason}"),
            Scanner::Trivy => format!("#trivy:ignore:{check} {reason}"),
        }
    }
}

/// The waivers of one block. Each scanner has its own place for them.
#[derive(Debug, Clone, Default)]
pub struct Waivers(pub Vec<Waiver>);

impl Waivers {
    /// Those that stand above the block.
    pub fn above(&self) -> impl Iterator<Item = &Waiver> {
        self.by(Scanner::Trivy)
    }

    /// Those that stand in it.
    pub fn inside(&self) -> impl Iterator<Item = &Waiver> {
        self.by(Scanner::Checkov)
    }

    fn by(&self, scanner: Scanner) -> impl Iterator<Item = &Waiver> {
        self.0
            .iter()
            .filter(move |waiver| waiver.scanner == scanner)
    }
}

const fn waiver(
    scanner: Scanner,
    check: &'static str,
    asks: &'static str,
    reason: &'static str,
) -> Waiver {
    Waiver {
        scanner,
        check,
        asks,
        reason,
    }
}

/// A database that asks connections for TLS, and not for a certificate.
pub const CLIENT_CERTIFICATES: [Waiver; 2] = {
    let asks = "a database asks each connection for a client certificate";
    let reason = "every connection is encrypted, and who connects has to log in";
    [
        waiver(Scanner::Checkov, "CKV_GCP_6", asks, reason),
        waiver(Scanner::Trivy, "GCP-0015", asks, reason),
    ]
};

/// A major version that is not the newest.
pub const DATABASE_VERSION: Waiver = waiver(
    Scanner::Checkov,
    "CKV_GCP_79",
    "a database has the newest major version",
    "the blueprint chooses the version",
);

/// The versions that checkov takes for the newest.
pub const NEWEST_VERSIONS: [&str; 3] = ["MYSQL_8_0", "MYSQL_8_4", "POSTGRES_18"];

/// The name of a secret, of which the detector believes that it is the secret.
pub const SECRET_NAME: Waiver = waiver(
    Scanner::Checkov,
    "CKV_SECRET_6",
    "no text that looks like a secret; it judges by the letters, so some names do and some do not",
    "its name, not its value",
);

/// The rule that refuses whatever no other rule lets in: the check takes the ports of every ingress rule for open ones.
pub const DENIED_PORTS: Waiver = waiver(
    Scanner::Trivy,
    "GCP-0074",
    "a firewall rule names few ports",
    "all ports, since this rule denies",
);

/// The subnetwork of the load balancer's proxies, which takes neither setting.
pub const PROXIES: [Waiver; 2] = [
    waiver(
        Scanner::Trivy,
        "GCP-0075",
        "a subnetwork has Private Google Access",
        "only Google's own proxies have addresses in it",
    ),
    waiver(
        Scanner::Trivy,
        "GCP-0076",
        "a subnetwork logs its flows",
        "Google refuses flow logs of proxies; the load balancer logs each request",
    ),
];

/// A topic, encrypted with a key of Google's.
pub const TOPIC_KEY: Waiver = waiver(
    Scanner::Checkov,
    "CKV_GCP_83",
    "a topic is encrypted with a key of the customer's",
    "Google's own keys encrypt it",
);

/// A repository of images, encrypted with a key of Google's.
pub const REGISTRY_KEY: Waiver = waiver(
    Scanner::Checkov,
    "CKV_GCP_84",
    "a repository of images is encrypted with a key of the customer's",
    "Google's own keys encrypt it",
);

/// A dataset of BigQuery, encrypted with a key of Google's.
pub const DATASET_KEY: Waiver = waiver(
    Scanner::Checkov,
    "CKV_GCP_81",
    "a dataset of BigQuery is encrypted with a key of the customer's",
    "Google's own keys encrypt it",
);

/// Tokens of GitHub that are told by numbers: the check wants the names, which can be given up and taken by somebody else.
pub const GITHUB_SUBJECT: Waiver = waiver(
    Scanner::Checkov,
    "CKV_GCP_125",
    "the condition of a pool for GitHub names owner and repository by their names",
    "numbers and the branch are asked for, since names can be taken over",
);

/// The role of Eventarc's agent, which Google takes on the project alone.
pub const AGENT_ROLE: Waiver = waiver(
    Scanner::Checkov,
    "CKV_GCP_49",
    "no role on the project manages service accounts or acts as them",
    "Google made this role for its own agent, and no person holds it",
);

/// A bucket without a second one that its logs are written to.
pub const BUCKET: [Waiver; 2] = {
    let asks = "a bucket writes logs of its use to another bucket";
    let reason = "audit logs of data access tell more, and nobody can delete them";
    [
        waiver(Scanner::Checkov, "CKV_GCP_62", asks, reason),
        waiver(Scanner::Trivy, "GCP-0077", asks, reason),
    ]
};

/// A bucket, encrypted with a key of Google's.
pub const BUCKET_KEY: Waiver = waiver(
    Scanner::Trivy,
    "GCP-0066",
    "a bucket is encrypted with a key of the customer's",
    "Google's own keys encrypt it",
);

/// A bucket that keeps no old versions.
pub const BUCKET_VERSIONS: [Waiver; 2] = {
    let asks = "a bucket keeps old versions of its objects";
    let reason = "the blueprint decides; with a retention nothing is overwritten";
    [
        waiver(Scanner::Checkov, "CKV_GCP_78", asks, reason),
        waiver(Scanner::Trivy, "GCP-0078", asks, reason),
    ]
};

/// A log sink into a bucket.
pub const SINK_BUCKET: Waiver = waiver(
    Scanner::Checkov,
    "CKV2_GCP_4",
    "a bucket that logs go to has a locked retention",
    "no bucket's retention is locked; a log bucket's can be",
);

/// A key that is rotated less often.
pub const KEY_ROTATION: [Waiver; 2] = {
    let asks = "a key that encrypts is rotated every 90 days";
    let reason = "the blueprint decides how often";
    [
        waiver(Scanner::Checkov, "CKV_GCP_43", asks, reason),
        waiver(Scanner::Trivy, "GCP-0065", asks, reason),
    ]
};

/// A key whose versions may be destroyed.
pub const KEY_PROTECTION: Waiver = waiver(
    Scanner::Checkov,
    "CKV_GCP_82",
    "Terraform refuses to destroy a key",
    "the blueprint takes the protection off",
);

/// A flag of a database that scanners ask for, and its value
/// (<https://www.checkov.io/5.Policy%20Index/terraform.html>, <https://avd.aquasec.com/misconfig/google/sql/>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flag {
    /// Whose flag it is.
    pub engine: Engine,
    /// Its name.
    pub name: &'static str,
    /// The value that is asked for.
    pub value: &'static str,
    asks: &'static str,
    checkov: &'static str,
    trivy: Option<&'static str>,
}

impl Flag {
    /// For a database where it has not that value.
    pub fn waivers(&self) -> impl Iterator<Item = Waiver> {
        let asks = self.asks;
        let reason = "the blueprint decides the flag; profile cis sets it";
        let trivy = self.trivy;
        [waiver(Scanner::Checkov, self.checkov, asks, reason)]
            .into_iter()
            .chain(trivy.map(|check| waiver(Scanner::Trivy, check, asks, reason)))
    }
}

/// A flag by its check of checkov's, that of trivy's, its engine, name and value.
macro_rules! flag {
    ($checkov:literal, $trivy:expr, $engine:ident, $name:literal, $value:literal) => {
        Flag {
            engine: Engine::$engine,
            name: $name,
            value: $value,
            asks: concat!("`", $name, "` is `", $value, "`"),
            checkov: $checkov,
            trivy: $trivy,
        }
    };
}

/// The flags that are asked for.
pub const FLAGS: [Flag; 10] = [
    flag!("CKV2_GCP_13", None, Postgres, "log_duration", "on"),
    flag!("CKV_GCP_50", Some("GCP-0026"), Mysql, "local_infile", "off"),
    flag!(
        "CKV_GCP_51",
        Some("GCP-0025"),
        Postgres,
        "log_checkpoints",
        "on"
    ),
    flag!(
        "CKV_GCP_52",
        Some("GCP-0016"),
        Postgres,
        "log_connections",
        "on"
    ),
    flag!(
        "CKV_GCP_53",
        Some("GCP-0022"),
        Postgres,
        "log_disconnections",
        "on"
    ),
    flag!(
        "CKV_GCP_54",
        Some("GCP-0020"),
        Postgres,
        "log_lock_waits",
        "on"
    ),
    flag!("CKV_GCP_108", None, Postgres, "log_hostname", "on"),
    flag!(
        "CKV_GCP_109",
        None,
        Postgres,
        "log_min_error_statement",
        "error"
    ),
    flag!(
        "CKV_GCP_110",
        None,
        Postgres,
        "cloudsql.enable_pgaudit",
        "on"
    ),
    flag!("CKV_GCP_111", None, Postgres, "log_statement", "ddl"),
];

/// Every waiver that there is.
pub fn waivers() -> impl Iterator<Item = Waiver> {
    CLIENT_CERTIFICATES
        .into_iter()
        .chain([DATABASE_VERSION, SECRET_NAME, DENIED_PORTS, TOPIC_KEY])
        .chain(PROXIES)
        .chain([REGISTRY_KEY, DATASET_KEY, GITHUB_SUBJECT, AGENT_ROLE])
        .chain(BUCKET)
        .chain([BUCKET_KEY])
        .chain(BUCKET_VERSIONS)
        .chain([SINK_BUCKET])
        .chain(KEY_ROTATION)
        .chain([KEY_PROTECTION])
        .chain(FLAGS.iter().flat_map(Flag::waivers))
}
