use crate::plan::resolve::testing::{INTERNAL, resolve};

const READS: &str =
    "firestores = { papers = \"read\" }\nenv = { DATABASE = \"${firestores.papers.id}\" }\n";
const PAPERS: &str = "[firestores.papers]\n";

/// The errors of a blueprint with these lines in a database.
fn errors(lines: &str) -> Vec<&'static str> {
    resolve(&[INTERNAL, PAPERS, lines]).errors
}

#[test]
fn who_uses_a_database_may_do_so_in_that_one() {
    let writes = INTERNAL.replace("services.orders", "jobs.filer");
    let id = "id = \"papers\"\n";
    let writes = [writes.as_str(), "firestores = { papers = \"write\" }\n"].concat();
    let resolved = resolve(&[INTERNAL, READS, &writes, PAPERS, id]);
    assert!(resolved.errors.is_empty() && resolved.warnings.is_empty());
    assert_eq!(
        resolved.fact("services.orders.grants"),
        Some("datastore.viewer on the project if only-firestore-papers")
    );
    assert_eq!(
        resolved.fact("firestores.papers.readers"),
        Some("run-orders")
    );
    assert_eq!(
        resolved.fact("firestores.papers.writers"),
        Some("job-filer")
    );
    let conditions = resolved.plan().grants.iter();
    let conditions: Vec<&str> = conditions
        .filter_map(|grant| Some(grant.condition.as_ref()?.expression.as_str()))
        .collect();
    let only = "resource.name == 'projects/shop-prod/databases/papers'";
    assert_eq!(conditions, [only, only]);
}

#[test]
fn a_right_on_all_of_the_project_reaches_each_database() {
    let web = INTERNAL.replace("services.orders", "services.web");
    let grants = "grants = [{ role = \"roles/datastore.user\", on = \"project\" }]\n";
    let resolved = resolve(&[INTERNAL, READS, &web, grants, PAPERS]);
    assert_eq!(resolved.fact("firestores.papers.writers"), Some("run-web"));
}

#[test]
fn one_that_exists_is_granted_where_it_lies() {
    let existing = "existing = \"projects/acme-data/databases/(default)\"\n";
    let resolved = resolve(&[INTERNAL, READS, PAPERS, existing]);
    assert!(resolved.errors.is_empty() && resolved.warnings.is_empty());
    let mut grants = resolved.plan().grants.iter();
    let found = grants.find(|grant| grant.role == "roles/datastore.viewer");
    let grant = found.expect("it is granted");
    assert_eq!(grant.on.project(), "acme-data");
    let condition = grant.condition.as_ref().expect("it has one");
    assert_eq!(
        condition.expression,
        "resource.name == 'projects/acme-data/databases/(default)'"
    );
    for existing in [
        "papers",
        "projects/x/databases/papers",
        "projects/acme-data/databases/A",
        "projects/acme-data/instances/papers",
        "projects/acme-data/databases/pa'pers",
    ] {
        let lines = format!("existing = \"{existing}\"");
        assert_eq!(errors(&lines), ["existing-invalid"], "{existing}");
    }
}

#[test]
fn a_name_is_one_that_firestore_takes() {
    for fine in ["papers", "(default)", "a--b"] {
        assert!(errors(&format!("id = \"{fine}\"")).is_empty(), "{fine}");
    }
    for wrong in [
        "abc",
        "(other)",
        "Papers",
        "papers-",
        "f47ac10b-58cc-0372-8567-0e02b2c3d479",
    ] {
        assert_eq!(
            errors(&format!("id = \"{wrong}\"")),
            ["invalid-name"],
            "{wrong}"
        );
    }
    assert_eq!(errors("[firestores.others]"), ["name-collision"]);
    assert_eq!(errors("location = \"asia-southeast3\""), ["region-unknown"]);
    assert!(errors("location = \"eur3\"").is_empty());
}

#[test]
fn an_index_is_one_that_its_mode_knows() {
    let index =
        |mode: &str, rest: &str| errors(&format!("mode = \"{mode}\"\nindexes = [{{ {rest} }}]"));
    let two = "collection = \"files\", fields = [{ path = \"a\" }, { path = \"b.c\", mode = \"descending\" }]";
    let list = "collection = \"files\", fields = [{ path = \"a\" }, { path = \"b\", mode = \"contains\" }]";
    assert!(index("native", two).is_empty() && index("datastore", two).is_empty());
    assert!(index("native", list).is_empty());
    let invalid = ["firestore-index-invalid"];
    assert_eq!(index("datastore", list), invalid);
    for (mode, scope) in [
        ("native", "collection-recursive"),
        ("datastore", "collection"),
    ] {
        assert_eq!(index(mode, &format!("{two}, scope = \"{scope}\"")), invalid);
    }
    for fields in [
        "{ path = \"a\" }",
        "{ path = \"a\" }, { path = \"a\" }",
        "{ path = \"a\", mode = \"contains\" }, { path = \"b\", mode = \"contains\" }",
    ] {
        let rest = format!("collection = \"files\", fields = [{fields}]");
        assert_eq!(index("native", &rest), invalid, "{fields}");
    }
    assert_eq!(index("native", "collection = \"files\""), ["missing-key"]);
    for path in ["", "1a", "a..b", "a,order=x", "__a__"] {
        let rest = format!(
            "collection = \"files\", fields = [{{ path = \"{path}\" }}, {{ path = \"b\" }}]"
        );
        assert_eq!(index("native", &rest), ["invalid-name"], "{path}");
    }
    let twice = format!("indexes = [{{ {two} }}, {{ {two} }}]");
    assert_eq!(errors(&twice), invalid);
    assert_eq!(
        errors("mode = \"datastore\"\nttl = { files = \"ends\" }"),
        ["firestore-ttl-unsupported"]
    );
}

#[test]
fn indexes_have_names_of_their_own() {
    let index = |collection: &str, paths: &[&str]| {
        let fields: Vec<String> = paths
            .iter()
            .map(|path| format!("{{ path = \"{path}\" }}"))
            .collect();
        format!(
            "{{ collection = \"{collection}\", fields = [{}] }}",
            fields.join(", ")
        )
    };
    let long = "a".repeat(200);
    let indexes = [
        index("files", &["a.b", "c"]),
        index("files", &["a", "b", "c"]),
        index("files", &["A", "b", "c"]),
        index("files", &["b", &long]),
    ];
    let lines = format!("indexes = [{}]", indexes.join(", "));
    let resolved = resolve(&[INTERNAL, READS, PAPERS, &lines]);
    let names = resolved
        .plan()
        .firestores
        .iter()
        .flat_map(|one| &one.indexes);
    let names: std::collections::BTreeSet<String> = names
        .map(|index| crate::name::identifier(&index.name))
        .collect();
    assert_eq!(names.len(), 4, "{names:?}");
    assert!(names.contains("papers_files_a_b_c"), "{names:?}");
}

#[test]
fn what_staging_may_production_may_not() {
    let warned = |line: &str| resolve(&[INTERNAL, READS, PAPERS, line]).warnings;
    assert_eq!(warned("pitr = false"), ["firestore-without-pitr"]);
    assert!(warned("pitr = true").is_empty());
}
