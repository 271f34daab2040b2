//! Names that must differ once they are derived: Terraform's are in snake case, a replica's is made of its database's, and
//! an account's id is used without its project.

use std::collections::BTreeMap;

use crate::blueprint::units::Truth;
use crate::blueprint::{Key, Place};
use crate::name::identifier;
use crate::plan::model::{Account, FirestorePath, Plan, RecordData, Resource};
use crate::plan::resolve::context::Context;
use crate::plan::resolve::database::replica_name;
use crate::rules;

/// Something with a derived name.
struct Named {
    /// What it is, for people: `secrets.a-b`.
    shown: String,
    place: Place,
}

impl Named {
    /// An element of a table, at its own name.
    fn element(table: &str, name: &str) -> Self {
        let key = Key::of(&[table, name]);
        Self {
            shown: key.to_string(),
            place: Place::Key(key),
        }
    }
}

/// What two elements of one name in snake case would be.
const IN_TERRAFORM: &str = "name in Terraform";

/// What has a derived name already, by that name.
#[derive(Default)]
struct Taken {
    names: BTreeMap<String, Named>,
}

impl Taken {
    /// Takes a derived name; reports one that is taken already. `what` says what both would be.
    fn take(&mut self, cx: &mut Context<'_>, derived: String, what: &str, one: Named) {
        let Some(other) = self.names.get(&derived) else {
            self.names.insert(derived, one);
            return;
        };
        cx.report(
            rules::NAME_COLLISION,
            format!("`{}` and `{}` are the same {what}", one.shown, other.shown),
            &one.place,
            format!("`{derived}` too"),
        )
        .and(&other.place, format!("is `{derived}`"))
        .help("give one of them another name");
    }
}

/// Reports names that are the same once they are derived.
pub(super) fn check<'p>(
    cx: &mut Context<'_>,
    plan: &'p Plan,
    runs: impl Iterator<Item = (Key, &'p Account)>,
) {
    in_terraform(cx, plan);
    instances(cx, plan);
    buckets(cx, plan);
    firestores(cx, plan);
    datasets(cx, plan);
    keys(cx, plan);
    registries(cx, plan);
    authorities(cx, plan);
    rotation(cx, plan);
    records(cx, plan);
    mapped_domains(cx, plan);
    accounts(cx, runs);
}

/// Names that may hold upper case or `_`, and so may only differ in what snake case takes away.
fn in_terraform(cx: &mut Context<'_>, plan: &Plan) {
    let blueprint = cx.blueprint;
    let made = |existing: &Option<Truth>| !existing.as_ref().is_some_and(Truth::holds);
    let secrets = blueprint.secrets.iter();
    let secrets = secrets.filter(|(_, one)| made(&one.existing));
    identifiers(cx, "secrets", secrets.map(|(name, _)| name));
    let topics = blueprint.topics.iter();
    let topics = topics.filter(|(_, one)| made(&one.existing));
    identifiers(cx, "topics", topics.map(|(name, _)| name));
    let subscriptions = blueprint.subscriptions.iter();
    let subscriptions = subscriptions.filter(|(_, one)| made(&one.existing));
    identifiers(cx, "subscriptions", subscriptions.map(|(name, _)| name));
    let keys = plan.keys.iter().filter(|key| !key.existing);
    identifiers(cx, "keys", keys.map(|key| &key.name));
    let firestores = plan.firestores.iter().filter(|one| !one.existing);
    identifiers(cx, "firestores", firestores.map(|one| &one.name));
    identifiers(cx, "schedules", blueprint.schedules.keys());
    let queues = plan.queues.iter().filter(|queue| !queue.existing);
    identifiers(cx, "queues", queues.map(|queue| &queue.name));
    let channels = plan.channels.iter().filter(|one| !one.existing);
    identifiers(cx, "channels", channels.map(|one| &one.name));
    identifiers(cx, "datasets", plan.made_datasets().map(|one| &one.name));
    identifiers(cx, "events", blueprint.events.keys());
    identifiers(cx, "log_sinks", blueprint.log_sinks.keys());
    identifiers(cx, "values", blueprint.values.keys());
    let mut addresses = Taken::default();
    for channel in plan.monitoring.iter().flat_map(|one| &one.channels) {
        let one = Named {
            shown: channel.address.clone(),
            place: Place::Part(Key::of(&["monitoring", "notify"]), channel.address.clone()),
        };
        addresses.take(cx, identifier(&channel.address), IN_TERRAFORM, one);
    }
    let mut databases = Taken::default();
    for database in plan.databases.iter().filter(|database| !database.existing) {
        for inside in &database.names {
            let key = Key::of(&["databases", &database.name]);
            let one = Named {
                shown: format!("{inside} in {}", database.name),
                place: Place::Part(key.then("names"), inside.clone()),
            };
            let derived = format!("{}_{}", identifier(&database.name), identifier(inside));
            databases.take(cx, derived, IN_TERRAFORM, one);
        }
    }
}

