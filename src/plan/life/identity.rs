//! The facts that make a thing the one that it is: with another value it is another thing, and the old one is destroyed.

use std::cmp::Ordering;

use crate::blueprint::Key;
use crate::plan::facts::LOCKED;
use crate::plan::model::OWN_LOG_BUCKET;

/// A fact that cannot change, or not in every way.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Identity {
    /// The kind of its elements: `databases`; or the one element: `network`.
    kind: &'static str,
    /// Its name.
    fact: &'static str,
    /// The key that decides it, where it is not called as the fact.
    key: Option<&'static str>,
    way: Way,
    /// What happens where it changes all the same.
    pub(super) loses: &'static str,
    /// What to do instead.
    pub(super) instead: &'static str,
}

/// Which changes make it another one.
#[derive(Debug, PartialEq, Eq)]
enum Way {
    /// Every change.
    Any,
    /// A range that does not hold the old one.
    NotLarger,
    /// Whatever follows what is its own.
    FromOwn,
    /// Whatever follows what is locked.
    FromLocked,
    /// A version of another engine.
    Engine,
    /// An earlier version of the same engine.
    Back,
}

/// Every fact that is part of an identity. Which arguments replace a resource is said by the provider (`ForceNew` in 7.45),
/// which changes of a database are refused, by <https://cloud.google.com/sql/docs/postgres/upgrade-major-db-version-inplace>,
/// and that a subnetwork's range only grows by <https://cloud.google.com/vpc/docs/create-modify-vpc-networks#expand-subnet>.
/// Names need no line: an element of another name is another element, and the old one has to be retired.
pub(super) const IDENTITIES: [Identity; 34] = [
    Identity {
        kind: "project",
        fact: "id",
        key: Some("project_id"),
        way: Way::Any,
        loses: "everything is destroyed in the one project and made again in the other",
        instead: "write an environment for the other project beside this one, and take this one out when nobody needs it",
    },
    Identity {
        kind: "project",
        fact: "name",
        key: None,
        way: Way::Any,
        loses: "network, load balancer, WAF and state are called by it: they are destroyed and made again",
        instead: "leave it; how it is called in words stands in `description` and `labels`",
    },
    Identity {
        kind: "project",
        fact: "region",
        key: None,
        way: Way::Any,
        loses: "services, jobs, databases, secrets and network are destroyed and made again with other addresses",
        instead: "write an environment in the other region beside this one, and take this one out when nobody needs it",
    },
    Identity {
        kind: "network",
        fact: "subnet",
        key: None,
        way: Way::NotLarger,
        loses: "the subnetwork is destroyed while instances have their addresses in it",
        instead: "leave it, or write a larger range that holds the old one: it grows in place",
    },
    Identity {
        kind: "subnetworks",
        fact: "subnet",
        key: None,
        way: Way::NotLarger,
        loses: "the subnetwork is destroyed while instances have their addresses in it",
        instead: "leave it, or write a larger range that holds the old one: it grows in place",
    },
    Identity {
        kind: "network",
        fact: "services_range",
        key: Some("service_range"),
        way: Way::Any,
        loses: "the range is given back while databases have their addresses in it",
        instead: "leave it",
    },
    Identity {
        kind: "network",
        fact: "proxy_range",
        key: None,
        way: Way::Any,
        loses: "the subnetwork of the internal load balancer is destroyed while requests leave it from there",
        instead: "leave it; Google grows no range of proxies in place",
    },
    Identity {
        kind: "databases",
        fact: "version",
        key: Some("engine"),
        way: Way::Engine,
        loses: "an instance keeps its engine: Google refuses the change",
        instead: "write another database beside it, move the data, then `retire` this one",
    },
    Identity {
        kind: "databases",
        fact: "version",
        key: None,
        way: Way::Back,
        loses: "an instance never goes back to an earlier version: Google refuses the change",
        instead: "leave it; or write another database of that version beside it, move the data, then `retire` this one",
    },
    Identity {
        kind: "caches",
        fact: "version",
        key: Some("engine"),
        way: Way::Engine,
        loses: "a cache keeps its engine: another one would be made, and the old one destroyed",
        instead: "leave it; or write a cache of that engine beside it, let everything use that one, then `retire` this one",
    },
    Identity {
        kind: "caches",
        fact: "version",
        key: None,
        way: Way::Back,
        loses: "a cache never goes back to an earlier version: Google refuses the change",
        instead: "leave it; or write another cache of that version beside it, let everything use that one, then `retire` this one",
    },
    Identity {
        kind: "buckets",
        fact: "bucket",
        key: Some("name"),
        way: Way::Any,
        loses: "a bucket keeps its name: Terraform would delete it, which stops half way while it holds an object",
        instead: "write another bucket beside it, copy the objects, then `retire` this one",
    },
    Identity {
        kind: "buckets",
        fact: "location",
        key: None,
        way: Way::Any,
        loses: "a bucket stays where it is: Terraform would delete it, which stops half way while it holds an object",
        instead: "write another bucket beside it, copy the objects, then `retire` this one",
    },
    Identity {
        kind: "datasets",
        fact: "location",
        key: None,
        way: Way::Any,
        loses: "a dataset stays where it is: Terraform would delete it, which stops half way while it holds a table",
        instead: "write another dataset beside it, copy the tables, then `retire` this one",
    },
    Identity {
        kind: "firestores",
        fact: "database",
        key: Some("id"),
        way: Way::Any,
        loses: LOSES_DOCUMENTS,
        instead: ANOTHER_FIRESTORE,
    },
    Identity {
        kind: "firestores",
        fact: "location",
        key: None,
        way: Way::Any,
        loses: LOSES_DOCUMENTS,
        instead: ANOTHER_FIRESTORE,
    },
    Identity {
        kind: "firestores",
        fact: "mode",
        key: None,
        way: Way::Any,
        loses: "a database in which something is stored keeps its mode: Google refuses the change",
        instead: ANOTHER_FIRESTORE,
    },
    Identity {
        kind: "firestores",
        fact: ENCRYPTION,
        key: Some("cmek"),
        way: Way::Any,
        loses: "a database stays under the key that it was made with: Terraform would destroy it with its documents, and make it again",
        instead: "leave it, by `cmek = false` or the key of before in `[encryption.keys]`; or write another firestore with an `id` of its own beside it, move the documents, then `retire` this one",
    },
    Identity {
        kind: "topics",
        fact: "schema_language",
        key: Some("schema"),
        way: Way::Any,
        loses: "a schema keeps its language: Pub/Sub refuses a revision in another one",
        instead: "write another topic beside it, let everything publish there, then `retire` this one",
    },
    Identity {
        kind: "registries",
        fact: "remote",
        key: None,
        way: Way::Any,
        loses: "the repository is deleted with all its images, and made again",
        instead: "write a repository of another name beside it, move the images over, then `retire` this one",
    },
    Identity {
        kind: "keys",
        fact: "purpose",
        key: None,
        way: Way::Any,
        loses: LOSES_VERSIONS,
        instead: ANOTHER_KEY,
    },
    Identity {
        kind: "keys",
        fact: "protection",
        key: None,
        way: Way::Any,
        loses: LOSES_VERSIONS,
        instead: ANOTHER_KEY,
    },
    Identity {
        kind: "databases",
        fact: ENCRYPTION,
        key: Some("cmek"),
        way: Way::Any,
        loses: "an instance stays under the key that it was made with: Terraform would destroy it with its data, and make it again",
        instead: "leave it, by `cmek = false` or the key of before in `[encryption.keys]`; or write another database beside it, move the data, then `retire` this one",
    },
    Identity {
        kind: "caches",
        fact: ENCRYPTION,
        key: Some("cmek"),
        way: Way::Any,
        loses: "a cache stays under the key that it was made with: it would have to be destroyed, and made again empty",
        instead: "leave it, by `cmek = false` or the key of before in `[encryption.keys]`; or write another cache beside it, let everything use that one, then `retire` this one",
    },
    Identity {
        kind: "registries",
        fact: ENCRYPTION,
        key: Some("cmek"),
        way: Way::Any,
        loses: "a repository stays under the key that it was made with: Terraform would delete it with all its images, and make it again",
        instead: "leave it, by `cmek = false` or the key of before in `[encryption.keys]`; or write a repository of another name beside it, move the images over, then `retire` this one",
    },
    Identity {
        kind: "secrets",
        fact: "replicas",
        key: None,
        way: Way::Any,
        loses: "the secret is destroyed with all its versions and made again without one",
        instead: "write a secret of another name beside it, give it its value, let everything read that one, then `retire` this one",
    },
    Identity {
        kind: "subscriptions",
        fact: "topic",
        key: None,
        way: Way::Any,
        loses: LOSES_MESSAGES,
        instead: ANOTHER_SUBSCRIPTION,
    },
    Identity {
        kind: "subscriptions",
        fact: "delivery",
        key: Some("target"),
        way: Way::Any,
        loses: LOSES_MESSAGES,
        instead: ANOTHER_SUBSCRIPTION,
    },
    Identity {
        kind: "subscriptions",
        fact: "filter",
        key: None,
        way: Way::Any,
        loses: LOSES_MESSAGES,
        instead: ANOTHER_SUBSCRIPTION,
    },
    Identity {
        kind: "subscriptions",
        fact: "ordering",
        key: None,
        way: Way::Any,
        loses: LOSES_MESSAGES,
        instead: ANOTHER_SUBSCRIPTION,
    },
    Identity {
        kind: "log_sinks",
        fact: "destination",
        key: Some("to"),
        way: Way::FromOwn,
        loses: "its log bucket is deleted with all the entries that it keeps",
        instead: "write a log sink of another name beside it, and `retire` this one when nobody needs its entries",
    },
    Identity {
        kind: "log_sinks",
        fact: "retention",
        key: None,
        way: Way::FromLocked,
        loses: "a locked log bucket keeps its retention: Google refuses the change",
        instead: "leave it; another log sink beside it may keep entries for another time",
    },
    Identity {
        kind: "events",
        fact: "hears",
        key: Some("filters"),
        way: Way::Any,
        loses: LOSES_EVENTS,
        instead: ANOTHER_EVENT,
    },
    Identity {
        kind: "events",
        fact: "location",
        key: None,
        way: Way::Any,
        loses: LOSES_EVENTS,
        instead: ANOTHER_EVENT,
    },
];

