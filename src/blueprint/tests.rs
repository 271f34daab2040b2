//! What is merged, in which order, and where it stands.

use super::{Environment, Key, Place, Reading, read};
use crate::source::Source;

const STOREFRONT: &str = include_str!("../../blueprints/storefront.toml");

/// A blueprint with the environments `prod` and `stg`; problems fail the test.
fn environments(rest: &str) -> (Environment, Environment, Source) {
    let text = format!(
        "schema = 1\n[environments.stg]\nproject_id = \"acme-stg\"\n[environments.prod]\nproject_id = \"acme-prod\"\n{rest}"
    );
    let source = Source::new("ravelin.toml", text);
    let Reading {
        environments,
        diagnostics,
    } = read(&source);
    assert!(diagnostics.is_empty(), "{diagnostics:#?}");
    let mut environments = environments.into_iter();
    let (prod, stg) = (environments.next().unwrap(), environments.next().unwrap());
    assert_eq!((prod.name.as_str(), stg.name.as_str()), ("prod", "stg"));
    (prod, stg, source)
}

fn codes(rest: &str) -> Vec<&'static str> {
    let text = format!("schema = 1\n[environments.prod]\nproject_id = \"acme-prod\"\n{rest}");
    let reading = read(&Source::new("ravelin.toml", text));
    let codes = reading.diagnostics.iter().map(|one| one.rule.code);
    codes.collect()
}

#[test]
fn the_storefront_is_read() {
    let reading = read(&Source::new("storefront.toml", STOREFRONT));
    assert!(reading.diagnostics.is_empty(), "{:#?}", reading.diagnostics);
    let [prod, stg] = reading.environments.as_slice() else {
        panic!("two environments")
    };
    let max = |environment: &Environment, name: &str| environment.blueprint.services[name].max;
    assert_eq!((max(prod, "web"), max(stg, "web")), (Some(20), Some(3)));
    assert_eq!(
        (max(prod, "orders"), max(stg, "orders")),
        (Some(10), Some(4))
    );
    assert_eq!(
        stg.blueprint.services["web"].domains,
        ["shop.stg.example.com"]
    );
    assert_eq!(stg.blueprint.services["web"].env["LOG_LEVEL"], "info");
    assert_eq!(stg.blueprint.services["web"].calls, ["orders"]);
    assert_eq!(prod.blueprint.secrets["session-key"].version, Some(2));
    assert_eq!(prod.blueprint.environments.len(), 2);
}

#[test]
fn later_wins_and_tables_merge() {
    let (prod, stg, _) = environments(
        r#"
[defaults.services]
env = { A = "defaults", B = "defaults", C = "defaults", D = "defaults" }
max = 1
[groups.one]
env = { B = "one", C = "one", D = "one" }
[groups.two]
env = { C = "two", D = "two" }
[services.web]
use = ["one", "two"]
env = { D = "web" }
[environments.stg.defaults.services]
env = { A = "stg defaults", D = "stg defaults" }
max = 2
[environments.stg.groups.two]
env = { C = "stg two" }
"#,
    );
    let env = |environment: &Environment| {
        let values = environment.blueprint.services["web"].env.values();
        values.cloned().collect::<Vec<_>>().join(", ")
    };
    assert_eq!(env(&prod), "defaults, one, two, web");
    // The environment's overlays come after the element itself.
    assert_eq!(env(&stg), "stg defaults, one, stg two, stg defaults");
    assert_eq!(stg.blueprint.services["web"].max, Some(2));
}

#[test]
fn relations_add_up_and_an_environment_replaces() {
    let (prod, stg, _) = environments(
        r#"
[groups.shared]
calls = ["a"]
databases = ["main"]
secrets = { read = ["x:latest"] }
[services.web]
use = ["shared"]
calls = ["b", "a"]
databases = { main = { pool = 5 }, other = {} }
secrets = { read = ["y:latest"] }
exceptions = [{ rule = "one" }]
[environments.stg.services.web]
calls = ["c"]
exceptions = [{ rule = "two" }]
databases = { main = { pool = 2 } }
"#,
    );
    let web = &prod.blueprint.services["web"];
    assert_eq!(web.calls, ["a", "b"]);
    assert_eq!(web.secrets.read, ["x:latest", "y:latest"]);
    assert_eq!(web.databases.0["main"].pool, Some(5));
    assert_eq!(web.databases.0.len(), 2);
    let web = &stg.blueprint.services["web"];
    assert_eq!(web.calls, ["c"]);
    assert_eq!(web.databases.0["main"].pool, Some(2));
    assert_eq!(web.databases.0.len(), 2);
    assert_eq!(web.exceptions.len(), 2);
}

