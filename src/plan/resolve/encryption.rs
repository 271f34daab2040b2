//! Keys of one's own for what Google encrypts: which key each thing lies under, and what the agents of Google's products may do
//! with it.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZero;

use crate::blueprint::schema;
use crate::blueprint::units::OneOrMany;
use crate::blueprint::{Key, Place};
use crate::plan::google::encryption::{Product, key_location};
use crate::plan::google::memorystore;
use crate::plan::google::{kms, roles};
use crate::plan::model::{CryptoKey, KeyPath, KeyProtection, KeyPurpose, Plan, Principal};
use crate::rules;

use super::context::Context;
use super::database::existing_idle;
use super::grants::Grants;
use super::key;
use super::lies;

/// Puts keys to what products encrypt, adds those that are made to the plan's, and grants each to the agent of its product.
pub(super) fn resolve(cx: &mut Context<'_>, plan: &mut Plan, grants: &mut Grants) {
    let mut keys = Keys::of(cx);
    take(cx, plan, &mut keys);
    plan.encryption = cx.blueprint.encryption.is_some() || keys.is_taken;
    idle(cx, plan);
    for product in Product::ALL {
        if !is_here(plan, product) {
            continue;
        }
        let role = roles::KMS_ENCRYPTER_DECRYPTER;
        for (path, cause) in keys.named.remove(&product).unwrap_or_default() {
            let agent = agent(cx, product);
            grants.add(path.resource(), role, agent, None, &cause);
        }
        let Some(causes) = keys.made.remove(&product) else {
            continue;
        };
        let made = made(cx, product, keys.rotation);
        for cause in causes {
            let agent = agent(cx, product);
            grants.add(made.path.resource(), role, agent, None, &cause);
        }
        plan.keys.push(made);
    }
    plan.keys.sort_by(|a, b| a.name.cmp(&b.name));
}

/// The agent by which a product acts.
fn agent(cx: &Context<'_>, product: Product) -> Principal {
    cx.agent(product.api(), product.agent())
}

/// The table, where it is written.
fn table<'a>(cx: &Context<'a>) -> Option<&'a schema::Encryption> {
    cx.blueprint.encryption.as_ref()
}

/// Whether anything of a product is made here.
fn is_here(plan: &Plan, product: Product) -> bool {
    match product {
        Product::Artifacts => plan.registries.iter().any(|one| !one.existing),
        Product::Eventarc => plan.makes_channels(),
        Product::Firestore => plan.firestores.iter().any(|one| !one.existing),
        Product::Memorystore | Product::Redis => {
            let mut engines = memorystore::made(plan);
            engines.any(|engine| engine.product == product)
        }
        Product::Pubsub => plan.topics.iter().any(|one| !one.existing),
        Product::Run => plan.workloads().next().is_some(),
        Product::Secrets => plan.secrets.iter().any(|one| !one.existing) || !plan.files.is_empty(),
        Product::Sql => plan.databases.iter().any(|one| !one.existing),
        Product::Storage => plan.buckets.iter().any(|one| !one.existing),
    }
}

/// Which keys there are, and which of them something lies under.
struct Keys {
    /// What lies under keys of one's own where it does not say so itself.
    chosen: BTreeSet<Product>,
    /// Keys that the blueprint names, each with what names it; the first of a location is taken.
    named: BTreeMap<Product, Vec<(KeyPath, Key)>>,
    /// The products whose own key is made, with what needs it.
    made: BTreeMap<Product, BTreeSet<Key>>,
    /// Days between rotations of those that are made.
    rotation: Option<NonZero<u32>>,
    /// Whether something lies under one of them.
    is_taken: bool,
}

impl Keys {
    fn of(cx: &mut Context<'_>) -> Self {
        let rotation = table(cx).and_then(|written| written.rotation);
        let key = Key::of(&["encryption", "rotation"]);
        Self {
            chosen: chosen(cx),
            named: Product::ALL
                .into_iter()
                .map(|product| (product, named(cx, product)))
                .collect(),
            made: BTreeMap::new(),
            rotation: key::days_between(cx, &key, rotation),
            is_taken: false,
        }
    }