/// The fact of a key of one's own. What does not state it lies under a key of Google's.
pub(super) const ENCRYPTION: &str = "encryption";

/// What a trigger that is another one takes with it.
const LOSES_EVENTS: &str =
    "the trigger is destroyed with the events that wait to be told, and made again";
/// What to do instead.
const ANOTHER_EVENT: &str =
    "write an event of another name beside it, and take this one out when nothing waits in it";

/// What a database of Firestore that is another one takes with it.
const LOSES_DOCUMENTS: &str =
    "the database is destroyed with its documents, and another one is made that is empty";
/// What to do instead.
const ANOTHER_FIRESTORE: &str = "write another firestore with an `id` of its own beside it, move the documents, then `retire` this one";

/// What happens to a key that would be another one.
const LOSES_VERSIONS: &str =
    "all versions of the key are destroyed, and Google makes no second key of that name";
/// What to do instead.
const ANOTHER_KEY: &str = "write a key of another name beside it, encrypt or sign anew with that one, `retire` this one when nothing needs it";

/// What a subscription that is another one takes with it.
const LOSES_MESSAGES: &str =
    "the subscription is destroyed with the messages that wait in it, and made again";
/// What to do instead.
const ANOTHER_SUBSCRIPTION: &str = "write a subscription of another name beside it, `retire` this one when nothing waits in it, and take it out next";

