use crate::plan::resolve::testing::{INTERNAL, Resolved, resolve};

const READS: &str = "datasets = { sales = \"read\" }\nenv = { SALES = \"${datasets.sales.id}\", NAME = \"${datasets.sales.name}\", PROJECT = \"${datasets.sales.project}\" }\n";
const SALES: &str = "[datasets.sales]\nexisting = \"projects/acme-data/datasets/sales_2027\"\n";

/// A service that writes too.
fn writer() -> String {
    let web = INTERNAL.replace("services.orders", "services.web");
    [&web, "datasets = { sales = \"write\" }\n"].concat()
}

/// The grants in the order of their resources, without those that every service has.
fn granted(resolved: &Resolved) -> Vec<String> {
    let grants = resolved.plan().grants.iter();
    let grants = grants.filter(|one| one.role.starts_with("roles/bigquery."));
    let said = grants.map(|one| {
        let to = one.to.in_short("shop-prod");
        format!("{to}: {} on {}", one.role, one.on.full_name())
    });
    let mut said: Vec<String> = said.collect();
    said.sort();
    said
}

#[test]
fn who_uses_a_dataset_may_do_so_there_and_run_queries_here() {
    let resolved = resolve(&[INTERNAL, READS, &writer(), SALES]);
    assert!(resolved.errors.is_empty(), "{}", resolved.said);
    assert!(resolved.warnings.is_empty(), "{}", resolved.said);
    let on = "//bigquery.googleapis.com/projects/acme-data/datasets/sales_2027";
    let here = "//cloudresourcemanager.googleapis.com/projects/shop-prod";
    assert_eq!(
        granted(&resolved),
        [
            format!("run-orders: roles/bigquery.dataViewer on {on}"),
            format!("run-orders: roles/bigquery.jobUser on {here}"),
            format!("run-web: roles/bigquery.dataEditor on {on}"),
            format!("run-web: roles/bigquery.jobUser on {here}"),
        ]
    );
    let says = |fact: &str, value: &str| assert_eq!(resolved.fact(fact), Some(value), "{fact}");
    says("datasets.sales.readers", "run-orders");
    says("datasets.sales.writers", "run-web");
    let service = &resolved.plan().services[0];
    let env = format!("{:?}", service.workload.containers[0].env);
    for value in [
        "\"acme-data.sales_2027\"",
        "\"sales_2027\"",
        "\"acme-data\"",
    ] {
        assert!(env.contains(value), "{env}");
    }
    let apis = &resolved.plan().apis;
    assert!(
        apis.iter()
            .any(|one| one.service == "bigquery.googleapis.com")
    );
}

#[test]
fn a_right_on_tables_is_on_these_alone() {
    let tables = "tables = [\"order-lines\", \"months\", \"months\"]\n";
    let resolved = resolve(&[INTERNAL, READS, &writer(), SALES, tables]);
    assert!(resolved.errors.is_empty(), "{}", resolved.said);
    let rights = granted(&resolved);
    assert_eq!(rights.len(), 6, "{rights:?}");
    assert!(rights.iter().all(|one| one.contains("jobUser")
        || one.ends_with("/tables/months")
        || one.ends_with("/tables/order-lines")));
    let says = |fact: &str, value: &str| assert_eq!(resolved.fact(fact), Some(value), "{fact}");
    says("datasets.sales.months.readers", "run-orders");
    says("datasets.sales.order-lines.writers", "run-web");
    assert_eq!(resolved.fact("datasets.sales.readers"), None);
}

#[test]
fn others_name_it_by_its_name_here() {
    let grants = "grants = [\n{ role = \"roles/bigquery.metadataViewer\", on = \"datasets.sales\" },\n{ role = \"roles/bigquery.filteredDataViewer\", on = \"datasets.sales.months\" }]\n";
    let rest = "[log_sinks.all]\nto = \"datasets.sales\"\n[topics.news]\npublishers = [\"group:a@example.com\"]\n[subscriptions.news]\ntopic = \"news\"\nbigquery = { table = \"datasets.sales.news\" }\ndead_letter = { topic = \"dead\" }\n[topics.dead]\n[subscriptions.dead]\ntopic = \"dead\"\nconsumers = [\"group:a@example.com\"]\n";
    let resolved = resolve(&[INTERNAL, grants, SALES, rest]);
    assert!(resolved.errors.is_empty(), "{}", resolved.said);
    let on = "//bigquery.googleapis.com/projects/acme-data/datasets/sales_2027";
    assert_eq!(
        granted(&resolved),
        [
            format!("agent of logging.googleapis.com: roles/bigquery.dataEditor on {on}"),
            format!(
                "agent of pubsub.googleapis.com: roles/bigquery.dataEditor on {on}/tables/news"
            ),
            format!("run-orders: roles/bigquery.filteredDataViewer on {on}/tables/months"),
            format!("run-orders: roles/bigquery.metadataViewer on {on}"),
        ]
    );
    let errors = |rest: &str| resolve(&[INTERNAL, SALES, rest]).errors;
    assert_eq!(
        errors("[log_sinks.all]\nto = \"datasets.sale\"\n"),
        ["dataset-unknown"]
    );
    for on in ["datasets.sale", "datasets.sales.a.b", "datasets.sales."] {
        let grants =
            format!("grants = [{{ role = \"roles/bigquery.dataOwner\", on = \"{on}\" }}]\n");
        let errors = resolve(&[INTERNAL, &grants, SALES]).errors;
        assert_eq!(errors, ["grant-resource-invalid"], "{on}");
    }
}

