//! Passwords of the users of databases.

use std::fs;

use crate::cloud::{Cloud, MORE, SECRETS};

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
