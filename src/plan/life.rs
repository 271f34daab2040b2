//! What a change means for what lives already: what applying it would destroy, and what must not go in one step. It is
//! judged from the facts that the lock holds: they say what was generated last, and so what may have been applied.

mod identity;

use std::collections::BTreeSet;
use std::str::EscapeDebug;

use self::identity::{ENCRYPTION, IDENTITIES, Identity, version};
use super::facts::{Posture, Stated, elements, entries, gained, split};
use super::google::encryption::Product;
use crate::blueprint::{Environment, Key, Place};
use crate::diag::{Diagnostic, Rule, Severity};
use crate::rules;
use crate::source::Span;

/// Something about the way from what was generated last to what would be generated now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The environment, as it is called now.
    pub environment: String,
    /// The element: `services.orders`, `network`. Whoever says that the cloud has nothing of it names it so.
    pub element: String,
    what: What,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum What {
    /// The element left the blueprint while it was protected.
    Removed,
    /// A service left a region, by its name, while what stood in for it there was protected.
    LeftRegion(String),
    /// A fact that makes the element what it is has another value.
    Identity(&'static Identity, String, String),
    /// The element was made here and is somebody else's now.
    Existing,
    /// The environment has another name; this was the old one.
    Renamed(String),
    /// A database goes to a later major version.
    Upgraded(String, String),
    /// Users with a password are no longer in the blueprint; these commands delete them.
    UsersStay(Vec<String>, Vec<String>),
    /// Hosts leave in the step in which these come.
    Dropped(Vec<String>, Vec<String>),
    /// Another kind of certificate: before and now.
    Certificate(String, String),
    /// Its requests to the internet come from a fixed address no longer.
    LeavesNat,
    /// The fixed address that NAT of this name has goes; these came from it and stay.
    AddressLost(String, Vec<String>),
    /// Terraform keeps its state elsewhere: before and now.
    StateMoved(String, String),
    /// It loses something, or itself goes, in the step in which something else comes.
    Loses,
}

/// What is to be said about the way from `before` to `after`, by environment. Of the elements in `gone` the cloud has
/// nothing; where `project` is among them, it has nothing at all. What `before` does not state is taken as it is now.
#[must_use]
pub fn steps(before: &Posture, after: &Posture, gone: &[String]) -> Vec<Step> {
    let is_gone = |element: &str| gone.iter().any(|gone| gone == element || gone == "project");
    let mut steps = Vec::new();
    for (environment, new) in after {
        let found = match before.get(environment) {
            Some(old) => changes(old, new),
            None => renamed(before, after, environment).into_iter().collect(),
        };
        let found = found.into_iter().filter(|(element, _)| !is_gone(element));
        steps.extend(found.map(|(element, what)| Step {
            environment: environment.clone(),
            element,
            what,
        }));
    }
    steps
}

/// What became of elements.
type Found = Vec<(String, What)>;

fn changes(old: &Stated, new: &Stated) -> Found {
    if old == new {
        return Found::new();
    }
    let mut found = identities(old, new);
    if found.iter().any(|(element, _)| element == "project") {
        // Whatever else is another one follows from that.
        found.retain(|(element, _)| element == "project");
        return found;
    }
    found.extend(vanished(old, new));
    found.extend(upgraded(old, new));
    found.extend(users_left(old, new));
    for balancer in ["load_balancer", "internal_load_balancer"] {
        found.extend(dropped(balancer, old, new));
    }
    found.extend(another_certificate(old, new));
    found.extend(moved(old, new));
    if found.iter().all(|(_, what)| !what.stops()) {
        found.extend(losers(old, new));
        found.extend(off_the_address(old, new));
    }
    found
}

/// What loses the fixed address that it has behind NAT.
fn off_the_address(old: &Stated, new: &Stated) -> Found {
    let came = old.iter().filter(|(key, from)| {
        let now = new.get(*key).map(String::as_str);
        key.ends_with(".egress.internet") && *from == "nat" && !matches!(now, None | Some("nat"))
    });
    let came: Vec<(&str, &str)> = came
        .map(|(key, _)| (split(key).0, new[key].as_str()))
        .collect();
    let (before, after) = (old.get(NAT), new.get(NAT));
    let after = entries(after.map(String::as_str));
    let lost = entries(before.map(String::as_str));
    let lost: Vec<&str> = lost.difference(&after).copied().collect();
    match (!lost.is_empty()).then(|| lost.join("`, `")) {
        Some(nat) => {
            let came = came.into_iter().map(|(element, _)| element.to_owned());
            let lost = What::AddressLost(nat, came.collect());
            vec![("network".to_owned(), lost)]
        }
        // What reaches nothing of the internet any longer needs no address there.
        None => came
            .into_iter()
            .filter(|(_, internet)| *internet != "none")
            .map(|(element, _)| (element.to_owned(), What::LeavesNat))
            .collect(),
    }
}

/// A certificate that is made here in place of another kind.
fn another_certificate(old: &Stated, new: &Stated) -> Option<(String, What)> {
    let (before, after) = (old.get(CERTIFICATE)?, new.get(CERTIFICATE)?);
    let is_made = ["managed", "classic"].contains(&after.as_str());
    (is_made && before != after).then(|| {
        let what = What::Certificate(before.clone(), after.clone());
        ("load_balancer".to_owned(), what)
    })
}

/// A place of Terraform's state that is left.
fn moved(old: &Stated, new: &Stated) -> Option<(String, What)> {
    let (before, after) = (old.get(STATE)?, new.get(STATE)?);
    let left = !entries(Some(before)).is_subset(&entries(Some(after)));
    left.then(|| {
        let what = What::StateMoved(before.clone(), after.clone());
        ("project".to_owned(), what)
    })
}

/// What runs and loses something by the first stage, which has to go first since something else comes.
fn losers(old: &Stated, new: &Stated) -> Found {
    if gained(old, new).is_empty() {
        return Found::new();
    }
    let lost: BTreeSet<String> = gained(new, old).into_values().collect();
    let runs = |element: &String| {
        ["services.", "jobs.", "workers.", "workflows."]
            .iter()
            .any(|kind| element.starts_with(kind))
    };
    let losers = lost.into_iter().filter(runs);
    losers.map(|element| (element, What::Loses)).collect()
}

fn identities(old: &Stated, new: &Stated) -> Found {
    let mut found = Found::new();
    let changed = old.iter().filter_map(|(key, before)| {
        let after = new.get(key).filter(|after| *after != before)?;
        Some((key.as_str(), before.as_str(), after.as_str()))
    });
    let changed = changed.chain(another_owner(old, new));
    for (key, before, after) in changed {
        let (element, fact) = split(key);
        let another = |identity: &&Identity| {
            identity.is(element, &fact) && identity.is_changed(before, after)
        };
        for identity in IDENTITIES.iter().filter(another) {
            let what = What::Identity(identity, before.to_owned(), after.to_owned());
            found.push((element.to_owned(), what));
        }
    }
    found
}

/// Keys of one's own that took the place of Google's, or the other way round: of what is made here before and after.
fn another_owner<'f>(
    old: &'f Stated,
    new: &'f Stated,
) -> impl Iterator<Item = (&'f str, &'f str, &'f str)> {
    let of_google = |from: &'f Stated, to: &'f Stated| {
        from.iter().filter(move |(key, _)| {
            let (element, fact) = split(key);
            let is_made = |facts: &Stated| facts.contains_key(&format!("{element}.{PROTECTION}"));
            fact == ENCRYPTION && !to.contains_key(*key) && is_made(from) && is_made(to)
        })
    };
    let gone = of_google(old, new).map(|(key, before)| (key.as_str(), before.as_str(), GOOGLES));
    let come = of_google(new, old).map(|(key, after)| (key.as_str(), GOOGLES, after.as_str()));
    gone.chain(come)
}