    /// The key of what lies in a location and belongs to that element, which may say itself whether it has one.
    fn of_element(
        &mut self,
        cx: &mut Context<'_>,
        product: Product,
        element: &Key,
        location: &str,
        own: Option<bool>,
    ) -> Option<KeyPath> {
        if !own.unwrap_or_else(|| self.chosen.contains(&product)) {
            return None;
        }
        let location = key_location(location);
        let near = |(path, _): &&(KeyPath, Key)| path.location == location;
        if let Some((path, _)) = self.named[&product].iter().find(near) {
            self.is_taken = true;
            return Some(path.clone());
        }
        if location == cx.project.region {
            let cause = match own {
                Some(_) => element.then("cmek"),
                None => Key::of(&["encryption", "cmek"]),
            };
            self.is_taken = true;
            self.made.entry(product).or_default().insert(cause);
            return Some(path(cx, product));
        }
        let word = product.word();
        let region = cx.project.region.clone();
        // Whether its instances lie under one, no service says by itself.
        let or = match product {
            Product::Run => "",
            _ => "; or write `cmek = false` here",
        };
        cx.report(
            rules::ENCRYPTION_KEY_ELSEWHERE,
            format!("no key of `{word}` lies in `{location}`"),
            &Place::Key(element.clone()),
            "its key has to lie where it lies",
        )
        .note(format!("the key that is made lies in `{region}`"))
        .help(format!(
            "name one of that location: `[encryption.keys]` with `{word} = [\"NAME\"]`, and `[keys.NAME]` with `existing = \"projects/PROJECT/locations/{location}/keyRings/RING/cryptoKeys/KEY\"`{or}"
        ));
        None
    }
}

/// The products that the table chooses.
fn chosen(cx: &mut Context<'_>) -> BTreeSet<Product> {
    let words = match table(cx).and_then(|written| written.cmek.as_ref()) {
        None | Some(OneOrMany::Is(false)) => return BTreeSet::new(),
        Some(OneOrMany::Is(true)) => return Product::ALL.into(),
        Some(OneOrMany::Listed(words)) => words,
    };
    let mut chosen = BTreeSet::new();
    for (index, word) in words.iter().enumerate() {
        let known = Product::of_word(word);
        if known.is_none() {
            let place = Place::Value(Key::of(&["encryption", "cmek"]).item(index));
            let known = Product::ALL.map(Product::word);
            cx.unknown(rules::UNKNOWN_VALUE, "product", word, known, &place);
        }
        chosen.extend(known);
    }
    chosen
}

/// Reports products of the list of which nothing is made here.
fn idle(cx: &mut Context<'_>, plan: &Plan) {
    let Some(OneOrMany::Listed(words)) = table(cx).and_then(|written| written.cmek.as_ref()) else {
        return;
    };
    for (index, word) in words.iter().enumerate() {
        let known = Product::of_word(word);
        let Some(product) = known.filter(|one| !is_here(plan, *one)) else {
            continue;
        };
        cx.report(
            rules::ENCRYPTION_IDLE,
            format!("nothing lies under the key of `{word}`"),
            &Place::Value(Key::of(&["encryption", "cmek"]).item(index)),
            format!("it encrypts {}, and none are made here", product.holds()),
        )
        .help("take it out, or write `cmek = true` for whatever comes");
    }
}

/// The names that are written for a product.
fn names<'a>(cx: &Context<'a>, product: Product) -> &'a [String] {
    let Some(schema::Encryption { keys, .. }) = table(cx) else {
        return &[];
    };
    match product {
        Product::Artifacts => &keys.artifacts,
        Product::Eventarc => &keys.eventarc,
        Product::Firestore => &keys.firestore,
        Product::Memorystore => &keys.memorystore,
        Product::Pubsub => &keys.pubsub,
        Product::Redis => &keys.redis,
        Product::Run => &keys.run,
        Product::Secrets => &keys.secrets,
        Product::Sql => &keys.sql,
        Product::Storage => &keys.storage,
    }
}

