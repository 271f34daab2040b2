//! What is made up holds every word of the language and every situation that several of them make together.

use std::collections::BTreeSet;

use ravelin::plan::model::{AdmissionPolicy, Plan, Resource, VolumeSource};
use serde_json::Value;

use crate::made::SAMPLE;

/// Words of the language that no blueprint that is fine can hold.
const NEVER: &[&str] = &[
    // Refused wherever they stand.
    "Service.renamed_from",
    "Job.renamed_from",
    "Worker.renamed_from",
    // A worker sees none.
    "Worker.files",
    // No rule that can be waived is about these, and an exception that waives nothing is an error.
    "Bucket.exceptions",
    "Database.exceptions",
    "LoadBalancer.exceptions",
    "Secret.exceptions",
];

/// Keys that take one of a long list, of which a few are enough.
const LONG: &[&str] = &[
    "Project.region",
    "Bucket.location",
    "CryptoKey.algorithm",
    "Secret.replicas",
    "Governance.org_policies",
    "Exclusion.rule",
];

#[test]
fn every_word_of_the_language_is_made_up() {
    let schema = ravelin::language::schema();
    let mut seen = BTreeSet::new();
    for (made, expansion) in SAMPLE.iter() {
        if !expansion.has_errors() {
            words(
                &schema,
                "Blueprint",
                &toml::Value::Table(made.table.clone()),
                &mut seen,
            );
        }
    }
    let mut missing = Vec::new();
    let root = serde_json::json!({ "Blueprint": schema });
    let definitions = schema["definitions"].as_object().unwrap().iter();
    for (table, definition) in definitions.chain(root.as_object().unwrap()) {
        for (key, schema) in definition["properties"].as_object().into_iter().flatten() {
            let name = format!("{table}.{key}");
            if !seen.contains(&name) {
                missing.push(name);
                continue;
            }
            for word in allowed(schema) {
                let word = format!("{name} = {word}");
                if !seen.contains(&word) {
                    missing.push(word);
                }
            }
        }
    }
    let long = |word: &str| {
        word.split_once(" = ")
            .is_some_and(|(key, _)| LONG.contains(&key))
    };
    missing.retain(|word| !NEVER.contains(&word.as_str()) && !long(word));
    assert!(missing.is_empty(), "never made up: {missing:#?}");
}

