//! Users who log in with a password: who they are, who is one, and where the password is.

use std::collections::BTreeSet;

use crate::blueprint::schema;
use crate::blueprint::{Key, Place};
use crate::name::Kind;
use crate::plan::google::database as sql;
use crate::plan::model::{Engine, PasswordUser, Plan};
use crate::plan::resolve::context::Context;
use crate::plan::resolve::lies;
use crate::plan::resolve::workload::{Parts, secrets_read};
use crate::rules;

/// The key of a database that has them.
const USERS: &str = "password_users";

/// The users of a database, by name.
pub(super) fn users(
    cx: &mut Context<'_>,
    key: &Key,
    written: &schema::Database,
) -> Vec<PasswordUser> {
    let key = &key.then(USERS);
    if let Some(first) = written.password_users.keys().next() {
        let element = Key::of(&key.names()[..2]);
        cx.needs_exception(
            &element,
            &written.exceptions,
            rules::PASSWORD_LOGIN,
            format!("`{element}` lets in whoever knows a password"),
            &Place::Key(key.then(first)),
            "it can be copied, and no log says who used it",
        );
    }
    let mut users = Vec::new();
    for (name, secret) in &written.password_users {
        let at = Place::Key(key.then(name));
        cx.check_name(
            Kind::DatabaseUser,
            name,
            "the name of a user with a password",
            &at,
        );
        cx.means_secret(secret);
        if holds_it(cx, key, name, secret) {
            users.push(PasswordUser {
                name: name.clone(),
                secret: secret.clone(),
            });
        }
    }
    users
}

/// Whether the secret that is named can hold the password of that user; reported where not.
fn holds_it(cx: &mut Context<'_>, key: &Key, user: &str, secret: &str) -> bool {
    let blueprint = cx.blueprint;
    let at = Place::Value(key.then(user));
    let named = cx.named(
        rules::SECRET_UNKNOWN,
        "secret",
        secret,
        &blueprint.secrets,
        || at.clone(),
    );
    let Some(written) = named else {
        return false;
    };
    let mut users = of_secret(cx, secret);
    let first = users.next();
    let unfit = if lies::secret(cx, secret).is_some_and(|lies| lies.existing) {
        Some("it exists already, so that nothing here sets its value")
    } else if first != Some((key.names()[1], user)) {
        Some("it holds the password of another user")
    } else if alphabet(written).is_some_and(|all| !has_all_kinds(all)) {
        Some("its `alphabet` lacks a kind of characters that the policy of passwords asks for")
    } else if length(written) > Some(sql::PASSWORD_LENGTH_MAX) {
        Some("its `length` is more than a password has")
    } else {
        None
    };
    if let Some(why) = unfit {
        cx.report(
            rules::PASSWORD_SECRET_UNFIT,
            format!("`{secret}` cannot hold the password of `{user}`"),
            &at,
            why,
        )
        .help("give each user a secret of its own: `[secrets.NAME]` with nothing in it will do");
    }
    unfit.is_none()
}

/// The characters that are written for a secret's value.
fn alphabet(secret: &schema::Secret) -> Option<&str> {
    secret.generate.as_ref()?.alphabet.as_deref()
}

/// The number of characters that is written for it.
fn length(secret: &schema::Secret) -> Option<u32> {
    secret.generate.as_ref()?.length
}

/// Whether all four kinds are among characters that a policy of Cloud SQL asks for.
fn has_all_kinds(characters: &str) -> bool {
    let any = |is: fn(&char) -> bool| characters.chars().any(|one| is(&one));
    any(char::is_ascii_lowercase)
        && any(char::is_ascii_uppercase)
        && any(char::is_ascii_digit)
        && any(char::is_ascii_punctuation)
}

/// The databases and users whose password a secret holds, in their order.
fn of_secret<'c>(
    cx: &Context<'c>,
    secret: &'c str,
) -> impl Iterator<Item = (&'c str, &'c str)> + use<'c> {
    let databases = cx.blueprint.databases.iter();
    databases.flat_map(move |(database, written)| {
        let users = written.password_users.iter();
        let users = users.filter(move |(_, named)| *named == secret);
        users.map(move |(user, _)| (database.as_str(), user.as_str()))
    })
}