#[test]
fn what_is_no_dataset_is_told() {
    let errors = |lines: &str| resolve(&[INTERNAL, "[datasets.sales]\n", lines]).errors;
    assert!(errors("existing = true").is_empty());
    assert!(
        errors("existing = \"//bigquery.googleapis.com/projects/acme-data/datasets/s\"").is_empty()
    );
    for lines in ["", "existing = false", "location = \"eu\""] {
        assert!(errors(lines).is_empty(), "{lines}");
    }
    let absent = ["dataset-tables-absent"];
    assert_eq!(errors("tables = [\"months\"]"), absent);
    assert_eq!(errors("location = \"mars\""), ["region-unknown"]);
    for wrong in ["36h", "0d", "40000d"] {
        let lines = format!("default_table_expiration = \"{wrong}\"");
        assert_eq!(errors(&lines), ["out-of-range"], "{wrong}");
    }
    for full in [
        "sales",
        "projects/acme-data/datasets/sales-2027",
        "projects/x/datasets/sales",
        "projects/acme-data/datasets/sales/tables/months",
        "acme-data.sales",
    ] {
        let lines = format!("existing = \"{full}\"");
        assert_eq!(errors(&lines), ["existing-invalid"], "{full}");
    }
    assert_eq!(errors("existing = true\ntables = []"), absent);
    assert_eq!(
        errors("existing = true\ntables = [\"-a\"]"),
        ["invalid-name"]
    );
    let dashed = resolve(&[INTERNAL, "[datasets.my-sales]\nexisting = true\n"]);
    assert_eq!(dashed.errors, ["invalid-name"]);
}

#[test]
fn two_that_are_one_are_told() {
    let other = "[datasets.others]\nexisting = \"projects/acme-data/datasets/sales_2027\"\n";
    let months = "tables = [\"months\"]\n";
    assert_eq!(
        resolve(&[INTERNAL, SALES, other]).errors,
        ["name-collision"]
    );
    assert!(resolve(&[INTERNAL, SALES, other, months]).errors.is_empty());
    let both = resolve(&[INTERNAL, SALES, months, other, months]);
    assert_eq!(both.errors, ["name-collision"]);
}

#[test]
fn one_that_is_made_here_lets_nobody_in_by_itself() {
    let reports = "[datasets.reports]\nlocation = \"eu\"\ndefault_table_expiration = \"90d\"\n";
    let reads = READS.replace("sales", "reports");
    let resolved = resolve(&[INTERNAL, &reads, reports]);
    assert!(resolved.errors.is_empty(), "{}", resolved.said);
    let says = |fact: &str, value: &str| {
        let fact = format!("datasets.reports.{fact}");
        assert_eq!(resolved.fact(&fact), Some(value), "{fact}");
    };
    says("readers", "run-orders");
    says("writers", "nobody");
    says("owners", "nobody");
    says("basic_roles", "owner");
    says("location", "eu");
    says("table_expiration", "90 days");
    says("partition_expiration", "never");
    says("deletion_protection", "on");
    let inherited = crate::plan::google::roles::inherited(resolved.plan());
    assert!(!inherited.contains(&"roles/viewer"));
    let theirs = resolve(&[INTERNAL, &reads, "[datasets.reports]\nexisting = true\n"]);
    let inherited = crate::plan::google::roles::inherited(theirs.plan());
    assert!(inherited.contains(&"roles/viewer"));
    let leaves = resolve(&[INTERNAL, reports, "retire = true\n"]);
    assert_eq!(
        leaves.fact("datasets.reports.deletion_protection"),
        Some("off")
    );
    let idle = "existing = true\nlabels = { a = \"b\" }\n";
    let idle = resolve(&[INTERNAL, "[datasets.reports]\nlocation = \"eu\"\n", idle]);
    assert_eq!(idle.warnings, ["existing-idle"; 2]);
    // Its tables are not there yet.
    let news = "[topics.news]\npublishers = [\"group:a@example.com\"]\n[subscriptions.news]\ntopic = \"news\"\nbigquery = { table = \"datasets.reports.news\" }\n";
    let resolved = resolve(&[INTERNAL, reports, news]);
    assert_eq!(resolved.errors, ["existing-invalid"]);
}