/// The words that a key allows.
fn allowed(schema: &Value) -> Vec<String> {
    let words = schema.get("enum").or_else(|| schema["items"].get("enum"));
    let words = words.and_then(Value::as_array).into_iter().flatten();
    words.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Notes the keys and words of a table, and of those in it.
fn words(schema: &Value, table: &str, value: &toml::Value, seen: &mut BTreeSet<String>) {
    let definition = if table == "Blueprint" {
        schema
    } else {
        &schema["definitions"][table]
    };
    for (key, value) in value.as_table().into_iter().flatten() {
        let Some(property) = definition["properties"].get(key) else {
            continue;
        };
        seen.insert(format!("{table}.{key}"));
        let values = value
            .as_array()
            .cloned()
            .unwrap_or_else(|| vec![value.clone()]);
        for value in &values {
            if let Some(word) = value.as_str() {
                seen.insert(format!("{table}.{key} = {word}"));
            }
            below(schema, property, value, seen);
        }
    }
}

fn below(schema: &Value, property: &Value, value: &toml::Value, seen: &mut BTreeSet<String>) {
    if let Some(name) = referred(property) {
        words(schema, name, value, seen);
    } else if let Some(entry) = property.get("additionalProperties") {
        for value in value
            .as_table()
            .into_iter()
            .flatten()
            .map(|(_, value)| value)
        {
            below(schema, entry, value, seen);
        }
    } else {
        let others = ["items", "anyOf"]
            .iter()
            .filter_map(|key| property.get(key));
        for other in others {
            match other.as_array() {
                Some(all) => all.iter().for_each(|one| below(schema, one, value, seen)),
                None => below(schema, other, value, seen),
            }
        }
    }
}

/// The definition that a schema refers to.
fn referred(schema: &Value) -> Option<&str> {
    let places = ["/$ref", "/allOf/0/$ref", "/allOf/0/allOf/0/$ref"];
    let reference = places.iter().find_map(|place| schema.pointer(place))?;
    reference.as_str()?.rsplit('/').next()
}

/// Whether a plan is such a situation.
type Holds = fn(&Plan) -> bool;

/// What has to come up, beside the words: what several of them make together.
const SITUATIONS: &[(&str, Holds)] = &[
    ("a circle of calls", |plan| {
        let calls = |from: &str, to: &str| {
            plan.service(from)
                .is_some_and(|one| one.calls.iter().any(|call| call.service == to))
        };
        let mut services = plan.services.iter();
        services.any(|one| one.calls.iter().any(|call| calls(&call.service, &one.name)))
    }),
    ("a call to a service of another project", |plan| {
        let mut grants = plan.grants.iter();
        grants.any(|grant| {
            let service = matches!(grant.on, Resource::Service { .. });
            service && grant.on.project() != plan.project.id
        })
    }),
    ("Identity-Aware Proxy on the service", |plan| {
        says(plan, "iap", "service")
    }),
    ("Identity-Aware Proxy at the load balancer", |plan| {
        says(plan, "iap", "backend")
    }),
    ("an anonymous service that is called inside", |plan| {
        says(plan, "waf_bypass", "everything inside the network")
    }),
    ("a service past the WAF", |plan| {
        says(plan, "waf_bypass", "everybody")
    }),
    ("nobody past the WAF", |plan| {
        says(plan, "waf_bypass", "nobody")
    }),
    ("allUsers", |plan| says(plan, "callers", "allUsers")),
    ("the check of the invoker off", |plan| {
        says(plan, "invoker_check", "off")
    }),
    ("a domain past the load balancer", |plan| {
        plan.services
            .iter()
            .any(|one| !one.domain_mappings.is_empty())
    }),
    ("a service in several regions", |plan| {
        plan.services
            .iter()
            .any(|one| one.stands_in_for.is_some() && !one.retiring)
    }),
    ("a service on its way out of a region", |plan| {
        plan.services
            .iter()
            .any(|one| one.stands_in_for.is_some() && one.retiring)
    }),
    ("a WAF of a service's own", |plan| plan.wafs.len() > 1),
    ("a service behind another's host", |plan| {
        plan.edge
            .as_ref()
            .is_some_and(|edge| edge.hosts.iter().any(|host| !host.rules.is_empty()))
    }),
    ("NAT", |plan| says(plan, "egress.internet", "nat")),
    ("no way to the internet", |plan| {
        says(plan, "egress.internet", "none")
    }),
    ("outside of the network", |plan| {
        says(plan, "egress", "outside")
    }),
    ("a network of another project", |plan| {
        plan.network
            .as_ref()
            .is_some_and(|one| one.project != plan.project.id)
    }),
    ("a network that exists in the project", |plan| {
        plan.network
            .as_ref()
            .is_some_and(|one| one.own.is_none() && one.project == plan.project.id)
    }),
    ("no network", |plan| plan.network.is_none()),
    ("a private zone for run.app", |plan| {
        says(plan, "private_zones", "run.app.")
    }),
    ("grants in other projects", |plan| {
        plan.grants
            .iter()
            .any(|grant| grant.on.project() != plan.project.id)
    }),
    ("an account of another project", |plan| {
        plan.services
            .iter()
            .any(|one| !one.workload.account.email.contains(&plan.project.id))
    }),
    ("a database of another project", |plan| {
        plan.databases
            .iter()
            .any(|one| one.project != plan.project.id)
    }),
    ("a bucket of another project", |plan| {
        plan.buckets
            .iter()
            .any(|one| one.project != plan.project.id)
    }),
    ("a bucket that is mounted", |plan| {
        let mut workloads = plan.services.iter().map(|one| &one.workload);
        workloads.any(|one| {
            one.volumes.iter().any(|volume| {
                let made = |name: &str| plan.buckets.iter().any(|one| one.bucket == name);
                matches!(&volume.source, VolumeSource::Bucket { bucket, .. } if made(bucket))
            })
        })
    }),
    ("a key of another project", |plan| {
        plan.keys
            .iter()
            .any(|one| one.path.project != plan.project.id)
    }),
    ("a key that a program manages", |plan| {
        plan.grants
            .iter()
            .any(|grant| grant.role == "roles/cloudkms.admin")
    }),
    ("something under a key of another project", |plan| {
        let mut facts = plan.facts.iter();
        facts.any(|fact| fact.name == "encryption" && fact.value.starts_with("projects/acme-keys/"))
    }),
    (
        "something that is no longer under a key of one's own",
        |plan| {
            let mut facts = plan.facts.iter();
            plan.encryption && facts.all(|fact| fact.name != "encryption")
        },
    ),
    ("a replica", |plan| {
        plan.databases.iter().any(|one| !one.replicas.is_empty())
    }),
    ("a database without connectors", |plan| {
        says(plan, "connectors_only", "off")
    }),
    ("a job before a service", |plan| {
        plan.jobs.iter().any(|job| job.run_token.is_some())
    }),
    ("a worker that rests", |plan| {
        plan.workers.iter().any(|worker| worker.instances == 0)
    }),
    ("a worker whose sidecar is asked", |plan| {
        let mut workers = plan.workers.iter();
        workers.any(|worker| {
            worker
                .workload
                .containers
                .iter()
                .any(|one| one.startup.is_some())
        })
    }),
    ("files beside the blueprint", |plan| !plan.files.is_empty()),
    ("a sidecar that is derived", |plan| {
        let mut workloads = plan.services.iter().map(|one| &one.workload);
        workloads.any(|one| {
            one.containers
                .iter()
                .any(|container| container.name.ends_with("-proxy"))
        })
    }),
    ("organisation policies", |plan| {
        !plan.org_policies.is_empty()
    }),
    ("organisation policies in the way", |plan| {
        !plan.org_policies_in_the_way.is_empty()
    }),
    ("signed images", |plan| {
        policy(plan).is_some_and(|one| !one.attestors().is_empty())
    }),
    ("images that are exempt alone", |plan| {
        policy(plan).is_some_and(|one| one.evaluation() == "ALWAYS_DENY")
    }),
    ("a policy of images that is somebody else's", |plan| {
        plan.binary_authorization.is_some() && policy(plan).is_none()
    }),
    ("a perimeter that is enforced", |plan| {
        let own = plan.own_perimeter().is_some();
        own && says(plan, "mode", "enforce")
    }),
    ("a perimeter that lets out", |plan| {
        plan.own_perimeter()
            .is_some_and(|own| !own.egress.is_empty())
    }),
    ("a perimeter that lets nobody in", |plan| {
        plan.own_perimeter()
            .is_some_and(|own| own.ingress.is_none())
    }),
    ("a perimeter on its way out", |plan| {
        plan.own_perimeter().is_some() && says(plan, "mode", "off")
    }),
    ("a perimeter that its owners keep", |plan| {
        plan.perimeter.is_some() && plan.own_perimeter().is_none()
    }),
    ("no audit logs", |plan| plan.audit_logs.is_empty()),
];

/// Whether a plan has a fact of this name and value.
fn says(plan: &Plan, name: &str, value: &str) -> bool {
    plan.facts
        .iter()
        .any(|fact| fact.name == name && fact.value == value)
}

#[test]
fn every_situation_comes_up() {
    let plans: Vec<&Plan> = SAMPLE
        .iter()
        .flat_map(|(_, expansion)| &expansion.plans)
        .collect();
    let missing = SITUATIONS
        .iter()
        .filter(|(_, holds)| !plans.iter().any(|plan| holds(plan)));
    let missing: Vec<&str> = missing.map(|(name, _)| *name).collect();
    assert!(missing.is_empty(), "never made up: {missing:?}");
}

/// The project's policy of images, where it is written here.
fn policy(plan: &Plan) -> Option<&AdmissionPolicy> {
    plan.binary_authorization.as_ref()?.policy.as_ref()
}