/// The keys of `[keys]` that are taken for a product, in their order: those that are named, and the one that is called as the one
/// that would be made.
fn named(cx: &mut Context<'_>, product: Product) -> Vec<(KeyPath, Key)> {
    let all = &cx.blueprint.keys;
    let list = Key::of(&["encryption", "keys", product.word()]);
    let mut found = Vec::new();
    for (index, name) in names(cx, product).iter().enumerate() {
        let at = list.item(index);
        let place = || Place::Value(at.clone());
        if let Some(key) = cx.named(rules::KEY_UNKNOWN, "key", name, all, place) {
            encrypts(cx, name, key, &Place::Value(at.clone()));
            found.push((name.clone(), list.clone()));
        }
    }
    let own = product.key();
    if let Some(key) = all.get(&own)
        && found.iter().all(|(name, _)| *name != own)
    {
        let element = Key::of(&["keys", &own]);
        encrypts(cx, &own, key, &Place::Key(element.clone()));
        found.push((own, element));
    }
    // One that is named wrongly has its own finding.
    let paths = found.into_iter();
    paths
        .filter_map(|(name, cause)| Some((lies::key(cx, &name)?.0, cause)))
        .collect()
}

/// Reports a key that products cannot encrypt with. One whose purpose is not written has its own finding.
fn encrypts(cx: &mut Context<'_>, name: &str, key: &schema::CryptoKey, place: &Place) {
    if key.purpose != Some(schema::KeyPurpose::Sign) {
        return;
    }
    let message = format!("Google cannot encrypt with `{name}`");
    key::unsuited(cx, name, message, place, "the key signs and verifies");
}

/// Where the key lies that is made for a product.
fn path(cx: &Context<'_>, product: Product) -> KeyPath {
    KeyPath {
        project: cx.project.id.clone(),
        location: cx.project.region.clone(),
        ring: cx.project.name.clone(),
        id: product.key(),
    }
}

/// The key that is made for a product.
fn made(cx: &Context<'_>, product: Product, rotation: Option<NonZero<u32>>) -> CryptoKey {
    let written = table(cx);
    CryptoKey {
        path: path(cx, product),
        name: product.key(),
        existing: false,
        purpose: KeyPurpose::Encrypt,
        algorithm: kms::ENCRYPTION,
        protection: match written.and_then(|one| one.protection) {
            None | Some(schema::KeyProtection::Hsm) => KeyProtection::Hsm,
            Some(schema::KeyProtection::Software) => KeyProtection::Software,
        },
        rotation,
        deletion_protection: written.and_then(|one| one.deletion_protection) != Some(false),
        labels: cx.project.labels.clone(),
    }
}

/// Whether the table names a key for some product.
pub(super) fn is_named(cx: &Context<'_>, key: &str) -> bool {
    let all = Product::ALL.into_iter();
    let mut all = all.flat_map(|product| names(cx, product));
    all.any(|name| name == key)
}

