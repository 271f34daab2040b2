//! `secrets.sh`, run with a stand-in for gcloud: which values it makes, which it fetches, what it takes from people, what it tells, and
//! that a value stands in no argument and no output.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a test may stop where it stands, use the disk and start programs"
)]

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
const PATIENCE: Duration = Duration::from_secs(20);

/// What its services read, each secret in one way of coming about.
const SECRETS: &str = r#"
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
const MORE: &str = r#"
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
const GCLOUD: &str = r#"#!/usr/bin/env bash
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
struct Cloud(TempDir);

/// What a run came to: its status, what it printed, what it said.
type Run = (i32, String, String);

impl Cloud {
    fn of(lines: &str) -> Self {
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
        cloud.write("bin/gcloud", GCLOUD);
        let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        fs::set_permissions(cloud.path("bin/gcloud"), executable).unwrap();
        cloud.write("cloud/asked", "");
        cloud
    }

    /// As the foundation leaves it.
    fn founded(lines: &str) -> Self {
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

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_default()
    }

    /// Adds a version to a secret, by hand.
    fn version(&self, secret: &str, number: u32, value: &str, state: &str) {
        self.write(&format!("cloud/secrets/{secret}/{number}"), value);
        self.write(&format!("cloud/secrets/{secret}/{number}.state"), state);
    }

    /// A version of one of its own secrets.
    fn value(&self, secret: &str, number: u32) -> String {
        self.read(&format!("cloud/secrets/acme-shop-prod/{secret}/{number}"))
    }

    /// The password that the stand-in was given for a user, as YAML has it.
    fn password(&self, user: &str) -> String {
        let flags = self.read(&format!("cloud/password of {user}"));
        let value = flags.strip_prefix("--password: '");
        let value = value.and_then(|rest| rest.strip_suffix("'\n"));
        value.unwrap_or_else(|| panic!("{flags:?}")).to_owned()
    }

    fn command(&self, arguments: &[&str]) -> Vec<String> {
        let script = self.path("scripts/secrets.sh").display().to_string();
        let words = arguments.iter().map(|one| (*one).to_owned());
        [script].into_iter().chain(words).collect()
    }

    fn search_path(&self) -> String {
        let own = self.path("bin").display().to_string();
        format!("{own}:{}", std::env::var("PATH").unwrap())
    }