#[test]
fn false_takes_an_inherited_entry_away() {
    let (prod, stg, _) = environments(
        r#"
[defaults.services]
env = { A = "1", B = "1" }
databases = ["main"]
[services.web]
env = { A = false }
databases = { main = false }
[services.other]
[environments.stg.services.other]
env = { B = false }
"#,
    );
    let names = |environment: &Environment, name: &str| {
        let env = environment.blueprint.services[name].env.keys();
        env.cloned().collect::<Vec<_>>()
    };
    assert_eq!(names(&prod, "web"), ["B"]);
    assert!(prod.blueprint.services["web"].databases.0.is_empty());
    assert_eq!(names(&prod, "other"), ["A", "B"]);
    assert_eq!(names(&stg, "other"), ["A"]);
    assert_eq!(
        codes("[services.web]\nenv = { A = false }"),
        ["nothing-inherited"]
    );
}

#[test]
fn an_element_exists_where_it_says() {
    let (prod, stg, _) = environments("[services.tool]\nenvironments = [\"stg\"]\n");
    assert!(!prod.blueprint.services.contains_key("tool"));
    assert!(stg.blueprint.services.contains_key("tool"));
}

#[test]
fn what_nothing_uses_is_checked_too() {
    assert_eq!(codes("[groups.g]\nevn = {}"), ["unknown-key"]);
    assert_eq!(codes("[defaults.jobs]\nmax = 3"), ["unknown-key"]);
    assert_eq!(codes("[environments.prod.groups]\ng = 5"), ["wrong-type"]);
}

#[test]
fn one_cause_is_one_report() {
    assert_eq!(
        codes("[groups.g]\nmembers = 5\n[services.a]\nuse = [\"g\"]\n[services.b]\nuse = [\"g\"]"),
        ["wrong-type"]
    );
}

#[test]
fn places_are_found() {
    let (prod, stg, source) = environments(
        r#"
[groups.g]
env = { G = "group" }
[services.web]
use = ["g"]
max = 3
env = { URL = "${services.orders-old.url}${services.orders.url}" }
databases = ["main"]
[environments.stg.services.web]
max = 2
"#,
    );
    let text = |environment: &Environment, place: Place| {
        let span = environment.span(&place);
        let before = source.text[..span.start].matches('\n').count();
        (before, source.text[span].to_owned())
    };
    let web = Key::of(&["services", "web"]);
    let told = |environment, place| text(environment, place).1;
    assert_eq!(told(&prod, Place::Key(web.clone())), "web");
    assert_eq!(told(&prod, Place::Value(web.then("max"))), "3");
    assert_eq!(told(&stg, Place::Value(web.then("max"))), "2");
    assert_eq!(
        told(&prod, Place::Value(web.then("env").then("G"))),
        "\"group\""
    );
    // Not written: the nearest key above.
    assert_eq!(told(&prod, Place::Value(web.then("memory"))), "web");
    assert_eq!(told(&prod, Place::Key(Key::of(&["waf", "mode"]))), "");
    // A name in a list of relations.
    assert_eq!(
        told(&prod, Place::Key(web.then("databases").then("main"))),
        "\"main\""
    );
    // A part: the whole word first.
    let part = Place::Part(web.then("env").then("URL"), "orders".to_owned());
    let span = prod.span(&part);
    assert_eq!(&source.text[span.start..span.end + 4], "orders.url");
    let part = Place::Part(web.then("env").then("URL"), "nowhere".to_owned());
    assert!(told(&prod, part).starts_with("\"${services.orders-old"));
}

#[test]
fn keys_of_one_element_do_not_hide_another() {
    let source = Source::new(
        "ravelin.toml",
        "schema = 1\n[environments.prod]\nproject_id = \"p\"\n[services.web]\nflavour = 1\n[services.api]\nmx = 1\nmin = \"2\"\n[services.orders]\nmax = 1\n",
    );
    let reading = read(&source);
    let prod = &reading.environments[0];
    let at = |name: &str| prod.span(&Place::Key(Key::of(&["services", name])));
    assert!(prod.is_incomplete_at(&at("web")));
    assert!(!prod.is_incomplete_at(&at("orders")));
    // What was probably meant is taken.
    assert!(!prod.is_incomplete_at(&at("api")));
    let api = &prod.blueprint.services["api"];
    assert_eq!((api.max, api.min), (Some(1), Some(2)));
    let min = Place::Value(Key::of(&["services", "api", "min"]));
    assert!(prod.is_incomplete_at(&prod.span(&min)));
}

#[test]
fn a_misspelt_section_is_still_read() {
    for (old, new) in [
        ("[defaults.services]", "[defalts.services]"),
        ("[environments.prod]", "[environment.prod]"),
        ("[services.orders]", "[service.orders]"),
        ("[network]", "[netwrk]"),
        ("[environments.stg.waf]", "[environments.stg.wfa]"),
        (
            "[environments.stg.services.web]",
            "[environments.stg.services.wbe]",
        ),
    ] {
        let text = STOREFRONT.replacen(old, new, 1);
        let reading = read(&Source::new("storefront.toml", text));
        assert_eq!(
            reading.diagnostics.len(),
            1,
            "{new}: {:#?}",
            reading.diagnostics
        );
        let right = read(&Source::new("storefront.toml", STOREFRONT));
        for (one, other) in reading.environments.iter().zip(&right.environments) {
            assert_eq!(one.to_toml(), other.to_toml(), "{new}");
        }
    }
}