/// Puts a key to each thing that lies under one.
fn take(cx: &mut Context<'_>, plan: &mut Plan, keys: &mut Keys) {
    let blueprint = cx.blueprint;
    let region = cx.project.region.clone();
    for one in &mut plan.registries {
        let key = Key::of(&["registries", &one.name]);
        let own = blueprint.registries[&one.name].cmek;
        if !left_alone(cx, &key, one.existing, own) {
            let location = one.path.location.clone();
            one.encryption_key = keys.of_element(cx, Product::Artifacts, &key, &location, own);
        }
    }
    for one in &mut plan.caches {
        let key = Key::of(&["caches", &one.name]);
        let own = blueprint.caches[&one.name].cmek;
        if !left_alone(cx, &key, one.existing, own) {
            let product = memorystore::of(one.engine).product;
            one.encryption_key = keys.of_element(cx, product, &key, &region, own);
        }
    }
    for one in &mut plan.firestores {
        let key = Key::of(&["firestores", &one.name]);
        let own = blueprint.firestores[&one.name].cmek;
        if !left_alone(cx, &key, one.existing, own) {
            let location = one.location.clone();
            one.encryption_key = keys.of_element(cx, Product::Firestore, &key, &location, own);
        }
    }
    for one in plan.channels.iter_mut().filter(|one| !one.existing) {
        let key = Key::of(&["channels", &one.name]);
        one.encryption_key = keys.of_element(cx, Product::Eventarc, &key, &region, None);
    }
    for one in plan.topics.iter_mut().filter(|one| !one.existing) {
        let key = Key::of(&["topics", &one.name]);
        one.encryption_key = keys.of_element(cx, Product::Pubsub, &key, &region, None);
    }
    for one in &mut plan.databases {
        let key = Key::of(&["databases", &one.name]);
        let own = blueprint.databases[&one.name].cmek;
        if !left_alone(cx, &key, one.existing, own) {
            one.encryption_key = keys.of_element(cx, Product::Sql, &key, &region, own);
        }
    }
    for one in &mut plan.buckets {
        let key = Key::of(&["buckets", &one.name]);
        let own = blueprint.buckets[&one.name].cmek;
        if !left_alone(cx, &key, one.existing, own) {
            let location = one.location.clone();
            one.encryption_key = keys.of_element(cx, Product::Storage, &key, &location, own);
        }
    }
    for one in &mut plan.secrets {
        let key = Key::of(&["secrets", &one.name]);
        // No table names the secret of a cache's authority.
        let own = blueprint.secrets.get(&one.name).and_then(|one| one.cmek);
        if left_alone(cx, &key, one.existing, own) {
            continue;
        }
        for region in &one.replicas {
            if let Some(path) = keys.of_element(cx, Product::Secrets, &key, region, own) {
                one.encryption_keys.insert(region.clone(), path);
            }
        }
    }
    for one in &mut plan.files {
        let key = Key::of(&["project"]);
        one.encryption_key = keys.of_element(cx, Product::Secrets, &key, &region, None);
    }
    for one in &mut plan.services {
        // In another region it lies under a key of there.
        let key = match &one.stands_in_for {
            Some(service) => Key::of(&["services", service]).then("regions"),
            None => Key::of(&["project"]),
        };
        let location = one.region.clone();
        one.workload.encryption_key = keys.of_element(cx, Product::Run, &key, &location, None);
    }
    let jobs = plan.jobs.iter_mut().map(|one| &mut one.workload);
    let workers = plan.workers.iter_mut().map(|one| &mut one.workload);
    for one in jobs.chain(workers) {
        let key = Key::of(&["project"]);
        one.encryption_key = keys.of_element(cx, Product::Run, &key, &region, None);
    }
}

/// Whether something exists already, so that its key is not decided here; reports one that says so all the same.
fn left_alone(cx: &mut Context<'_>, key: &Key, existing: bool, own: Option<bool>) -> bool {
    if existing {
        existing_idle(cx, key, &[("cmek", own.is_some())]);
    }
    existing
}

#[cfg(test)]
mod tests {
    use crate::plan::resolve::testing::{INTERNAL, Resolved, resolve};

    const DATABASE: &str =
        "[databases.main]\nengine = \"postgres\"\nversion = \"17\"\ntier = \"db-custom-1-3840\"\n";
    const BUCKETS: &str = "[buckets.near]\n[buckets.far]\nlocation = \"eu\"\n";
    const ENCRYPTION: &str = "[encryption]\n";

    fn key(name: &str, location: &str) -> String {
        format!(
            "[keys.{name}]\npurpose = \"encrypt\"\nexisting = \"{}\"\n",
            path(name, location)
        )
    }

    fn path(name: &str, location: &str) -> String {
        format!("projects/acme-keys/locations/{location}/keyRings/ring/cryptoKeys/{name}")
    }

    fn own(name: &str) -> String {
        format!("locations/europe-west1/keyRings/shop/cryptoKeys/{name}")
    }

