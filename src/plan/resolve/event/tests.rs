use std::fmt::Write as _;

use crate::plan::model::{EventSource, Plan};
use crate::plan::resolve::testing::{INTERNAL, Resolved, resolve};

/// What events may hear of.
const THINGS: &str = "[buckets.files]\n[topics.news]\npublishers = [\"group:a@example.com\"]\n\
                      [buckets.theirs]\nexisting = \"projects/acme-data/buckets/acme-files\"\n";
const WRITTEN: &str =
    "type = \"google.cloud.storage.object.v1.finalized\"\nfilters = { bucket = \"files\" }\n";
const LOGGED: &str = "type = \"google.cloud.audit.log.v1.written\"\n";
const TOLD: &str = "target = \"services.orders\"\n";

/// A blueprint with an event of these lines.
fn with(lines: &[&str]) -> Resolved {
    let event = format!("[events.one]\n{}\n", lines.concat());
    resolve(&[INTERNAL, THINGS, &event])
}

fn errors(lines: &[&str]) -> Vec<&'static str> {
    with(lines).errors
}

/// The filters of an audit log.
fn log(filters: &str) -> Vec<&'static str> {
    errors(&[LOGGED, TOLD, &format!("filters = {{ {filters} }}\n")])
}

const API: &str = "serviceName = \"run.googleapis.com\"";
const METHOD: &str = "methodName = \"google.cloud.run.v2.Jobs.RunJob\"";

#[test]
fn each_kind_has_its_filters() {
    assert!(errors(&[WRITTEN, TOLD]).is_empty());
    assert!(log(&format!("{API}, {METHOD}")).is_empty());
    let published = "type = \"google.cloud.pubsub.topic.v1.messagePublished\"\n";
    assert!(errors(&[published, TOLD, "filters = { topic = \"news\" }\n"]).is_empty());
    for lacking in [
        [WRITTEN.replace("bucket = \"files\"", ""), String::new()],
        [published.to_owned(), "filters = {}\n".to_owned()],
        [LOGGED.to_owned(), format!("filters = {{ {API} }}\n")],
        [LOGGED.to_owned(), format!("filters = {{ {METHOD} }}\n")],
    ] {
        let [kind, filters] = &lacking;
        let found = errors(&[kind, TOLD, filters]);
        assert_eq!(found, ["event-filter-invalid"], "{lacking:?}");
    }
    let both = WRITTEN.replace(" }", ", topic = \"news\" }");
    assert_eq!(errors(&[&both, TOLD]), ["event-filter-invalid"]);
    let other = format!("{API}, {METHOD}, bucket = \"files\"");
    assert_eq!(log(&other), ["event-filter-invalid"]);
    assert_eq!(errors(&[TOLD]), ["missing-key"]);
    assert_eq!(errors(&[WRITTEN]), ["missing-key"]);
}

#[test]
fn a_filter_of_a_log_can_match() {
    let with = |resource: &str| log(&format!("{API}, {METHOD}, resourceName = \"{resource}\""));
    for fine in [
        "projects/p/x",
        "projects/_/buckets/${buckets.files.name}",
        "a'b$c",
    ] {
        assert!(with(fine).is_empty(), "{fine}");
    }
    for wrong in [
        "",
        "//run.googleapis.com/projects/p",
        "a/*",
        "a,b",
        "a b",
        "ü",
    ] {
        assert_eq!(with(wrong), ["event-filter-invalid"], "{wrong}");
    }
    for method in ["", "a*", "a b", "a,b"] {
        let filters = format!("{API}, methodName = \"{method}\"");
        assert_eq!(log(&filters), ["event-filter-invalid"], "{method}");
    }
    for api in ["run", "", "run.googleapis.com ", "*.googleapis.com"] {
        let filters = format!("{METHOD}, serviceName = \"{api}\"");
        assert_eq!(log(&filters), ["event-filter-invalid"], "{api}");
    }
}

fn location(resolved: &Resolved) -> &str {
    &resolved.plan().events[0].location
}

#[test]
fn a_trigger_lies_where_it_hears() {
    assert_eq!(location(&with(&[WRITTEN, TOLD])), "europe-west1");
    let event = format!("[events.one]\n{WRITTEN}{TOLD}");
    let moved = "[buckets.files]\nlocation = \"eu\"\n";
    assert_eq!(location(&resolve(&[INTERNAL, moved, &event])), "eu");
    // Of a bucket that is there already the location is for its events alone.
    let there = "[buckets.files]\nexisting = true\nlocation = \"eu\"\n";
    let resolved = resolve(&[INTERNAL, there, &event]);
    assert_eq!((location(&resolved), resolved.warnings.len()), ("eu", 0));
    assert_eq!(resolve(&[INTERNAL, there]).warnings, ["existing-idle"]);

    let of = |api: &str, location: &str| {
        let filters = format!("filters = {{ serviceName = \"{api}.googleapis.com\", {METHOD} }}\n");
        with(&[LOGGED, TOLD, &filters, location])
    };
    assert_eq!(location(&of("run", "")), "europe-west1");
    assert_eq!(
        location(&of("run", "location = \"us-east1\"\n")),
        "us-east1"
    );
    assert_eq!(location(&of("run", "location = \"global\"\n")), "global");
    assert_eq!(location(&of("iam", "")), "global");
    let errors = of("iam", "location = \"europe-west1\"\n").errors;
    assert_eq!(errors, ["event-location"]);
    let errors = of("run", "location = \"eu\"\n").errors;
    assert_eq!(errors, ["region-unknown"]);
    let written = "location = \"europe-west1\"\n";
    assert_eq!(with(&[WRITTEN, TOLD, written]).errors, ["event-location"]);
}

