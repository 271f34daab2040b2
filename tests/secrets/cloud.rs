//! A folder with the scripts, a blueprint of which they are made, and a stand-in for gcloud.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use ravelin::expand;
use ravelin::source::Source;
use tempfile::TempDir;

const IMAGE: &str = "europe-docker.pkg.dev/acme-shop-prod/app/app@sha256:7d3f0a1e5c9b8a6d4f2e1c0b9a8d7e6f5c4b3a291807f6e5d4c3b2a190817263";

/// How long a run may take.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// What its services read, each secret in one way of coming about.
pub const SECRETS: &str = r#"
[services.web]
image   = "IMAGE"
secrets = { env = { API_KEY = "api-key:2", PARTNER = "partner:7", SESSION = "session-key:1" }, files = { "/etc/feed/key" = "feed-key:latest" } }

[secrets.api-key]

[secrets.feed-key]

[secrets.partner]
existing = "projects/acme-shared/secrets/partner-token"

[secrets.session-key]
generate = { length = 48, alphabet = "0123456789abcdef" }
"#;

/// An authority that Google makes, and passwords of both engines.
pub const MORE: &str = r#"
[services.metabase]
image     = "IMAGE"
databases = { main = { user = "metabase" } }
caches    = ["sessions"]
secrets   = { env = { MB_DB_PASS = "metabase-password:1" } }
env       = { MB_DB_USER = "${databases.main.user}", MB_DB_HOST = "${databases.main.private_ip}", CACHE_HOST = "${caches.sessions.host}", CACHE_PORT = "${caches.sessions.port}", CACHE_CA = "${caches.sessions.ca}" }

[services.books]
image     = "IMAGE"
databases = { books = { user = "bookstack" } }
secrets   = { env = { DB_PASS = "bookstack-password:1" } }
env       = { DB_USER = "${databases.books.user}", DB_HOST = "${databases.books.private_ip}" }

[databases.main]
engine         = "postgres"
version        = "17"
tier           = "db-custom-2-7680"
connect        = "direct"
password_users = { metabase = "metabase-password" }
exceptions     = [{ rule = "password-login", reason = "Metabase knows no other login", owner = "data-team", expires = 2037-06-30 }]

[databases.books]
engine         = "mysql"
version        = "8.4"
tier           = "db-custom-2-7680"
connect        = "direct"
password_users = { bookstack = "bookstack-password" }
exceptions     = [{ rule = "password-login", reason = "BookStack knows no other login", owner = "data-team", expires = 2037-06-30 }]

[secrets.metabase-password]

[secrets.bookstack-password]

[caches.sessions]
version = "8.0"
"#;

/// Keeps versions of secrets and users of databases as files, and writes down what it is asked. It refuses what stands in `refused`.
const GCLOUD: &str = r#"
cd "${0%/*}/../cloud" || exit
printf '%s\n' "$*" >>asked
declare -A flags=()
words=()
for word; do case $word in --*=*) flags[${word%%=*}]=${word#*=} ;; *) words+=("$word") ;; esac; done
fail() { echo "ERROR: (gcloud) $1" >&2; exit 1; }
if [[ -s refused && "$*" == *"$(<refused)"* ]]; then fail 'PERMISSION_DENIED: you have no right'; fi
case ${words[*]} in
  secrets*) secret=secrets/${flags[--project]}/${flags[--secret]-${words[3]}}; [[ -d $secret ]] || fail 'NOT_FOUND: Secret not found' ;;
  sql*) users=users/${flags[--project]}/${flags[--instance]}; [[ -e $users ]] || fail 'NOT_FOUND: The Cloud SQL instance does not exist' ;;
esac
newest=$(ls "${secret-/dev/null}" | grep -v state | sort -n | tail -n 1)
case ${words[*]} in
  'secrets versions list '*) for one in $(ls "$secret" | grep -v state | sort -nr); do printf '%s\t%s\n' "$one" "$(<"$secret/$one.state")"; done ;;
  'secrets versions add '*)
    [[ ${flags[--data-file]} == - ]] || fail 'no data'
    cat >"$secret/$((newest + 1))"
    echo enabled >"$secret/$((newest + 1)).state"
    echo "projects/481516234299/secrets/${words[3]}/versions/$((newest + 1))" ;;
  'secrets versions access latest') cat "$secret/$newest" ;;
  'sql users list') cat "$users" ;;
  'sql users create '* | 'sql users set-password '*)
    [[ ${flags[--flags-file]} == - ]] || fail 'no flags'
    line="${words[3]}"$'\t'"${flags[--host]-}"
    if grep -qxF "$line" "$users"; then there=set-password; else there=create; fi
    [[ ${words[2]} == "$there" ]] || fail "not to $there"
    if [[ $there == create ]]; then echo "$line" >>"$users"; fi
    cat >"password of ${words[3]}"
    env | grep -E '^CLOUDSDK_CORE_(DISABLE_FILE|LOG|VERB)' | sort >settings ;;
  *get-certificate-authority*) cat authority ;;
  *) fail 'unknown' ;;