/// No two elements of a table have the same name in Terraform.
fn identifiers<'n>(cx: &mut Context<'_>, table: &str, names: impl Iterator<Item = &'n String>) {
    let mut taken = Taken::default();
    for name in names {
        let one = Named::element(table, name);
        taken.take(cx, identifier(name), IN_TERRAFORM, one);
    }
}

/// Instances, and the replicas that are named after them.
fn instances(cx: &mut Context<'_>, plan: &Plan) {
    let mut instances = Taken::default();
    for database in &plan.databases {
        let one = Named::element("databases", &database.name);
        let derived = format!("{}:{}", database.project, database.instance);
        instances.take(cx, derived, "instance", one);
    }
    for database in &plan.databases {
        for number in (1..).take(database.replicas.len()) {
            let replica = replica_name(&database.instance, number);
            let key = Key::of(&["databases", &database.name, "replicas"]);
            let one = Named {
                shown: format!("replica {number} of {}", database.name),
                place: Place::Value(key),
            };
            let derived = format!("{}:{replica}", database.project);
            instances.take(cx, derived, "instance", one);
        }
    }
}

/// No two stand for one bucket of Cloud Storage.
fn buckets(cx: &mut Context<'_>, plan: &Plan) {
    let mut buckets = Taken::default();
    for bucket in &plan.buckets {
        let one = Named::element("buckets", &bucket.name);
        buckets.take(cx, bucket.bucket.clone(), "bucket of Cloud Storage", one);
    }
    let mut told = Taken::default();
    for (bucket, notification) in plan.notifications() {
        let key = Key::of(&["buckets", &bucket.name, "notifications"]);
        let key = key.then(&notification.to);
        let one = Named {
            shown: key.to_string(),
            place: Place::Key(key),
        };
        told.take(
            cx,
            identifier(&notification.name(bucket)),
            IN_TERRAFORM,
            one,
        );
    }
}

/// No two stand for one database of Firestore.
fn firestores(cx: &mut Context<'_>, plan: &Plan) {
    let mut firestores = Taken::default();
    for firestore in &plan.firestores {
        let one = Named::element("firestores", &firestore.name);
        let FirestorePath { project, id } = &firestore.path;
        let derived = format!("{project}/{id}");
        firestores.take(cx, derived, "database of Firestore", one);
    }
}

/// No two stand for one dataset of BigQuery, or for one table.
fn datasets(cx: &mut Context<'_>, plan: &Plan) {
    let mut datasets = Taken::default();
    for dataset in &plan.datasets {
        for (_, derived) in dataset.places().iter().filter_map(Resource::in_sql) {
            let one = Named::element("datasets", &dataset.name);
            datasets.take(cx, derived, "data in BigQuery", one);
        }
    }
}