    fn runs(&self, arguments: &[&str], given: &str) -> Run {
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
    fn prints(&self, arguments: &[&str], given: &str) -> String {
        let (status, printed, said) = self.runs(arguments, given);
        assert_eq!((status, said.as_str()), (0, ""), "{printed}");
        printed
    }

    /// A run that stops: what it says.
    #[track_caller]
    fn stops(&self, arguments: &[&str]) -> String {
        let (status, _, said) = self.runs(arguments, "");
        assert_eq!(status, 2, "{said}");
        said
    }
}

#[test]
fn what_is_made_is_made_once_and_as_it_is_asked() {
    let cloud = Cloud::founded(SECRETS);
    assert_eq!(
        cloud.prints(&["--generate"], ""),
        "session-key: version 1 added\nmade 1 of 1\n"
    );
    let value = cloud.value("session-key", 1);
    assert_eq!(value.len(), 48);
    assert!(
        value.bytes().all(|byte| byte.is_ascii_hexdigit()),
        "{value}"
    );
    assert!(value.bytes().any(|byte| byte != value.as_bytes()[0]));
    assert_eq!(
        cloud.prints(&["--generate"], ""),
        "session-key has a value\nmade 0 of 1\n"
    );
    assert_eq!(cloud.value("session-key", 2), "");
    // Where the newest is disabled there is a value no longer.
    cloud.version("acme-shop-prod/session-key", 1, &value, "disabled");
    cloud.prints(&["--generate"], "");
    assert_ne!(cloud.value("session-key", 2), value);
    assert!(!cloud.read("cloud/asked").contains(&value));
}

#[test]
fn what_google_made_is_fetched_once() {
    let cloud = Cloud::founded(&format!("{SECRETS}{MORE}"));
    let printed = cloud.prints(&["--generate"], "");
    assert!(
        printed.ends_with("made 3 of 3\nsessions-ca: version 1 added\nfetched 1 of 1\n"),
        "{printed}"
    );
    assert_eq!(cloud.value("sessions-ca", 1), "-----BEGIN\nof the cache\n");
    let printed = cloud.prints(&["--generate"], "");
    assert!(
        printed.ends_with("made 0 of 3\nsessions-ca has a value\nfetched 0 of 1\n"),
        "{printed}"
    );
}

#[test]
fn nothing_that_is_fetched_is_no_value() {
    let cloud = Cloud::founded(MORE);
    cloud.write("cloud/authority", "");
    let said = cloud.stops(&["--generate"]);
    assert!(
        said.contains("stopped at the start: Google has nothing for sessions-ca yet\n"),
        "{said}"
    );
    cloud.write("cloud/refused", "get-certificate-authority");
    let said = cloud.stops(&["--generate"]);
    assert!(
        said.contains("nothing was fetched for sessions-ca: ERROR: (gcloud) PERMISSION_DENIED"),
        "{said}"
    );
    assert_eq!(cloud.value("sessions-ca", 1), "");
    cloud.write("cloud/refused", "");
    fs::remove_dir_all(cloud.path("cloud/secrets/acme-shop-prod/sessions-ca")).unwrap();
    let said = cloud.stops(&["--generate"]);
    assert!(
        said.contains("secret sessions-ca is not there; the foundation makes it\n"),
        "{said}"
    );
}

#[test]
fn a_value_comes_from_standard_input_and_stands_nowhere_else() {
    let cloud = Cloud::founded(SECRETS);
    let before = fs::read_dir(cloud.path("")).unwrap().count();
    assert_eq!(
        cloud.prints(&["api-key"], "s3cret\n"),
        "api-key: version 1 added\n"
    );
    assert_eq!(
        cloud.prints(&["partner"], "other"),
        "partner: version 1 added\n"
    );
    assert_eq!(cloud.value("api-key", 1), "s3cret\n");
    let elsewhere = cloud.read("cloud/secrets/acme-shared/partner-token/1");
    assert_eq!(elsewhere, "other");
    let asked = cloud.read("cloud/asked");
    assert!(
        !asked.contains("s3cret") && !asked.contains("other"),
        "{asked}"
    );
    assert_eq!(fs::read_dir(cloud.path("")).unwrap().count(), before);
}

#[test]
fn a_value_is_asked_for_at_a_terminal_and_not_shown() {
    use std::io::Read as _;
    use std::sync::mpsc::RecvTimeoutError;

    use pty_process::blocking::{Command, open};

    let cloud = Cloud::founded(SECRETS);
    let asks = |typed: &str| {
        let (pty, pts) = open().unwrap();
        let command = Command::new("bash").args(cloud.command(&["api-key"]));
        let mut child = command.env("PATH", cloud.search_path()).spawn(pts).unwrap();
        let (screen, seen) = std::sync::mpsc::channel();
        std::thread::scope(|scope| {
            let reader = &pty;
            scope.spawn(move || {
                let mut bytes = [0; 1024];
                // It ends with an error when the program does.
                while let Ok(length @ 1..) = (&*reader).read(&mut bytes) {
                    screen.send(bytes[..length].to_vec()).unwrap();
                }
            });
            let (mut shown, mut answered) = (String::new(), false);
            loop {
                match seen.recv_timeout(PATIENCE) {
                    Ok(bytes) => shown += &String::from_utf8_lossy(&bytes),
                    Err(RecvTimeoutError::Disconnected) => break,
                    Err(RecvTimeoutError::Timeout) => child.kill().unwrap(),
                }
                if !answered && shown.contains("value of api-key (not shown): ") {
                    (&pty).write_all(typed.as_bytes()).unwrap();
                    answered = true;
                }
            }
            (child.wait().unwrap().code(), shown)
        })
    };
    assert_eq!(
        asks("s3cret \\n\n"),
        (
            Some(0),
            "value of api-key (not shown): \r\napi-key: version 1 added\r\n".to_owned()
        )
    );
    assert_eq!(cloud.value("api-key", 1), "s3cret \\n");
    let (status, shown) = asks("\n");
    assert_eq!(status, Some(2));
    assert!(shown.contains("the value is empty"), "{shown}");
    assert_eq!(cloud.value("api-key", 2), "");
}

#[test]
fn what_cannot_be_done_is_said() {
    let cloud = Cloud::founded(&format!("{SECRETS}{MORE}"));
    let (status, printed, said) = cloud.runs(&["nonsense"], "value");
    assert_eq!((status, printed.as_str()), (2, ""));
    assert!(
        said.starts_with("secrets.sh: no secret is called `nonsense`; there are: api-key "),
        "{said}"
    );
    let (status, printed, said) = cloud.runs(&["metabase-password"], "value");
    assert_eq!((status, printed.as_str()), (2, ""));
    assert_eq!(
        said,
        "secrets.sh: `metabase-password` is the password of a database user: --generate makes it, --rotate metabase-password another one\n"
    );
    cloud.write("cloud/refused", "versions add");
    let said = cloud.stops(&["api-key"]);
    assert!(
        said.contains("no version was added to api-key: ERROR: (gcloud) PERMISSION_DENIED"),
        "{said}"
    );
    cloud.write("cloud/refused", "versions list");
    for arguments in ["--check", "--generate"] {
        let said = cloud.stops(&[arguments]);
        assert!(said.contains("cannot read the versions of "), "{said}");
    }
    let nothing = Cloud::of(SECRETS);
    let said = nothing.stops(&["--generate"]);
    assert!(
        said.contains("secret session-key is not there; the foundation makes it\n"),
        "{said}"
    );
}

#[test]
fn its_use_is_shown() {
    for (lines, rotates) in [(SECRETS, false), (MORE, true)] {
        let cloud = Cloud::founded(lines);
        let help = cloud.prints(&["--help"], "");
        assert!(help.starts_with("usage: ./secrets.sh NAME "), "{help}");
        for option in ["--generate", "--rotate", "--check"] {
            let there = help.contains(&format!("./secrets.sh {option} "));
            assert_eq!(there, option != "--rotate" || rotates, "{help}");
        }
        let users = "and the database users whose passwords they are";
        assert_eq!(help.contains(users), rotates, "{help}");
        assert_eq!(cloud.prints(&["-h"], ""), help);
        for arguments in [&[][..], &["--nonsense"]] {
            let (status, printed, said) = cloud.runs(arguments, "");
            assert_eq!((status, printed, said), (2, String::new(), help.clone()));
        }
        assert_eq!(cloud.read("cloud/asked"), "");
    }
}

#[test]
fn each_version_that_something_asks_for_is_looked_for() {
    let nothing = Cloud::of(SECRETS);
    let missing = "the secret is not there; the foundation makes it";
    let row =
        |name: &str, version: &str, state: &str| format!("{name:30} version {version:7} {state}\n");
    let end = |lacks: u32| {
        format!(
            "{lacks} of 4 versions are not there; ./secrets.sh NAME adds the next one, --generate makes those that are made\n"
        )
    };
    let rows = [
        row("api-key", "2", missing),
        row("feed-key", "latest", missing),
        row("partner", "7", missing),
        row("session-key", "1", missing),
        end(4),
    ];
    assert_eq!(
        nothing.runs(&["--check"], ""),
        (1, rows.concat(), String::new())
    );

    let cloud = Cloud::founded(SECRETS);
    cloud.version("acme-shop-prod/api-key", 1, "a", "enabled");
    cloud.version("acme-shop-prod/api-key", 2, "b", "DISABLED");
    cloud.version("acme-shop-prod/feed-key", 9, "c", "destroyed");
    cloud.version("acme-shared/partner-token", 70, "d", "enabled");
    cloud.version("acme-shop-prod/session-key", 1, "e", "enabled");
    let rows = [
        row("api-key", "2", "disabled"),
        row("feed-key", "latest", "missing"),
        row("partner", "7", "missing"),
        end(3),
    ];
    assert_eq!(
        cloud.runs(&["--check"], ""),
        (1, rows.concat(), String::new())
    );

    cloud.version("acme-shop-prod/api-key", 2, "b", "enabled");
    cloud.version("acme-shop-prod/feed-key", 10, "c", "ENABLED");
    cloud.version("acme-shared/partner-token", 7, "d", "enabled");
    assert_eq!(
        cloud.prints(&["--check"], ""),
        "4 versions are asked for; all are there\n"
    );
    // It reads which versions are there, and no value.
    assert!(!cloud.read("cloud/asked").contains("access"));
}

#[test]
fn a_password_is_made_with_its_user_and_stands_nowhere_else() {
    let cloud = Cloud::founded(MORE);
    let printed = cloud.prints(&["--generate"], "");
    let made = [
        "bookstack-password: version 1 added\nbookstack-password: user bookstack of books made\n",
        "metabase-password: version 1 added\nmetabase-password: user metabase of main made\n",
    ];
    assert!(printed.starts_with(&made.concat()), "{printed}");
    for (user, secret) in [
        ("bookstack", "bookstack-password"),
        ("metabase", "metabase-password"),
    ] {
        let value = cloud.value(secret, 1);
        assert_eq!(value.len(), 32);
        let has = |kind: fn(&char) -> bool| value.chars().any(|one| kind(&one));
        assert!(has(char::is_ascii_lowercase) && has(char::is_ascii_uppercase));
        assert!(has(char::is_ascii_digit) && has(char::is_ascii_punctuation));
        assert_eq!(cloud.password(user), value);
        let asked = cloud.read("cloud/asked");
        assert!(!asked.contains(&value), "{asked}");
    }
    assert_eq!(
        cloud.read("cloud/settings"),
        "CLOUDSDK_CORE_DISABLE_FILE_LOGGING=1\nCLOUDSDK_CORE_LOG_HTTP=0\nCLOUDSDK_CORE_VERBOSITY=error\n"
    );
    let there = cloud.read("cloud/users/acme-shop-prod/books");
    assert_eq!(there, "bookstack\tlocalhost\nbookstack\t%\n");
}

#[test]
fn a_user_who_is_not_there_gets_the_password_that_is_there() {
    let cloud = Cloud::founded(MORE);
    cloud.version("acme-shop-prod/metabase-password", 1, "old", "enabled");
    cloud.version(
        "acme-shop-prod/metabase-password",
        2,
        "It's-2~new",
        "enabled",
    );
    cloud.write("cloud/users/acme-shop-prod/books", "bookstack\t%\n");
    cloud.version("acme-shop-prod/bookstack-password", 1, "set", "enabled");
    let printed = cloud.prints(&["--generate"], "");
    let told = [
        "bookstack-password has a value\n",
        "metabase-password has a value\nmetabase-password: user metabase of main made\n",
        "made 0 of 2\n",
    ];
    assert!(printed.starts_with(&told.concat()), "{printed}");
    // As YAML writes it.
    assert_eq!(cloud.password("metabase"), "It''s-2~new");
    assert_eq!(cloud.read("cloud/password of bookstack"), "");
    assert!(!cloud.read("cloud/asked").contains("It's"));

    cloud.write("cloud/users/acme-shop-prod/main", "");
    cloud.write("cloud/refused", "versions access");
    let said = cloud.stops(&["--generate"]);
    let why = "the password in metabase-password cannot be read; ./secrets.sh --rotate metabase-password makes another: ERROR: (gcloud) PERMISSION_DENIED";
    assert!(said.contains(why), "{said}");
    cloud.write("cloud/refused", "users create");
    let said = cloud.stops(&["--generate"]);
    let why = "metabase of main did not take the password; ./secrets.sh --rotate metabase-password makes another: ERROR: (gcloud) PERMISSION_DENIED";
    assert!(said.contains(why), "{said}");
    cloud.write("cloud/refused", "users list");
    let said = cloud.stops(&["--generate"]);
    assert!(said.contains("cannot read the users of books: "), "{said}");
    cloud.write("cloud/refused", "");
    fs::remove_file(cloud.path("cloud/users/acme-shop-prod/main")).unwrap();
    let said = cloud.stops(&["--generate"]);
    assert!(
        said.contains("database main is not there; the foundation makes it\n"),
        "{said}"
    );
}

#[test]
fn another_value_is_made_and_set() {
    let cloud = Cloud::founded(&format!("{SECRETS}{MORE}"));
    cloud.prints(&["--generate"], "");
    let printed = cloud.prints(&["--rotate", "metabase-password"], "");
    assert_eq!(
        printed,
        "metabase-password: version 2 added\nmetabase-password: user metabase of main has another password\n\
         pin that version in the blueprint, generate, and apply the services stage\n"
    );
    let (old, new) = (
        cloud.value("metabase-password", 1),
        cloud.value("metabase-password", 2),
    );
    assert!(old != new && new.len() == 32, "{old} {new}");
    assert_eq!(cloud.password("metabase"), new);
    assert_eq!(cloud.value("bookstack-password", 2), "");

    let printed = cloud.prints(&["--rotate", "session-key"], "");
    assert_eq!(
        printed,
        "session-key: version 2 added\npin that version in the blueprint, generate, and apply the services stage\n"
    );
    assert_eq!(cloud.value("session-key", 2).len(), 48);
    assert_ne!(cloud.value("session-key", 2), cloud.value("session-key", 1));

    for arguments in [&["--rotate", "api-key"][..], &["--rotate"]] {
        let said = cloud.stops(arguments);
        let name = arguments.get(1).unwrap_or(&"");
        assert_eq!(
            said,
            format!(
                "secrets.sh: no secret `{name}` is made here; there are: bookstack-password metabase-password session-key\n"
            )
        );
    }
    fs::remove_dir_all(cloud.path("cloud/secrets/acme-shop-prod/session-key")).unwrap();
    let said = cloud.stops(&["--rotate", "session-key"]);
    assert!(
        said.contains("secret session-key is not there; the foundation makes it\n"),
        "{said}"
    );
}

#[test]
fn a_password_that_is_one_no_longer_and_a_user_who_is_missing_are_found() {
    let cloud = Cloud::founded(MORE);
    cloud.version("acme-shop-prod/sessions-ca", 1, "ca", "enabled");
    cloud.version("acme-shop-prod/bookstack-password", 1, "a", "enabled");
    cloud.version("acme-shop-prod/metabase-password", 1, "b", "enabled");
    cloud.write("cloud/users/acme-shop-prod/books", "bookstack\t%\n");
    let missing = format!(
        "{:30} user metabase of main is not there\n",
        "metabase-password"
    );
    let missing =
        format!("{missing}1 database users are not there; ./secrets.sh --generate makes them\n");
    let (status, printed, _) = cloud.runs(&["--check"], "");
    assert_eq!((status, printed), (1, missing.clone()));

    // The ninth comes before the tenth, and a version that is disabled is no password.
    for (number, state) in [(9, "enabled"), (10, "ENABLED"), (11, "disabled")] {
        cloud.version("acme-shop-prod/metabase-password", number, "b", state);
    }
    let old = format!(
        "{:30} version 1       is the password no longer, version 10 is: pin that one\n",
        "metabase-password"
    );
    let lacks = "1 of 3 versions are not there; ./secrets.sh NAME adds the next one, --generate makes those that are made\n";
    let (status, printed, _) = cloud.runs(&["--check"], "");
    assert_eq!((status, printed), (1, [&old, &missing, lacks].concat()));

    cloud.write("cloud/users/acme-shop-prod/main", "metabase\t\n");
    cloud.version("acme-shop-prod/metabase-password", 9, "b", "destroyed");
    cloud.version("acme-shop-prod/metabase-password", 10, "b", "disabled");
    assert_eq!(
        cloud.prints(&["--check"], ""),
        "3 versions are asked for; all are there\n"
    );
}
