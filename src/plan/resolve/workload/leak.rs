//! Texts that look like secrets. Whoever reads the blueprint, the state of Terraform or the settings of a service reads them.

use crate::blueprint::{Key, Place};
use crate::plan::resolve::context::Context;
use crate::rules;

/// Ends of the names of variables that hold secrets.
const NAMES: [&str; 13] = [
    "ACCESS_KEY",
    "API_KEY",
    "APIKEY",
    "CREDENTIALS",
    "ENCRYPTION_KEY",
    "PASSPHRASE",
    "PASSWD",
    "PASSWORD",
    "PRIVATE_KEY",
    "SECRET",
    "SECRET_KEY",
    "SIGNING_KEY",
    "TOKEN",
];

/// How secrets of well-known makers begin, with the least length of the whole: the makers chose these beginnings so that
/// scanners find them.
const BEGINNINGS: [(&str, usize, &str); 22] = [
    ("AIza", 39, "an API key of Google"),
    ("AKIA", 20, "an access key of AWS"),
    ("ASIA", 20, "an access key of AWS"),
    ("GOCSPX-", 20, "an OAuth client's secret of Google"),
    ("SG.", 40, "an API key of SendGrid"),
    ("dop_v1_", 40, "a token of DigitalOcean"),
    ("github_pat_", 40, "a token of GitHub"),
    ("gho_", 36, "a token of GitHub"),
    ("ghp_", 36, "a token of GitHub"),
    ("ghs_", 36, "a token of GitHub"),
    ("glpat-", 20, "a token of GitLab"),
    ("hf_", 30, "a token of Hugging Face"),
    ("npm_", 36, "a token of npm"),
    ("pypi-", 40, "a token of PyPI"),
    ("rk_live_", 20, "an API key of Stripe"),
    ("sk-ant-", 30, "an API key of Anthropic"),
    ("sk-proj-", 30, "an API key of OpenAI"),
    ("sk_live_", 20, "an API key of Stripe"),
    ("sk_test_", 20, "an API key of Stripe"),
    ("xoxb-", 20, "a token of Slack"),
    ("xoxp-", 20, "a token of Slack"),
    ("ya29.", 30, "an access token of Google"),
];

/// Warns of a variable whose text looks like a secret.
pub(super) fn check_variable(cx: &mut Context<'_>, key: &Key, name: &str, text: &str) {
    let (part, what) = match shape(text) {
        Some((part, what)) => (part, format!("looks like {what}")),
        None if is_secret_name(name) && may_be_secret(cx, text) => {
            (text, "looks like a secret by its name".to_owned())
        }
        None => return,
    };
    let place = Place::Part(key.clone(), part.to_owned());
    let secret = name.to_ascii_lowercase().replace('_', "-");
    cx.report(
        rules::SECRET_IN_TEXT,
        format!("`{name}` holds a secret in plain text"),
        &place,
        what,
    )
    .note("it stands in the blueprint, in Terraform's state and in the settings of the service for everybody who may see one of them")
    .help(format!(
        "make it a secret: `[secrets.{secret}]`, read as `secrets = {{ env = {{ {name} = \"{secret}:1\" }} }}`; and replace the value that stood here"
    ));
}

/// Warns of a text that looks like a secret: an argument, say.
pub(in crate::plan::resolve) fn check_text(
    cx: &mut Context<'_>,
    key: &Key,
    what: &str,
    text: &str,
) {
    let Some((part, like)) = shape(text) else {
        return;
    };
    let place = Place::Part(key.clone(), part.to_owned());
    cx.report(
        rules::SECRET_IN_TEXT,
        format!("{what} holds a secret in plain text"),
        &place,
        format!("looks like {like}"),
    )
    .note("it stands in the blueprint, in Terraform's state and in the settings of the service for everybody who may see one of them")
    .help("make it a secret that the code reads from a variable or a file; and replace the value that stood here");
}

/// Whether a variable of that name holds a secret: its last word says so.
fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    NAMES.iter().any(|end| {
        let before = name.strip_suffix(end);
        before.is_some_and(|before| before.is_empty() || before.ends_with('_'))
            || (*end == "PASSWORD" && name == "PGPASSWORD")
    })
}