/// No secret is called as the one that holds the authority of a cache.
fn authorities(cx: &mut Context<'_>, plan: &Plan) {
    let mut secrets = Taken::default();
    let (derived, written): (Vec<_>, Vec<_>) = (plan.secrets.iter())
        .filter(|secret| secret.project == plan.project.id)
        .partition(|secret| secret.authority_of.is_some());
    for secret in written {
        let one = Named::element("secrets", &secret.name);
        secrets.names.insert(identifier(&secret.id), one);
    }
    for secret in derived {
        let cache = secret.authority_of.as_deref().unwrap_or_default();
        let one = Named::element("caches", cache);
        secrets.take(cx, identifier(&secret.id), "secret", one);
    }
}

/// No topic or subscription is called as the one that says that a secret is to be replaced.
fn rotation(cx: &mut Context<'_>, plan: &Plan) {
    let mut secrets = plan.secrets.iter();
    let Some(secret) = secrets.find(|one| one.rotation.is_some()) else {
        return;
    };
    let blueprint = cx.blueprint;
    let topics = blueprint.topics.keys().map(|name| ("topics", name));
    let subscriptions = blueprint.subscriptions.keys();
    let subscriptions = subscriptions.map(|name| ("subscriptions", name));
    for (table, name) in topics.chain(subscriptions) {
        let mut taken = Taken::default();
        let derived = identifier(&super::super::rotation::name(&plan.project.name));
        let one = Named::element("secrets", &secret.name);
        taken.names.insert(derived, one);
        let what = "topic of rotations, or subscription to it,";
        taken.take(cx, identifier(name), what, Named::element(table, name));
    }
}

/// No two records of private zones have one name in Terraform.
fn records(cx: &mut Context<'_>, plan: &Plan) {
    let mut records = Taken::default();
    let zones = plan.network.iter().flat_map(|network| &network.zones);
    for record in zones.flat_map(|zone| &zone.records) {
        let one = match &record.data {
            RecordData::Database(name) | RecordData::Replica(name, _) => {
                Named::element("databases", name)
            }
            RecordData::Cache(name, _) | RecordData::Cluster(name, _) => {
                Named::element("caches", name)
            }
            RecordData::Addresses(_) | RecordData::Alias(_) | RecordData::Balancer(_) => Named {
                shown: record.dns_name.clone(),
                place: Place::Key(Key::of(&["project"])),
            },
        };
        records.take(cx, identifier(&record.name), IN_TERRAFORM, one);
    }
}

/// No two stand for one key of Cloud KMS.
fn keys(cx: &mut Context<'_>, plan: &Plan) {
    let mut keys = Taken::default();
    for key in &plan.keys {
        let one = Named::element("keys", &key.name);
        keys.take(cx, key.path.to_string(), "key of Cloud KMS", one);
    }
}

/// No two stand for one repository of Artifact Registry.
fn registries(cx: &mut Context<'_>, plan: &Plan) {
    let mut registries = Taken::default();
    for registry in &plan.registries {
        let one = Named::element("registries", &registry.name);
        let path = registry.path.to_string();
        registries.take(cx, path, "repository of Artifact Registry", one);
    }
}

/// A domain is mapped once, and no two become one name.
fn mapped_domains(cx: &mut Context<'_>, plan: &Plan) {
    let mut whole: BTreeMap<&str, &str> = BTreeMap::new();
    let mut mappings = Taken::default();
    for service in &plan.services {
        let key = Key::of(&["services", &service.name, "domain_mappings"]);
        for domain in &service.domain_mappings {
            let place = Place::Part(key.clone(), domain.clone());
            if let Some(other) = whole.insert(domain, &service.name) {
                let other = Key::of(&["services", other, "domain_mappings"]);
                cx.report(
                    rules::DOMAIN_CONFLICT,
                    format!("`{domain}` is mapped to two services"),
                    &place,
                    "leads to one of them only",
                )
                .and(&Place::Part(other, domain.clone()), "mapped here");
                continue;
            }
            let shown = domain.clone();
            let derived = identifier(domain);
            mappings.take(cx, derived, IN_TERRAFORM, Named { shown, place });
        }
    }
}