esac
"#;

/// A folder with the scripts, and what the stand-in keeps.
pub struct Cloud(TempDir);

/// What a run came to: its status, what it printed, what it said.
pub type Run = (i32, String, String);

impl Cloud {
    pub fn of(lines: &str) -> Self {
        let text = format!(
            "schema = 1\nproject = {{ name = \"shop\", region = \"europe-west1\" }}\nstate.bucket = \"acme-state\"\n\
             environments.prod.project_id = \"acme-shop-prod\"\n{}",
            lines.replace("IMAGE", IMAGE)
        );
        let expansion = expand(&Source::new("ravelin.toml", text), &|_| None);
        assert!(!expansion.has_errors(), "{:#?}", expansion.diagnostics);
        let tree = expansion.tree();
        let cloud = Self(tempfile::tempdir().unwrap());
        for name in ["lib.sh", "secrets.sh"] {
            let file = tree.get(&format!("gcloud/prod/{name}"));
            cloud.write(&format!("scripts/{name}"), &file.unwrap().text);
        }
        cloud.program("gcloud", GCLOUD);
        cloud.write("cloud/asked", "");
        cloud
    }

    /// Puts a program before those of the machine.
    pub fn program(&self, name: &str, lines: &str) {
        let path = format!("bin/{name}");
        self.write(&path, &format!("#!/usr/bin/env bash\n{lines}"));
        let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        fs::set_permissions(self.path(&path), executable).unwrap();
    }

    /// As the foundation leaves it.
    pub fn founded(lines: &str) -> Self {
        let cloud = Self::of(lines);
        for secret in [
            "acme-shared/partner-token",
            "acme-shop-prod/api-key",
            "acme-shop-prod/bookstack-password",
            "acme-shop-prod/feed-key",
            "acme-shop-prod/metabase-password",
            "acme-shop-prod/session-key",
            "acme-shop-prod/sessions-ca",
        ] {
            fs::create_dir_all(cloud.path(&format!("cloud/secrets/{secret}"))).unwrap();
        }
        cloud.write("cloud/users/acme-shop-prod/main", "postgres\t\n");
        cloud.write("cloud/users/acme-shop-prod/books", "bookstack\tlocalhost\n");
        cloud.write("cloud/authority", "-----BEGIN\nof the cache\n");
        cloud
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    pub fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_default()
    }

    /// Adds a version to a secret, by hand.
    pub fn version(&self, secret: &str, number: u32, value: &str, state: &str) {
        self.write(&format!("cloud/secrets/{secret}/{number}"), value);
        self.write(&format!("cloud/secrets/{secret}/{number}.state"), state);
    }

    /// A version of one of its own secrets.
    pub fn value(&self, secret: &str, number: u32) -> String {
        self.read(&format!("cloud/secrets/acme-shop-prod/{secret}/{number}"))
    }

    /// The password that the stand-in was given for a user, as YAML has it.
    pub fn password(&self, user: &str) -> String {
        let flags = self.read(&format!("cloud/password of {user}"));
        let value = flags.strip_prefix("--password: '");
        let value = value.and_then(|rest| rest.strip_suffix("'\n"));
        value.unwrap_or_else(|| panic!("{flags:?}")).to_owned()
    }

    pub fn command(&self, arguments: &[&str]) -> Vec<String> {
        let script = self.path("scripts/secrets.sh").display().to_string();
        let words = arguments.iter().map(|one| (*one).to_owned());
        [script].into_iter().chain(words).collect()
    }

    pub fn search_path(&self) -> String {
        let own = self.path("bin").display().to_string();
        format!("{own}:{}", std::env::var("PATH").unwrap())
    }

    pub fn runs(&self, arguments: &[&str], given: &str) -> Run {
        let mut child = Command::new("bash")
            .args(self.command(arguments))
            .env("PATH", self.search_path())
            .env("TMPDIR", self.0.path())
            // What stands in the environment of whoever runs it has no say.
            .envs(["order", "needed", "generated", "fetched"].map(|list| (list, "stray 1 0")))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A run that takes nothing may be over already.
        let _ = child.stdin.take().unwrap().write_all(given.as_bytes());
        let until = Instant::now() + PATIENCE;
        while child.try_wait().unwrap().is_none() {
            if Instant::now() > until {
                child.kill().unwrap();
                panic!("secrets.sh {arguments:?} does not end");
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        let output = child.wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (
            output.status.code().unwrap(),
            text(output.stdout),
            text(output.stderr),
        )
    }

    /// A run that ends well: what it prints.
    #[track_caller]
    pub fn prints(&self, arguments: &[&str], given: &str) -> String {
        let (status, printed, said) = self.runs(arguments, given);
        assert_eq!((status, said.as_str()), (0, ""), "{printed}");
        printed
    }

    /// A run that stops: what it says.
    #[track_caller]
    pub fn stops(&self, arguments: &[&str]) -> String {
        let (status, _, said) = self.runs(arguments, "");
        assert_eq!(status, 2, "{said}");
        said
    }
}