/// The key of what states none.
const GOOGLES: &str = "Google's key";
/// The fact that whatever is made here states.
const PROTECTION: &str = "deletion_protection";

/// What was made here, and is not any longer. An environment that is gone as a whole is not looked into.
fn vanished(old: &Stated, new: &Stated) -> Found {
    let stays = elements(new);
    let mut found = Found::new();
    for (key, value) in old.iter().filter(|(key, _)| !new.contains_key(*key)) {
        let (element, fact) = split(key);
        let protected = fact == PROTECTION && value == "on";
        if stays.contains(element) && (protected || key == "network.subnet") {
            found.push((element.to_owned(), What::Existing));
        } else if protected && !stays.contains(element) {
            let region = old.get(&format!("{element}.region"));
            let what = region.map_or(What::Removed, |region| What::LeftRegion(region.clone()));
            found.push((element.to_owned(), what));
        }
    }
    found
}

/// Users with a password that were in the blueprint: nothing here deletes them.
fn users_left(old: &Stated, new: &Stated) -> Found {
    let lists = old.iter().filter_map(|(key, before)| {
        let element = key.strip_suffix(".password_users")?;
        let after = entries(Some(new.get(key)?));
        let left: Vec<&str> = entries(Some(before)).difference(&after).copied().collect();
        let project = new.get("project.id").map_or("", String::as_str);
        let version = format!("{element}.version");
        let is_mysql = |stated: &Stated| {
            let version = stated.get(&version);
            version.is_some_and(|version| version.starts_with("MYSQL"))
        };
        if is_mysql(old) != is_mysql(new) {
            return None; // another engine is another instance, without users
        }
        let host = if is_mysql(new) { " --host=%" } else { "" };
        let instance = split(key).0.split('.').nth(1).unwrap_or_default();
        let command = |user: &&str| {
            format!(
                "gcloud sql users delete {user}{host} --instance={instance} --project={project}"
            )
        };
        let commands = left.iter().map(command).collect();
        let users: Vec<String> = left.into_iter().map(str::to_owned).collect();
        (!users.is_empty()).then(|| (element.to_owned(), What::UsersStay(users, commands)))
    });
    lists.collect()
}

