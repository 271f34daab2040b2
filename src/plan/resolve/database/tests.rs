use crate::plan::resolve::testing::{INTERNAL, resolve};

fn errors(database: &str) -> Vec<&'static str> {
    let text = format!("[databases.main]\n{database}\n");
    resolve(&[INTERNAL, "databases = [\"main\"]\n", &text]).errors
}

const POSTGRES: &str = "engine = \"postgres\"\nversion = \"17\"\ntier = \"db-custom-4-15360\"\n";
const MYSQL: &str = "engine = \"mysql\"\nversion = \"8.0\"\ntier = \"db-custom-4-15360\"\n";

#[test]
fn replicas_are_not_without_end() {
    assert!(errors(&format!("{POSTGRES}replicas = 2")).is_empty());
    assert_eq!(
        errors(&format!("{POSTGRES}replicas = 4000000000")),
        ["out-of-range"]
    );
}

#[test]
fn flags_are_of_the_engine() {
    let flags = |of: &str, flag: &str| errors(&format!("{of}flags = {{ {flag} }}"));
    assert!(flags(POSTGRES, "work_mem = \"4096\"").is_empty());
    assert_eq!(
        flags(POSTGRES, "innodb_buffer_pool_size = \"1\""),
        ["flag-invalid"]
    );
    assert_eq!(flags(MYSQL, "work_mem = \"4096\""), ["flag-invalid"]);
    assert_eq!(flags(POSTGRES, "max_connections = \"5\""), ["out-of-range"]);
    assert!(flags(MYSQL, "max_connections = \"500\"").is_empty());
}

#[test]
fn backups_lie_in_a_place_that_there_is() {
    let at = |place: &str| errors(&format!("{POSTGRES}backups = {{ location = \"{place}\" }}"));
    assert!(at("eu").is_empty());
    assert!(at("europe-west4").is_empty());
    assert_eq!(at("europe-west5"), ["region-unknown"]);
}

#[test]
fn a_certificate_is_asked_for_where_one_is_brought() {
    let direct = "tls = \"mtls\"\nconnect = \"direct\"";
    assert_eq!(
        errors(&format!("{POSTGRES}{direct}")),
        ["mtls-needs-connector"]
    );
    assert!(errors(&format!("{POSTGRES}tls = \"mtls\"")).is_empty());
}
