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

#[test]
fn the_grants_reach_each_replica_under_a_condition_of_its_own() {
    let conditions = |database: &str| {
        let text = format!("[databases.main]\n{POSTGRES}{database}\n");
        let resolved = resolve(&[INTERNAL, "databases = [\"main\"]\n", &text]);
        let grants = resolved.plan().grants.iter();
        let narrow = grants.filter_map(|grant| {
            let condition = grant.condition.as_ref()?;
            let only = "resource.name == 'projects/shop-prod/instances/";
            let instance = condition
                .expression
                .strip_prefix(only)?
                .split('\'')
                .next()?;
            let role = grant.role.trim_start_matches("roles/cloudsql.");
            Some(format!("{role} {} {instance}", condition.title))
        });
        narrow.collect::<Vec<_>>()
    };
    assert_eq!(
        conditions(""),
        ["client only-main main", "instanceUser only-main main"]
    );
    assert_eq!(
        conditions("replicas = 2\nconnect = \"direct\""),
        [
            "instanceUser only-main main",
            "instanceUser only-main-replica-1 main-replica-1",
            "instanceUser only-main-replica-2 main-replica-2",
        ]
    );
    assert_eq!(
        conditions("replicas = 1"),
        [
            "client only-main main",
            "client only-main-replica-1 main-replica-1",
            "instanceUser only-main main",
            "instanceUser only-main-replica-1 main-replica-1",
        ]
    );
    // What exists already is given no replica.
    assert_eq!(
        conditions("replicas = 1\nexisting = true"),
        ["client only-main main", "instanceUser only-main main"]
    );
}

#[test]
fn an_address_is_for_who_connects_by_himself() {
    let asks = |connect: &str, property: &str| {
        let service = format!(
            "{INTERNAL}databases = [\"main\"]\nenv = {{ HOST = \"${{databases.main.{property}}}\" }}\n"
        );
        let text = format!("[databases.main]\n{POSTGRES}replicas = 1\n{connect}\n");
        resolve(&[&service, &text]).errors
    };
    let refused = ["database-host-refused"];
    for connect in ["", "connect = \"connector\""] {
        assert_eq!(asks(connect, "private_ip"), refused);
        assert_eq!(asks(connect, "replica_host"), refused);
    }
    assert!(asks("connect = \"proxy\"", "private_ip").is_empty());
    assert_eq!(asks("connect = \"proxy\"", "replica_host"), refused);
    assert!(asks("connect = \"direct\"", "private_ip").is_empty());
    assert!(asks("connect = \"direct\"", "replica_host").is_empty());
}
