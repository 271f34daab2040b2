//! Names that must differ once they are derived: Terraform's are in snake case, a replica's is made of its database's, and
//! an account's id is used without its project.

use std::collections::BTreeMap;

use crate::blueprint::units::Truth;
use crate::blueprint::{Key, Place};
use crate::name::identifier;
use crate::plan::model::{Account, Plan};
use crate::plan::resolve::context::Context;
use crate::plan::resolve::database::replica_name;
use crate::rules;

/// Something with a derived name.
struct Named {
    /// What it is, for people: `secrets.a-b`.
    shown: String,
    place: Place,
}

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
    keys(cx, plan);
    mapped_domains(cx, plan);
    accounts(cx, runs);
}

/// Names that may hold upper case or `_`, and so may only differ in what snake case takes away.
fn in_terraform(cx: &mut Context<'_>, plan: &Plan) {
    let blueprint = cx.blueprint;
    let name = "name in Terraform";
    let mut secrets = Taken::default();
    for (secret, written) in &blueprint.secrets {
        if matches!(written.existing, None | Some(Truth::Is(false))) {
            let key = Key::of(&["secrets", secret]);
            let shown = key.to_string();
            let place = Place::Key(key);
            secrets.take(cx, identifier(secret), name, Named { shown, place });
        }
    }
    let topics = blueprint.topics.iter();
    let topics = topics.map(|(name, topic)| ("topics", name, &topic.existing));
    let subscriptions = blueprint.subscriptions.iter();
    let subscriptions = subscriptions.map(|(name, one)| ("subscriptions", name, &one.existing));
    let (mut heard, mut listening) = (Taken::default(), Taken::default());
    for (kind, one, existing) in topics.chain(subscriptions) {
        if matches!(existing, None | Some(Truth::Is(false))) {
            let key = Key::of(&[kind, one]);
            let shown = key.to_string();
            let place = Place::Key(key);
            let taken = if kind == "topics" {
                &mut heard
            } else {
                &mut listening
            };
            taken.take(cx, identifier(one), name, Named { shown, place });
        }
    }
    let mut keys = Taken::default();
    for key in plan.keys.iter().filter(|key| !key.existing) {
        let written = Key::of(&["keys", &key.name]);
        let shown = written.to_string();
        let place = Place::Key(written);
        keys.take(cx, identifier(&key.name), name, Named { shown, place });
    }
    let mut schedules = Taken::default();
    for schedule in blueprint.schedules.keys() {
        let key = Key::of(&["schedules", schedule]);
        let shown = key.to_string();
        let place = Place::Key(key);
        schedules.take(cx, identifier(schedule), name, Named { shown, place });
    }
    let mut queues = Taken::default();
    for queue in plan.queues.iter().filter(|queue| !queue.existing) {
        let key = Key::of(&["queues", &queue.name]);
        let shown = key.to_string();
        let place = Place::Key(key);
        queues.take(cx, identifier(&queue.name), name, Named { shown, place });
    }
    let mut values = Taken::default();
    for value in blueprint.values.keys() {
        let key = Key::of(&["values", value]);
        let shown = key.to_string();
        let place = Place::Key(key);
        values.take(cx, identifier(value), name, Named { shown, place });
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
            databases.take(cx, derived, name, one);
        }
    }
}

/// Instances, and the replicas that are named after them.
fn instances(cx: &mut Context<'_>, plan: &Plan) {
    let mut instances = Taken::default();
    for database in &plan.databases {
        let key = Key::of(&["databases", &database.name]);
        let one = Named {
            shown: key.to_string(),
            place: Place::Key(key),
        };
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
        let key = Key::of(&["buckets", &bucket.name]);
        let one = Named {
            shown: key.to_string(),
            place: Place::Key(key),
        };
        buckets.take(cx, bucket.bucket.clone(), "bucket of Cloud Storage", one);
    }
}

/// No two stand for one key of Cloud KMS.
fn keys(cx: &mut Context<'_>, plan: &Plan) {
    let mut keys = Taken::default();
    for key in &plan.keys {
        let written = Key::of(&["keys", &key.name]);
        let one = Named {
            shown: written.to_string(),
            place: Place::Key(written),
        };
        keys.take(cx, key.path.to_string(), "key of Cloud KMS", one);
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
            mappings.take(cx, derived, "name in Terraform", Named { shown, place });
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