fn upgraded(old: &Stated, new: &Stated) -> Found {
    let versions = old.iter().filter_map(|(key, before)| {
        let element = key.strip_suffix(".version")?;
        element.starts_with("databases.").then_some(())?;
        let after = new.get(key)?;
        let later = version(before) < version(after);
        later.then(|| {
            (
                element.to_owned(),
                What::Upgraded(before.clone(), after.clone()),
            )
        })
    });
    versions.collect()
}

const CERTIFICATE: &str = "load_balancer.certificate";
const NAT: &str = "network.nat";
const STATE: &str = "project.state";

/// The environment that is gone and whose project a new one has.
fn renamed(before: &Posture, after: &Posture, new: &str) -> Option<(String, What)> {
    let project = after.get(new)?.get("project.id")?;
    let gone = before.iter().filter(|(name, _)| !after.contains_key(*name));
    let mut same = gone.filter(|(_, facts)| facts.get("project.id") == Some(project));
    let (old, _) = same.next()?;
    Some((format!("environments.{old}"), What::Renamed(old.clone())))
}

/// The hosts that leave though none of those that stay was there to stand in for them.
fn dropped(balancer: &str, old: &Stated, new: &Stated) -> Option<(String, What)> {
    let key = format!("{balancer}.hosts");
    let hosts = |facts: &Stated| -> BTreeSet<String> {
        let hosts = entries(facts.get(&key).map(String::as_str)).into_iter();
        hosts.map(str::to_owned).collect()
    };
    let (before, after) = (hosts(old), hosts(new));
    let left: Vec<String> = before.difference(&after).cloned().collect();
    let new: Vec<String> = after.difference(&before).cloned().collect();
    let stands_in = new.is_empty() && !after.is_empty();
    let lonely = !left.is_empty() && !stands_in;
    lonely.then(|| (balancer.to_owned(), What::Dropped(left, new)))
}

impl What {
    fn rule(&self) -> &'static Rule {
        match self {
            Self::Removed | Self::LeftRegion(_) => rules::REMOVED_WITHOUT_RETIRING,
            Self::Identity(..) | Self::Existing | Self::Renamed(_) => rules::IDENTITY_CHANGED,
            Self::Upgraded(..) => rules::DATABASE_UPGRADE,
            Self::UsersStay(..) => rules::PASSWORD_USER_STAYS,
            Self::Dropped(..) => rules::DOMAIN_DROPPED,
            Self::Certificate(..) => rules::CERTIFICATE_CHANGED,
            Self::LeavesNat | Self::AddressLost(..) => rules::FIXED_ADDRESS_LOST,
            Self::StateMoved(..) => rules::STATE_MOVED,
            Self::Loses => rules::COMES_AND_GOES,
        }
    }

    fn stops(&self) -> bool {
        self.rule().severity == Severity::Error
    }
}