    /// Who encrypts with which key.
    fn agents(resolved: &Resolved) -> Vec<(String, String)> {
        let grants = resolved.plan().grants.iter();
        let grants = grants.filter(|grant| grant.role.ends_with("cryptoKeyEncrypterDecrypter"));
        let grants = grants.map(|grant| {
            let causes: Vec<&str> = grant.causes.iter().map(String::as_str).collect();
            let on = grant.on.in_short("shop-prod");
            (
                on,
                format!("{}: {}", grant.to.in_short("shop-prod"), causes.join(", ")),
            )
        });
        grants.collect()
    }

    #[test]
    fn nothing_is_under_a_key_that_nobody_asks_for() {
        let plain = resolve(&[INTERNAL, DATABASE]);
        assert!(plain.plan().keys.is_empty() && !plain.plan().encryption);
        let off = resolve(&[INTERNAL, DATABASE, ENCRYPTION, "cmek = false\n"]);
        assert!(off.plan().keys.is_empty() && off.plan().encryption);
        assert_eq!(off.plan().facts, plain.plan().facts);
    }

    #[test]
    fn each_product_that_is_here_has_a_key_and_its_agent_alone_uses_it() {
        let all = resolve(&[INTERNAL, DATABASE, ENCRYPTION, "cmek = true\n"]);
        assert!(
            all.errors.is_empty() && all.warnings.is_empty(),
            "{}",
            all.said
        );
        let says = |fact: &str, value: &str| assert_eq!(all.fact(fact), Some(value), "{fact}");
        says("databases.main.encryption", &own("cmek-sql"));
        says("services.orders.encryption", &own("cmek-run"));
        says("keys.cmek-run.protection", "hsm");
        says("keys.cmek-run.rotation", "90 days");
        says(
            "keys.cmek-run.encrypter_decrypters",
            "agent of run.googleapis.com",
        );
        let cause = |api: &str| format!("agent of {api}.googleapis.com: encryption.cmek");
        let wanted = [
            ("key cmek-run", cause("run")),
            ("key cmek-sql", cause("sqladmin")),
        ];
        assert_eq!(agents(&all), wanted.map(|(on, who)| (on.to_owned(), who)));
        let agents = all.plan().agents.iter().map(|one| one.service.as_str());
        assert!(agents.eq(["sqladmin.googleapis.com"]));
        let apis = &all.plan().apis;
        assert!(
            apis.iter()
                .any(|api| api.service == "cloudkms.googleapis.com")
        );
    }

    #[test]
    fn an_element_says_otherwise() {
        let off = resolve(&[
            INTERNAL,
            DATABASE,
            "cmek = false\n",
            ENCRYPTION,
            "cmek = true\n",
        ]);
        assert_eq!(off.fact("databases.main.encryption"), None);
        assert_eq!(off.fact("keys.cmek-sql.purpose"), None);
        let on = resolve(&[INTERNAL, DATABASE, "cmek = true\n"]);
        assert_eq!(
            on.fact("databases.main.encryption"),
            Some(own("cmek-sql").as_str())
        );
        let who = "agent of sqladmin.googleapis.com: databases.main.cmek";
        assert_eq!(agents(&on), [("key cmek-sql".to_owned(), who.to_owned())]);
        let existing = resolve(&[INTERNAL, DATABASE, "cmek = true\nexisting = true\n"]);
        assert!(
            existing.warnings.contains(&"existing-idle"),
            "{}",
            existing.said
        );
    }