/// Whether a text may be a secret, and not where one is found, what one is called, or a switch.
fn may_be_secret(cx: &Context<'_>, text: &str) -> bool {
    let elsewhere = text.contains("${") || text.contains("://") || text.starts_with(['/', '.']);
    let name = text.split(':').next().unwrap_or_default();
    let named = text.starts_with("projects/") || cx.blueprint.secrets.contains_key(name);
    let switch = [
        "", "true", "false", "none", "on", "off", "required", "optional",
    ]
    .contains(&text.to_ascii_lowercase().as_str());
    !elsewhere && !named && !switch && !text.contains(' ')
}

/// The part of a text that has the shape of a secret, and what it is.
fn shape(text: &str) -> Option<(&str, String)> {
    if let Some(start) = text.find("-----BEGIN ")
        && text[start..].contains("PRIVATE KEY-----")
    {
        let line = text[start..].lines().next().unwrap_or_default();
        return Some((line, "a private key".to_owned()));
    }
    let of_word = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    for word in text.split(|letter| !of_word(letter)) {
        let known = BEGINNINGS
            .iter()
            .find(|(start, least, _)| word.starts_with(start) && word.len() >= *least);
        if let Some((_, _, what)) = known {
            return Some((word, (*what).to_owned()));
        }
        // A signed token: three parts in base 64, the first of which begins with `{"`.
        let parts: Vec<&str> = word.split('.').collect();
        if parts.len() == 3 && word.starts_with("eyJ") && parts.iter().all(|part| part.len() >= 10)
        {
            return Some((word, "a signed token".to_owned()));
        }
    }
    password(text).map(|password| (password, "a password in an address".to_owned()))
}

/// The password in `scheme://user:password@host`.
fn password(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("://")?;
    let authority = rest.split(['/', '?', '#', ' ']).next()?;
    let (credentials, _) = authority.rsplit_once('@')?;
    let (_, password) = credentials.split_once(':')?;
    (!password.is_empty() && !password.contains(['$', '{', '<', '*'])).then_some(password)
}

#[cfg(test)]
mod tests {
    use super::{is_secret_name, password, shape};
    use crate::plan::resolve::testing::{INTERNAL, resolve};

    #[test]
    fn variables_are_told_by_their_last_word() {
        for name in [
            "DB_PASSWORD",
            "PGPASSWORD",
            "STRIPE_API_KEY",
            "TOKEN",
            "client_secret",
        ] {
            assert!(is_secret_name(name), "{name}");
        }
        for name in [
            "TOKEN_TTL",
            "CACHE_KEY",
            "PUBLIC_KEY",
            "MONKEY",
            "SECRET_NAME",
            "NOTOKEN",
        ] {
            assert!(!is_secret_name(name), "{name}");
        }
    }

    #[test]
    fn texts_are_told_by_their_shape() {
        // Put together here, so that no scanner takes the test for a leak.
        let key = format!("{}{}", "sk_live_", "4eC39HqLyjWDarjtT1zdp7dc");
        assert!(shape(&format!("--key={key}")).is_some_and(|(part, _)| part == key));
        let pem = format!("-----BEGIN {}-----\nMIIE", "RSA PRIVATE KEY");
        assert!(shape(&pem).is_some());
        assert!(shape("sk_live_short").is_none());
        assert!(shape("eyJust.a.name").is_none());
        assert_eq!(password("postgres://shop:hunter2@db/shop"), Some("hunter2"));
        assert_eq!(password("postgres://shop:${values.x}@db/shop"), None);
        assert_eq!(password("https://example.com/a:b@c"), None);
    }

    #[test]
    fn a_secret_in_plain_text_is_a_warning() {
        let with = |keys: &str| resolve(&[INTERNAL, keys]).warnings;
        assert_eq!(
            with("env = { DB_PASSWORD = \"hunter2\" }"),
            ["secret-in-text"]
        );
        assert_eq!(
            with("args = [\"--db\", \"postgres://shop:hunter2@db/shop\"]"),
            ["secret-in-text"]
        );
        for fine in ["/run/secrets/db", "${environment}", "true", ""] {
            let env = format!("env = {{ DB_PASSWORD = \"{fine}\" }}");
            assert!(with(&env).is_empty(), "{fine}");
        }
    }
}