impl Identity {
    /// Whether it is this fact of this element.
    pub(super) fn is(&self, element: &str, fact: &str) -> bool {
        self.fact == fact && element.split('.').next() == Some(self.kind)
    }

    /// Whether the element is another one with the new value.
    pub(super) fn is_changed(&self, old: &str, new: &str) -> bool {
        match self.way {
            Way::Any => old != new,
            Way::FromOwn => old.starts_with(OWN_LOG_BUCKET) && old != new,
            Way::FromLocked => old.ends_with(LOCKED) && old != new,
            Way::NotLarger => match (old.parse(), new.parse()) {
                (Ok::<ipnet::Ipv4Net, _>(old), Ok::<ipnet::Ipv4Net, _>(new)) => !new.contains(&old),
                _ => old != new,
            },
            Way::Engine => version(old).partial_cmp(&version(new)).is_none(),
            Way::Back => version(old) > version(new),
        }
    }

    /// The key that decides it, of an element in its table and with its name.
    pub(super) fn key(&self, element: &[&str], environment: &str) -> Key {
        let key = self.key.unwrap_or(self.fact);
        match self.fact {
            "subnet" if self.kind == "subnetworks" => {
                let region = element.last().copied().unwrap_or_default();
                Key::of(&["network", "subnets", region])
            }
            "id" => Key::of(&["environments", environment]).then(key),
            _ => Key::of(element).then(key),
        }
    }
}

/// A version in Google's form, `POSTGRES_17`; those of two engines have no order.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Version<'a> {
    engine: &'a str,
    numbers: Vec<u32>,
}

pub(super) fn version(text: &str) -> Version<'_> {
    let (engine, numbers) = text.split_once('_').unwrap_or((text, ""));
    Version {
        engine,
        numbers: numbers
            .split('_')
            .map(|number| number.parse().unwrap_or(0))
            .collect(),
    }
}

impl PartialOrd for Version<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        (self.engine == other.engine).then(|| self.numbers.cmp(&other.numbers))
    }
}