impl Step {
    /// The rule that it breaks.
    #[must_use]
    pub fn rule(&self) -> &'static Rule {
        self.what.rule()
    }

    /// Whether nothing is written because of it.
    #[must_use]
    pub fn stops(&self) -> bool {
        self.what.stops()
    }

    /// As a finding in the blueprint, which has the environment.
    #[must_use]
    pub fn finding(&self, environment: &Environment) -> Diagnostic {
        let element = plain(&self.element);
        let table: Vec<&str> = self.element.splitn(2, '.').collect();
        let value = |key: Key| environment.span(&Place::Value(key));
        let new = |message: String| Diagnostic::new(self.rule(), message);
        let mut finding = match &self.what {
            What::Removed if is_for_product(&self.element) => new(format!("`{element}` left the blueprint, and with it all that lies under it"))
                .note("what was encrypted with it stays under it, and cannot be read when it is destroyed")
                .help(format!(
                    "keep it: `[{element}]` with `purpose = \"encrypt\"`; when nothing lies under it any longer, `retire = true` there, generate and apply, then take it out"
                )),
            What::Removed => new(format!("`{element}` left the blueprint while the cloud protects it"))
                .note("what it needs would go while it still runs, and its own removal stops half way on the protection")
                .help(format!(
                    "put `[{element}]` back with `retire = true`, generate and apply; then take it out"
                )),
            What::LeftRegion(region) => {
                let region = plain(region);
                let service = element.to_string();
                let service = service.strip_suffix(&format!("-{region}")).unwrap_or(&service);
                new(format!("`{service}` left `{region}` while the cloud protects it there"))
                    .note("the load balancer would still lead there while it goes, and its removal stops half way on the protection")
                    .help(format!(
                        "put `{region}` back into `regions`, with `retire_regions = [\"{region}\"]`, generate and apply; then take it out of both"
                    ))
            }
            What::Identity(identity, old, now) => {
                let old = plain(old);
                let key = identity.key(&table, &environment.name);
                new(format!("`{key}` cannot change from `{old}` to `{now}`"))
                    .at(value(key), identity.loses)
                    .help(identity.instead)
            }
            What::Existing => new(format!("`{element}` was made here and cannot become `existing`"))
                .at(
                    value(Key::of(&table).then("existing")),
                    "what was made is destroyed, or applying stops half way on its protection",
                )
                .help("leave it; to hand it over, take what was made out of Terraform's state first: `terraform state rm`"),
            What::Renamed(old) => {
                let old = plain(old);
                let name = &environment.name;
                new(format!("environment `{old}` cannot become environment `{name}`"))
                    .at(
                        environment.span(&Place::Key(Key::of(&["environments", name]))),
                        "its state is another one, so that everything is made a second time in the same project",
                    )
                    .help(format!("leave it as `[environments.{old}]`; another environment takes a project of its own"))
            }
            What::Upgraded(old, now) => new(format!("`{element}` goes from `{}` to `{now}`", plain(old)))
                .at(value(Key::of(&table).then("version")), "a later major version")
                .note("the database is away for minutes while it is upgraded, and only a backup from before leads back")
                .help("let an environment go first whose data nobody needs, and apply at a quiet hour"),
            What::UsersStay(users, commands) => self.users_stay(users, commands, environment),
            What::Dropped(left, new) => self.drop(left, new, environment),
            What::Certificate(old, now) => {
                let finding = new(format!("the certificate changes from `{}` to `{now}`", plain(old)))
                    .note("the load balancer takes the new one at once, and Google proves the hosts only then: that takes up to an hour, in which nobody gets a page")
                    .help("apply at a quiet hour; without a gap, make a certificate map by hand first and name it by `certificate = { existing = \"…\" }`");
                let key = Key::of(&["load_balancer", "certificate"]);
                if environment.has(&key) {
                    finding.at(value(key), "each host is proven anew")
                } else {
                    finding
                }
            }
            What::LeavesNat => new(format!("`{element}` calls from its fixed address no longer"))
                .at(value(Key::of(&table).then("egress")), "its requests come from addresses that change")
                .note("whoever lets it in by that address refuses it from the moment this is applied")
                .help("let them know it by something else first"),
            What::AddressLost(nat, came) => {
                let finding = new(format!("the fixed address of `{}` is given back", plain(nat)))
                    .note("whoever lets requests in by that address refuses them, and Google never gives the same one again")
                    .help("leave one `egress = \"nat\"` until nobody relies on the address");
                let left = came.iter().map(|element| Key::of(&element.splitn(2, '.').collect::<Vec<&str>>()).then("egress"));
                match left.into_iter().next() {
                    Some(egress) => finding.at(value(egress), "nothing goes by NAT any longer"),
                    None => finding,
                }
            }
            What::StateMoved(old, now) => {
                let key = Key::of(&["state", "bucket"]);
                let key = if environment.has(&key) { key } else { Key::of(&["project"]) };
                new(format!("Terraform's state moves from `{}` to `{now}`", plain(old)))
                    .at(value(key), "there is nothing yet, so that Terraform would make everything a second time")
                    .help("move it before the next apply: `terraform init -migrate-state` in each stage, where it was applied last")
            }
            What::Loses => self.loses(environment),
        };
        finding.environments.insert(environment.name.clone());
        finding
    }

    fn users_stay(
        &self,
        users: &[String],
        commands: &[String],
        environment: &Environment,
    ) -> Diagnostic {
        let quoted = |texts: &[String]| {
            let texts = texts.iter().map(|text| format!("`{}`", plain(text)));
            texts.collect::<Vec<String>>().join(" and ")
        };
        let log = if users.len() == 1 { "logs" } else { "log" };
        let element = plain(&self.element);
        let message = format!("{} still {log} in to `{element}`", quoted(users));
        let table: Vec<&str> = self.element.splitn(2, '.').collect();
        Diagnostic::new(self.rule(), message)
            .at(
                environment.span(&Place::Key(Key::of(&table))),
                "a user with a password stays until somebody deletes it",
            )
            .note("what it owns in PostgreSQL has to be another's first: `REASSIGN OWNED BY … TO …`, in each database")
            .help(format!("when nothing logs in so any longer: {}", quoted(commands)))
    }

    fn loses(&self, environment: &Environment) -> Diagnostic {
        let element = plain(&self.element);
        let finding = |what: &str| {
            Diagnostic::new(
                self.rule(),
                format!("`{element}` {what} as something else comes"),
            )
        };
        let key = Key::of(&self.element.splitn(2, '.').collect::<Vec<&str>>());
        let finding = if environment.has(&key) {
            finding("loses what it needs").at(
                environment.span(&Place::Key(key)),
                "only its next revision can do without",
            )
        } else {
            finding("leaves")
        };
        finding
            .note("foundation is applied first for what comes, and then takes from what still runs")
            .help("let the new stand beside the old first, generate and apply; take the old out in a step of its own")
    }

    fn drop(&self, left: &[String], new: &[String], environment: &Environment) -> Diagnostic {
        let names: Vec<String> = left
            .iter()
            .map(|host| format!("`{}`", plain(host)))
            .collect();
        let leave = if left.len() == 1 { "leaves" } else { "leave" };
        let finding = Diagnostic::new(
            self.rule(),
            format!(
                "{} {leave} before another host stands in for it",
                names.join(" and ")
            ),
        )
        .note("whoever comes by the old name gets no page from the moment this is applied");
        let place = new.iter().find_map(|host| item(environment, host));
        let Some(place) = place else {
            return finding.help("leave it until nobody comes by that name");
        };
        let quoted = left
            .iter()
            .fold(String::new(), |all, host| format!("{all}{host:?}, "));
        finding
            .at(place.clone(), "it has no certificate yet, and nobody knows it")
            .suggest(
                "let it stand beside the old one first, apply, and take the old one out when nobody comes by it",
                place.start..place.start,
                quoted,
            )
    }
}

/// Whether an element is the key that is made for a product: no table of the blueprint has to name it.
fn is_for_product(element: &str) -> bool {
    let name = element.strip_prefix("keys.");
    name.is_some_and(|name| Product::ALL.iter().any(|one| one.key() == name))
}

/// A text of the lock, which whoever can write it could have filled with commands for a terminal.
fn plain(text: &str) -> EscapeDebug<'_> {
    text.escape_debug()
}

/// Where a host stands in a service's `domains` or `private_domains`.
fn item(environment: &Environment, host: &str) -> Option<Span> {
    let mut services = environment.blueprint.services.iter();
    services.find_map(|(name, service)| {
        let lists = [
            ("domains", &service.domains),
            ("private_domains", &service.private_domains),
        ];
        lists.into_iter().find_map(|(list, domains)| {
            let index = domains.iter().position(|domain| domain == host)?;
            let key = Key::of(&["services", name]).then(list).item(index);
            Some(environment.span(&Place::Value(key)))
        })
    })
}

#[cfg(test)]
mod tests;