    #[test]
    fn a_key_lies_where_its_things_lie() {
        let storage = "cmek = [\"storage\"]\n";
        let none = resolve(&[INTERNAL, BUCKETS, ENCRYPTION, storage]);
        assert_eq!(none.errors, ["encryption-key-elsewhere"]);
        let keys = "keys = { storage = [\"new\", \"old\", \"eu\"] }\n";
        let (new, old) = (key("new", "europe-west1"), key("old", "europe-west1"));
        let eu = key("eu", "europe");
        let named = resolve(&[
            INTERNAL, BUCKETS, ENCRYPTION, storage, keys, &new, &old, &eu,
        ]);
        assert!(
            named.errors.is_empty() && named.warnings.is_empty(),
            "{}",
            named.said
        );
        let says = |fact: &str, value: &str| assert_eq!(named.fact(fact), Some(value), "{fact}");
        says("buckets.near.encryption", &path("new", "europe-west1"));
        says("buckets.far.encryption", &path("eu", "europe"));
        // What lies under the old one can be read as before.
        says(
            "keys.old.encrypter_decrypters",
            "agent of storage.googleapis.com",
        );
        assert_eq!(named.fact("keys.cmek-storage.purpose"), None);
        let far = "[secrets.token]\nwriters = [\"group:a@example.com\"]\nreplicas = [\"europe-west1\", \"europe-west4\"]\n";
        let secrets = "cmek = [\"secrets\"]\n";
        let copies = resolve(&[INTERNAL, far, ENCRYPTION, secrets]);
        assert_eq!(copies.errors, ["encryption-key-elsewhere"]);
        let keys = "keys = { secrets = [\"west4\"] }\n";
        let west4 = key("west4", "europe-west4");
        let copies = resolve(&[INTERNAL, far, ENCRYPTION, secrets, keys, &west4]);
        let both = format!("{}, {}", own("cmek-secrets"), path("west4", "europe-west4"));
        assert_eq!(copies.fact("secrets.token.encryption"), Some(both.as_str()));
    }

    #[test]
    fn a_key_of_the_name_stands_for_the_one_that_would_be_made() {
        let key = "[keys.cmek-storage]\npurpose = \"encrypt\"\nrotation = \"30d\"\n";
        let near = "[buckets.near]\n";
        let on = resolve(&[INTERNAL, near, ENCRYPTION, "cmek = [\"storage\"]\n", key]);
        assert!(
            on.errors.is_empty() && on.warnings.is_empty(),
            "{}",
            on.said
        );
        assert_eq!(
            on.fact("buckets.near.encryption"),
            Some(own("cmek-storage").as_str())
        );
        assert_eq!(on.fact("keys.cmek-storage.rotation"), Some("30 days"));
        // So it stays open for what is older, when nothing new lies under it.
        let off = resolve(&[INTERNAL, near, ENCRYPTION, key, "retire = true\n"]);
        assert!(
            off.errors.is_empty() && off.warnings.is_empty(),
            "{}",
            off.said
        );
        assert_eq!(off.fact("buckets.near.encryption"), None);
        let who = "agent of storage.googleapis.com: keys.cmek-storage";
        assert_eq!(
            agents(&off),
            [("key cmek-storage".to_owned(), who.to_owned())]
        );
    }

    #[test]
    fn what_is_written_wrongly() {
        let errors = |lines: &str| resolve(&[INTERNAL, ENCRYPTION, lines]).errors;
        assert_eq!(errors("cmek = [\"sqladmin\"]\n"), ["unknown-value"]);
        assert_eq!(errors("keys = { run = [\"none\"] }\n"), ["key-unknown"]);
        assert_eq!(errors("keys = { cloudrun = [] }\n"), ["unknown-key"]);
        assert_eq!(errors("rotation = \"36h\"\n"), ["out-of-range"]);
        let sign = "[keys.seal]\npurpose = \"sign\"\nsigners = [\"group:a@example.com\"]\n";
        let seal = format!("keys = {{ run = [\"seal\"] }}\n{sign}");
        assert_eq!(errors(&seal), ["key-purpose-mismatch"]);
        let same = "cmek = true\n[keys.other]\npurpose = \"encrypt\"\nencrypters = [\"group:a@example.com\"]\nexisting = \"projects/shop-prod/locations/europe-west1/keyRings/shop/cryptoKeys/cmek-run\"\n";
        assert_eq!(errors(same), ["name-collision"]);
        let idle = resolve(&[INTERNAL, ENCRYPTION, "cmek = [\"run\", \"sql\"]\n"]);
        assert_eq!(idle.warnings, ["encryption-idle"]);
    }
}