#[test]
fn only_what_is_here_is_heard() {
    let elsewhere = WRITTEN.replace("files", "theirs");
    assert_eq!(errors(&[&elsewhere, TOLD]), ["event-elsewhere"]);
    let nowhere = WRITTEN.replace("files", "flies");
    assert_eq!(errors(&[&nowhere, TOLD]), ["bucket-unknown"]);
}

#[test]
fn a_service_or_a_workflow_is_told() {
    for (target, code) in [
        ("services.nobody", "target-unknown"),
        ("workflows.nothing", "target-unknown"),
        ("orders", "target-invalid"),
        ("jobs.orders", "target-invalid"),
        ("topics.news", "target-invalid"),
    ] {
        let target = format!("target = \"{target}\"\n");
        assert_eq!(errors(&[WRITTEN, &target]), [code], "{target}");
    }
    assert_eq!(
        errors(&[WRITTEN, TOLD, "path = \"x\"\n"]),
        ["target-path-invalid"]
    );
    let slow = resolve(&[
        INTERNAL,
        "timeout = \"601s\"\n",
        THINGS,
        "[events.one]\n",
        WRITTEN,
        TOLD,
    ]);
    assert_eq!(slow.errors, ["ack-deadline-short"]);
}

#[test]
fn what_comes_back_is_told_where_it_can() {
    let kind = |kind: &str| {
        format!(
            "[events.one]\ntype = \"google.cloud.storage.object.v1.{kind}\"\nfilters = {{ bucket = \"files\" }}\n{TOLD}"
        )
    };
    let warned = |service: &str, happens: &str| {
        let resolved = resolve(&[INTERNAL, service, THINGS, &kind(happens)]);
        assert!(resolved.errors.is_empty(), "{}", resolved.said);
        resolved.warnings
    };
    let uses = |access: &str| format!("buckets = {{ files = \"{access}\" }}\n");
    assert!(warned(&uses("read"), "finalized").is_empty());
    assert!(warned(&uses("create"), "deleted").is_empty());
    assert_eq!(warned(&uses("create"), "finalized"), ["event-loop"]);
    assert_eq!(warned(&uses("write"), "metadataUpdated"), ["event-loop"]);
    let mount = |more: &str| {
        format!("[services.orders.volumes.f]\nbucket = \"files\"\nmount = \"/f\"\n{more}")
    };
    assert_eq!(warned(&mount(""), "finalized"), ["event-loop"]);
    assert!(warned(&mount("read_only = true\n"), "finalized").is_empty());
    let published = "[events.one]\ntype = \"google.cloud.pubsub.topic.v1.messagePublished\"\nfilters = { topic = \"news\" }\ntarget = \"services.orders\"\n";
    let resolved = resolve(&[INTERNAL, "publishes = [\"news\"]\n", THINGS, published]);
    assert_eq!(resolved.warnings, ["event-loop"]);
}

#[test]
fn cloud_storage_tells_ten_of_the_same() {
    let mut text = String::new();
    for number in 0..10 {
        writeln!(text, "[events.e{number}]\n{WRITTEN}{TOLD}").unwrap();
    }
    assert!(resolve(&[INTERNAL, THINGS, &text]).errors.is_empty());
    let one = format!("[events.more]\n{WRITTEN}{TOLD}");
    assert_eq!(
        resolve(&[INTERNAL, THINGS, &text, &one]).errors,
        ["too-many"]
    );
    let other = one.replace("finalized", "deleted");
    assert!(
        resolve(&[INTERNAL, THINGS, &text, &other])
            .errors
            .is_empty()
    );
}

fn audited(plan: &Plan) -> Vec<&str> {
    let logs = plan.audit_logs.iter();
    logs.map(|log| log.service.as_str()).collect()
}

#[test]
fn what_is_listened_to_is_logged() {
    let of = |method: &str| {
        let filters = format!(
            "filters = {{ serviceName = \"pubsub.googleapis.com\", methodName = \"google.pubsub.v1.{method}\" }}\n"
        );
        with(&[LOGGED, TOLD, &filters])
    };
    let pulled = of("Subscriber.Pull");
    assert!(audited(pulled.plan()).contains(&"pubsub.googleapis.com"));
    let made = of("Publisher.CreateTopic");
    assert!(!audited(made.plan()).contains(&"pubsub.googleapis.com"));
    assert!(matches!(
        made.plan().events[0].source,
        EventSource::Log { .. }
    ));
}