/// No two elements run as the same account, written or derived; and since network tags and database users are named by an
/// account's id, no two of different projects with the same id.
fn accounts<'p>(cx: &mut Context<'_>, runs: impl Iterator<Item = (Key, &'p Account)>) {
    let mut seen: BTreeMap<&str, (Key, &str)> = BTreeMap::new();
    for (key, account) in runs {
        let Some((other, email)) = seen.get(account.id.as_str()) else {
            seen.insert(&account.id, (key, &account.email));
            continue;
        };
        let place = Place::Value(key.then("service_account"));
        let others = Place::Value(other.then("service_account"));
        if *email == account.email {
            cx.report(
                rules::ACCOUNT_SHARED,
                format!("`{key}` and `{other}` would run as the same account"),
                &place,
                format!("as `{email}`"),
            )
            .and(&others, "as the same one")
            .note("each could do what either may do")
            .help("leave `service_account` out of one of them: an account of its own is made");
        } else {
            let id = &account.id;
            cx.report(
                rules::NAME_COLLISION,
                format!("the accounts of `{key}` and `{other}` have the same id"),
                &place,
                format!("`{id}` too"),
            )
            .and(&others, format!("`{id}`"))
            .note("firewall rules and users of databases tell accounts apart by their ids")
            .help("give one of them another account");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::plan::resolve::testing::{INTERNAL, resolve};

    #[test]
    fn secrets_and_values_differ_in_snake_case() {
        let secrets = |names: &[&str]| {
            let tables: Vec<String> = names
                .iter()
                .map(|name| format!("[secrets.{name}]\nwriters = [\"group:a@example.com\"]\n"))
                .collect();
            resolve(&[INTERNAL, &tables.concat()]).errors
        };
        assert_eq!(secrets(&["a-b", "a_b"]), ["name-collision"]);
        assert_eq!(secrets(&["stripe", "Stripe"]), ["name-collision"]);
        assert_eq!(secrets(&["a-b", "a_b", "A_b"]), ["name-collision"; 2]);
        assert!(secrets(&["a-b", "ab"]).is_empty());

        let values = "[values.a-b]\nterraform = \"a\"\ngcloud = \"a\"\n[values.A_b]\nterraform = \"a\"\ngcloud = \"a\"\n";
        assert_eq!(resolve(&[INTERNAL, values]).errors, ["name-collision"]);
    }

    #[test]
    fn databases_differ_in_snake_case_and_from_replicas() {
        let database = |name: &str, more: &str| {
            format!(
                "[databases.{name}]\nengine = \"postgres\"\nversion = \"17\"\ntier = \"db-custom-1-3840\"\n{more}\n"
            )
        };
        let inside = database("main", "names = [\"a-b\", \"a_b\"]");
        assert_eq!(resolve(&[INTERNAL, &inside]).errors, ["name-collision"]);
        let apart = [
            database("main", "names = [\"a_b\"]"),
            database("main-a", "names = [\"b\"]"),
        ];
        assert_eq!(
            resolve(&[INTERNAL, &apart[0], &apart[1]]).errors,
            ["name-collision"]
        );
        let replica = [
            database("main", "replicas = 1"),
            database("main-replica-1", ""),
        ];
        assert_eq!(
            resolve(&[INTERNAL, &replica[0], &replica[1]]).errors,
            ["name-collision"]
        );
    }

    #[test]
    fn accounts_differ_by_their_ids() {
        let second = INTERNAL.replace("services.orders", "services.carts");
        let account = |project: &str| {
            format!("service_account = \"shop-own@{project}.iam.gserviceaccount.com\"\n")
        };
        let one = account("shop-prod");
        assert_eq!(
            resolve(&[INTERNAL, &one, &second, &one]).errors,
            ["account-shared"]
        );
        let other = account("other-prod");
        assert_eq!(
            resolve(&[INTERNAL, &one, &second, &other]).errors,
            ["name-collision"]
        );
    }
}
