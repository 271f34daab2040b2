//! Values that are made, fetched or brought, and versions that are looked for.

use std::fs;
use std::io::Write as _;

use crate::cloud::{Cloud, MORE, PATIENCE, SECRETS};

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
fn what_breaks_off_is_no_success() {
    let cloud = Cloud::founded(SECRETS);
    // What makes the characters ends before it has any.
    cloud.program("head", "exit 3\n");
    let said = cloud.stops(&["--generate"]);
    assert!(
        said.contains("stopped at the start: unexpected failure at line "),
        "{said}"
    );
}