/// Whether a secret holds the password of a user.
pub(in crate::plan::resolve) fn is_one(cx: &Context<'_>, secret: &str) -> bool {
    of_secret(cx, secret).next().is_some()
}

/// An element logs in as a user with a password: there is one, and it reads the password.
pub(in crate::plan::resolve) fn used(
    cx: &mut Context<'_>,
    parts: &Parts<'_>,
    database: &str,
    user: &str,
    written: &schema::Database,
) {
    let at = Place::Value(parts.key.then("databases").then(database).then("user"));
    let users = &written.password_users;
    let rule = rules::PASSWORD_USER_UNKNOWN;
    let named = cx.named(rule, "user with a password", user, users, || at.clone());
    let Some(secret) = named else {
        return;
    };
    if secrets_read(parts).contains(secret) {
        return;
    }
    cx.report(
        rules::PASSWORD_UNREAD,
        format!("`{}` does not know the password of `{user}`", parts.name),
        &at,
        format!("it does not read `{secret}`"),
    )
    .help(format!(
        "hand it over under the name that its image asks for: `secrets = {{ env = {{ DB_PASSWORD = \"{secret}:1\" }} }}`"
    ));
}

/// Somebody logs in as each of them, and as nobody else's namesake.
pub(in crate::plan::resolve) fn check(cx: &mut Context<'_>, plan: &Plan) {
    for database in &plan.databases {
        let all = plan.workloads().flat_map(|workload| &workload.databases);
        let here = all.filter(|used| used.database == database.name);
        let logged_in: BTreeSet<&str> = here
            .filter_map(|used| used.password_user.as_deref())
            .collect();
        let key = Key::of(&["databases", &database.name, USERS]);
        for user in &database.password_users {
            let at = Place::Key(key.then(&user.name));
            // An account of MySQL logs in by the part of its address before `@`.
            let of_account = database.users.iter().any(|one| one.login == user.name);
            if database.engine == Engine::Mysql && of_account {
                cx.report(
                    rules::NAME_COLLISION,
                    format!("`{}` would be two users of `{}`", user.name, database.name),
                    &at,
                    "an account that logs in by IAM is called so in MySQL",
                );
            }
            if logged_in.contains(user.name.as_str()) {
                continue;
            }
            cx.report(
                rules::PASSWORD_USER_UNUSED,
                format!("nothing logs in as `{}`", user.name),
                &at,
                "a door that nobody needs",
            )
            .help(format!(
                "say who does, where it uses the database: `databases = {{ {} = {{ user = \"{}\" }} }}`; or take it out",
                database.name, user.name
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::plan::resolve::testing::{INTERNAL, Resolved, resolve};

    const DATABASE: &str = "[databases.main]\nversion = \"17\"\ntier = \"db-custom-2-7680\"\n";
    const WHY: &str = "exceptions = [{ rule = \"password-login\", reason = \"r\", owner = \"o\", expires = 2037-01-01 }]\n";
    const SECRET: &str = "[secrets.app-password]\n";

    /// The internal service uses a database with such keys as that user.
    fn with(engine: &str, keys: &str, user: &str, secret: &str) -> Resolved {
        let element = format!(
            "databases = {{ main = {{ {user} }} }}\nsecrets = {{ env = {{ PASS = \"app-password:1\" }} }}\nenv = {{ DB_USER = \"${{databases.main.user}}\" }}\n"
        );
        let engine = format!("engine = \"{engine}\"\n");
        let database = if engine.contains("mysql") {
            DATABASE.replace("17", "8.4")
        } else {
            DATABASE.to_owned()
        };
        resolve(&[INTERNAL, &element, &database, &engine, keys, WHY, secret])
    }

    const USERS: &str = "password_users = { app = \"app-password\" }\n";

    #[test]
    fn who_brings_a_password_has_no_login_by_iam() {
        let proxy = format!("{USERS}connect = \"proxy\"\n");
        let resolved = with("postgres", &proxy, "user = \"app\"", SECRET);
        assert!(resolved.errors.is_empty(), "{}", resolved.said);
        let fact = |name: &str| resolved.fact(name);
        assert_eq!(
            fact("services.orders.grants"),
            Some(
                "cloudsql.client on the project if only-main, secretmanager.secretAccessor on secret app-password"
            )
        );
        assert_eq!(fact("databases.main.users"), Some("nobody"));
        let users = Some("app, postgres");
        assert_eq!(fact("databases.main.password_users"), users);
        assert_eq!(fact("databases.main.password_policy"), Some("on"));
        let containers = &resolved.plan().services[0].workload.containers;
        let proxy = containers.iter().find(|one| one.name == "main-proxy");
        let args = &proxy.expect("there is one").args;
        let by_iam = args.iter().any(|one| one.to_string() == "--auto-iam-authn");
        assert!(!by_iam, "the proxy would take a token for the password");
        let user = &containers[0].env[0];
        assert_eq!(user.name, "DB_USER");
        assert!(format!("{:?}", user.value).contains("\"app\""), "{user:?}");
    }

    #[test]
    fn the_value_is_made_even_where_nothing_says_so() {
        let resolved = with("mysql", USERS, "user = \"app\"", SECRET);
        assert!(resolved.errors.is_empty(), "{}", resolved.said);
        let fact = resolved.fact("databases.main.password_users");
        assert_eq!(fact, Some("app"));
        let made = resolved.plan().secrets[0].generate.clone();
        let made = made.expect("it is a password");
        assert_eq!(made.length, 32);
        assert!(super::has_all_kinds(&made.alphabet), "{}", made.alphabet);
    }

    #[test]
    fn a_secret_holds_one_password_that_is_made_here() {
        let of = |keys: &str, secret: &str| with("postgres", keys, "user = \"app\"", secret).errors;
        let unfit = ["password-secret-unfit"];
        assert_eq!(
            of(USERS, "[secrets.app-password]\nexisting = true\n"),
            unfit
        );
        let hexadecimal =
            "[secrets.app-password]\ngenerate = { alphabet = \"0123456789abcdef\" }\n";
        assert_eq!(of(USERS, hexadecimal), unfit);
        let long = "[secrets.app-password]\ngenerate = { length = 101 }\n";
        assert_eq!(of(USERS, long), unfit);
        let fine = "[secrets.app-password]\ngenerate = { length = 100, alphabet = \"abcdeABCDE01234._\" }\n";
        assert!(of(USERS, fine).is_empty());
        let two = "password_users = { app = \"app-password\", bpp = \"app-password\" }\n";
        assert_eq!(of(two, SECRET), unfit);
        let none = "password_users = { app = \"other\" }\n";
        assert_eq!(of(none, SECRET), ["secret-unknown"]);
    }

    #[test]
    fn nobody_is_called_as_an_administrator_or_an_account() {
        let called = |engine: &str, name: &str, more: &str| {
            let users = format!("password_users = {{ {name} = \"app-password\" }}\n");
            let own = "[jobs.load]\nimage = \"europe-docker.pkg.dev/p/r/i@sha256:7d3f0a1e5c9b8a6d4f2e1c0b9a8d7e6f5c4b3a291807f6e5d4c3b2a190817263\"\ndatabases = [\"main\"]\n";
            let secret = format!("{SECRET}{own}{more}");
            with(engine, &users, &format!("user = \"{name}\""), &secret).errors
        };
        assert_eq!(called("postgres", "postgres", ""), ["invalid-name"]);
        assert_eq!(called("mysql", "root", ""), ["invalid-name"]);
        let loader = "service_account = \"loader@acme-shop-prod.iam.gserviceaccount.com\"\n";
        assert!(called("postgres", "loader", loader).is_empty());
        assert_eq!(called("mysql", "loader", loader), ["name-collision"]);
    }
}
