//! Caches: who logs in, how large they are, and the secret that holds the authority of their certificates.

use std::collections::BTreeMap;

use crate::blueprint::schema::{self, CacheEngine as Written, NodeType};
use crate::blueprint::{Key, Place};
use crate::name::Kind;
use crate::plan::google::memorystore;
use crate::plan::google::roles;
use crate::plan::model::{
    Availability, Cache, CacheEngine, Condition, Plan, Principal, Secret, SecretVersion, only_cache,
};
use crate::rules;

use super::context::Context;
use super::database::existing_idle;
use super::grants::Grants;
use super::labels;
use super::lies::{self, Lies};
use super::project::is_production;
use super::reference::{self, Speaker};
use super::secret::Uses;
use super::workload::{Gathered, Parts};

/// The secret that holds the authority of a cache's certificates.
pub(super) fn authority(cache: &str) -> String {
    format!("{cache}-ca")
}

/// The condition under which a role on the project reaches one cache only
/// (<https://cloud.google.com/memorystore/docs/valkey/about-iam-auth>,
/// <https://cloud.google.com/memorystore/docs/cluster/about-iam-auth>).
fn only(name: &str, lies: &Lies, region: &str, engine: &memorystore::Service) -> Condition {
    let (project, id, collection) = (&lies.project, &lies.id, engine.collection);
    Condition {
        title: only_cache(name),
        expression: format!(
            "resource.name == 'projects/{project}/locations/{region}/{collection}/{id}'"
        ),
    }
}

/// What an element's `caches` needs.
pub(super) fn used(
    cx: &mut Context<'_>,
    parts: &Parts<'_>,
    grants: &mut Grants,
    principal: &Principal,
) {
    let cause = parts.key.then("caches");
    for (index, name) in parts.caches.iter().enumerate() {
        let all = &cx.blueprint.caches;
        let at = Place::Value(cause.item(index));
        let known = cx.named(rules::CACHE_UNKNOWN, "cache", name, all, || at.clone());
        if known.is_none() {
            continue;
        }
        if !reference::in_network(parts.egress) {
            cx.report(
                rules::CACHE_OUT_OF_REACH,
                format!("`{}` uses `{name}` but is not in the network", parts.name),
                &Place::Value(parts.key.then("egress")),
                "the cache has a private address only",
            )
            .and(&at, "used here")
            .help("write `egress = \"private\"`, or leave `egress` out");
        }
        // One that is named wrongly has its own finding.
        if let Some((lies, region, engine)) = lies::cache(cx, name) {
            let only = only(name, &lies, &region, engine);
            let (on, to) = (lies.home(), principal.clone());
            grants.add(on, engine.user, to, Some(only), &cause);
        }
        sees_authority(cx, parts, name, &at);
    }
}

/// The texts of an element that may ask for the authority: variables of all its containers.
fn variables<'p>(parts: &'p Parts<'_>) -> impl Iterator<Item = &'p String> {
    let sidecars = parts.sidecars.values();
    parts
        .env
        .values()
        .chain(sidecars.flat_map(|sidecar| sidecar.env.values()))
}

/// Without the authority, the code cannot tell the cache from somebody who says to be it.
fn sees_authority(cx: &mut Context<'_>, parts: &Parts<'_>, name: &str, at: &Place) {
    if variables(parts).any(|text| reference::authority_in(text) == Some(name)) {
        return;
    }
    cx.report(
        rules::CACHE_CA_UNREAD,
        format!("`{}` cannot check whom it talks to at `{name}`", parts.name),
        at,
        "the certificate authority of the cache is not handed over",
    )
    .note("the cache's certificate is signed by an authority of its own, which no image knows")
    .help(format!(
        "hand it over as a variable: `env = {{ CACHE_CA = \"${{caches.{name}.ca}}\" }}`"
    ));
}

/// The caches whose authority an element reads.
pub(super) fn authorities_read(parts: &Parts<'_>) -> Vec<String> {
    let names = variables(parts).filter_map(|text| reference::authority_in(text));
    let names = names.filter(|name| parts.caches.iter().any(|cache| cache == name));
    names.map(authority).collect()
}

/// A variable that is the authority of a cache's certificates, as a version of the secret that holds it.
pub(super) fn authority_read(
    cx: &mut Context<'_>,
    key: &Key,
    name: &str,
    speaker: Speaker<'_>,
    gathered: &mut Gathered,
    reader: &Principal,
) -> Option<SecretVersion> {
    let written = reference::cache_of(cx, key, name, "ca", Some(speaker))?;
    let version = written.ca_version.unwrap_or(CA_VERSION);
    let secret = authority(name);
    gathered.uses.pin(&secret, version);
    let on = cx.project.secret(&secret);
    let to = reader.clone();
    (gathered.grants).add(on, roles::SECRET_ACCESSOR, to, None, key);
    Some(SecretVersion {
        secret,
        version: version.to_string(),
    })
}

/// The version of the secret, where none is written.
const CA_VERSION: u32 = 1;

/// The caches of the blueprint, by name.
pub(super) fn resolve(cx: &mut Context<'_>) -> Vec<Cache> {
    let blueprint = cx.blueprint;
    let all = blueprint.caches.iter();
    all.filter_map(|(name, written)| cache(cx, name, written))
        .collect()
}

fn cache(cx: &mut Context<'_>, name: &str, written: &schema::Cache) -> Option<Cache> {
    let key = Key::of(&["caches", name]);
    let at = Place::Key(key.clone());
    cx.check_name(Kind::Cache, name, "a cache's name", &at);
    let Some((lies, region, engine)) = lies::cache(cx, name) else {
        cx.report(
            rules::EXISTING_INVALID,
            format!("`{name}` does not name a cache"),
            &Place::Value(key.then("existing")),
            "not the full name of one of this engine",
        )
        .help("write `projects/PROJECT/locations/REGION/instances/NAME` of Valkey, `…/clusters/NAME` of Redis Cluster, or `true` for this name in this project");
        return None;
    };
    let Lies {
        project,
        id,
        existing,
    } = lies;
    if existing {
        let idle = [
            ("version", written.version.is_some()),
            ("node_type", written.node_type.is_some()),
            ("availability", written.availability.is_some()),
        ];
        existing_idle(cx, &key, &idle);
    } else {
        stands_by(cx, &key, written);
    }
    if written.ca_version == Some(0) {
        cx.report(
            rules::OUT_OF_RANGE,
            "versions of a secret are counted from 1",
            &Place::Value(key.then("ca_version")),
            "takes 1 or more",
        );
    }
    let labels = labels::of(cx, &key, &written.labels);
    let retiring = written.retire == Some(true);
    Some(Cache {
        name: name.to_owned(),
        project,
        region,
        id,
        existing,
        engine: if engine == &memorystore::REDIS {
            if !existing {
                no_version(cx, &key, written);
            }
            CacheEngine::Redis
        } else if existing {
            CacheEngine::Valkey("")
        } else {
            CacheEngine::Valkey(version(cx, &key, written)?)
        },
        node_type: node_type(written),
        availability: match written.availability {
            None | Some(schema::Availability::Regional) => Availability::Regional,
            Some(schema::Availability::Zonal) => Availability::Zonal,
        },
        encryption_key: None,
        deletion_protection: written.deletion_protection.unwrap_or(true) && !retiring,
        labels,
    })
}

/// Production has a second zone, and a CPU of its own.
fn stands_by(cx: &mut Context<'_>, key: &Key, written: &schema::Cache) {
    if !is_production(cx.environment_name()) {
        return;
    }
    if written.availability == Some(schema::Availability::Zonal) {
        cx.report(
            rules::CACHE_IN_ONE_ZONE,
            format!("what `{key}` holds is gone with its zone"),
            &Place::Value(key.then("availability")),
            "no copy in a second zone",
        )
        .help("take `regional`, which is the default, for production");
    }
    if written.node_type == Some(NodeType::SharedCoreNano) {
        cx.report(
            rules::CACHE_SHARED_CPU,
            format!("`{key}` shares its CPU with others"),
            &Place::Value(key.then("node_type")),
            "Google promises nothing about how often it is there",
        )
        .help("take `standard-small`, which is the default, for production");
    }
}

/// The machine type, which is called otherwise of each engine.
fn node_type(written: &schema::Cache) -> &'static str {
    let (of_valkey, of_redis) = match written.node_type.unwrap_or(NodeType::StandardSmall) {
        NodeType::SharedCoreNano => ("SHARED_CORE_NANO", "REDIS_SHARED_CORE_NANO"),
        NodeType::StandardSmall => ("STANDARD_SMALL", "REDIS_STANDARD_SMALL"),
        NodeType::HighmemMedium => ("HIGHMEM_MEDIUM", "REDIS_HIGHMEM_MEDIUM"),
        NodeType::HighmemXlarge => ("HIGHMEM_XLARGE", "REDIS_HIGHMEM_XLARGE"),
    };
    match written.engine {
        None | Some(Written::Valkey) => of_valkey,
        Some(Written::Redis) => of_redis,
    }
}

/// Reports a version of Redis.
fn no_version(cx: &mut Context<'_>, key: &Key, written: &schema::Cache) {
    if written.version.is_some() {
        cx.report(
            rules::VERSION_UNKNOWN,
            "Google chooses the version of Redis Cluster",
            &Place::Value(key.then("version")),
            "takes none",
        )
        .and(&Place::Value(key.then("engine")), "the engine")
        .help("take it out; or write `engine = \"valkey\"`, whose versions can be chosen");
    }
}

fn version(cx: &mut Context<'_>, key: &Key, written: &schema::Cache) -> Option<&'static str> {
    let Some(version) = &written.version else {
        cx.missing(key, "version", "the engine's version");
        return None;
    };
    let known = &memorystore::VALKEY_VERSIONS;
    let found = known.iter().find(|(known, _)| known == version);
    if found.is_none() {
        let list: Vec<String> = known.iter().map(|(one, _)| format!("`{one}`")).collect();
        cx.report(
            rules::VERSION_UNKNOWN,
            format!("`{version}` is not a version of this engine"),
            &Place::Value(key.then("version")),
            format!("takes {}", list.join(", ")),
        );
    }
    found.map(|(_, version)| *version)
}

/// The secrets that hold the authorities, which `secrets.sh` fetches. What can be fetched again needs no protection.
pub(super) fn authorities(cx: &Context<'_>, caches: &[Cache], uses: &Uses) -> Vec<Secret> {
    let secret = |cache: &Cache| {
        let name = authority(&cache.name);
        Secret {
            project: cx.project.id.clone(),
            id: name.clone(),
            existing: false,
            replicas: vec![cx.project.region.clone()],
            encryption_keys: BTreeMap::new(),
            rotation: None,
            generate: None,
            authority_of: Some(cache.name.clone()),
            pinned: uses.pinned(&name),
            latest: false,
            deletion_protection: false,
            labels: cache.labels.clone(),
            name,
        }
    };
    caches.iter().map(secret).collect()
}

/// Somebody uses each of them.
pub(super) fn somebody_uses(cx: &mut Context<'_>, plan: &Plan) {
    let blueprint = cx.blueprint;
    for name in blueprint.caches.keys() {
        let leaves = blueprint.caches[name].retire == Some(true);
        let mut all = plan.workloads().flat_map(|workload| &workload.caches);
        if leaves || all.any(|used| used == name) {
            continue;
        }
        let key = Key::of(&["caches", name]);
        cx.report(
            rules::CACHE_UNUSED,
            format!("nobody uses `{key}`"),
            &Place::Key(key),
            if plan.cache(name).is_some_and(|cache| cache.existing) {
                "nothing follows from it"
            } else {
                "it costs by the hour"
            },
        )
        .help(format!(
            "use it by `caches = [\"{name}\"]` of a service, job or worker, or take it out"
        ));
    }
}

#[cfg(test)]
mod tests {
    use crate::plan::resolve::testing::{INTERNAL, resolve};

    const CACHE: &str = "[caches.sessions]\nversion = \"8.0\"\n";
    const USES: &str = "caches = [\"sessions\"]\nenv = { HOST = \"${caches.sessions.host}:${caches.sessions.port}\", CA = \"${caches.sessions.ca}\" }\n";

    #[test]
    fn who_uses_a_cache_may_log_in_to_that_one_and_reads_its_authority() {
        let resolved = resolve(&[INTERNAL, USES, CACHE]);
        assert!(resolved.errors.is_empty() && resolved.warnings.is_empty());
        assert_eq!(
            resolved.fact("services.orders.grants"),
            Some(
                "memorystore.dbConnectionUser on the project if only-cache-sessions, secretmanager.secretAccessor on secret sessions-ca"
            )
        );
        assert_eq!(resolved.fact("caches.sessions.users"), Some("run-orders"));
        assert_eq!(resolved.fact("secrets.sessions-ca.pinned"), Some("1"));
        let opening = "tcp:6379 to 10.8.0.0/24 for run-orders";
        assert_eq!(resolved.fact("network.egress.openings"), Some(opening));
    }

    #[test]
    fn redis_logs_in_by_iam_too_and_its_nodes_have_ports_of_their_own() {
        let redis = CACHE.replace("version = \"8.0\"", "engine = \"redis\"");
        let resolved = resolve(&[INTERNAL, USES, &redis]);
        assert!(resolved.errors.is_empty() && resolved.warnings.is_empty());
        assert_eq!(
            resolved.fact("services.orders.grants"),
            Some(
                "redis.dbConnectionUser on the project if only-cache-sessions, secretmanager.secretAccessor on secret sessions-ca"
            )
        );
        assert_eq!(resolved.fact("caches.sessions.users"), Some("run-orders"));
        let opening = "tcp:6379+tcp:11000-13047 to 10.8.0.0/24 for run-orders";
        assert_eq!(resolved.fact("network.egress.openings"), Some(opening));
        let plan = resolved.plan();
        let apis: Vec<_> = plan.apis.iter().map(|api| api.service.as_str()).collect();
        assert!(apis.contains(&"redis.googleapis.com"));
        assert!(!apis.contains(&"memorystore.googleapis.com"));
        let condition = plan
            .grants
            .iter()
            .find_map(|grant| grant.condition.as_ref());
        let expression = condition
            .map(|one| one.expression.as_str())
            .unwrap_or_default();
        assert!(expression.ends_with("/clusters/sessions'"), "{expression}");
    }

    #[test]
    fn one_that_exists_is_named_and_lies_where_it_does() {
        let cache = |lines: &str| resolve(&[INTERNAL, USES, "[caches.sessions]\n", lines]);
        let path = "projects/acme-shared/locations/europe-west4/clusters/carts";
        let theirs = cache(&format!("existing = \"{path}\"\n"));
        assert!(theirs.errors.is_empty() && theirs.warnings.is_empty());
        let mut grants = theirs.plan().grants.iter();
        let login = grants.find(|one| one.role == "roles/redis.dbConnectionUser");
        let on = login.map(|one| one.on.project());
        assert_eq!(on, Some("acme-shared"));
        let condition = login.and_then(|one| one.condition.as_ref());
        let only = format!("resource.name == '{path}'");
        assert_eq!(condition.map(|one| &one.expression), Some(&only));
        assert_eq!(theirs.fact("caches.sessions.users"), Some("run-orders"));
        assert_eq!(theirs.fact("caches.sessions.version"), None);
        assert_eq!(theirs.fact("secrets.sessions-ca.pinned"), Some("1"));
        let opening = "tcp:6379+tcp:11000-13047 to 10.8.0.0/24 for run-orders";
        assert_eq!(theirs.fact("network.egress.openings"), Some(opening));
        assert!(cache("existing = true\n").errors.is_empty());
        for wrong in [
            "existing = \"acme-shared/carts\"\n".to_owned(),
            format!("existing = \"{path}\"\nengine = \"valkey\"\n"),
            "existing = \"projects/acme-shared/locations/mars/instances/carts\"\n".to_owned(),
        ] {
            assert_eq!(cache(&wrong).errors, ["existing-invalid"], "{wrong}");
        }
        let idle = "existing = true\nversion = \"8.0\"\ncmek = true\navailability = \"zonal\"\n";
        assert_eq!(cache(idle).warnings, ["existing-idle"; 3]);
    }

    #[test]
    fn valkey_has_versions_and_redis_has_none() {
        let errors = |lines: &str| resolve(&[INTERNAL, USES, "[caches.sessions]\n", lines]).errors;
        assert_eq!(errors("engine = \"valkey\"\n"), ["missing-key"]);
        assert_eq!(errors("version = \"7.4\"\n"), ["version-unknown"]);
        let both = "engine = \"redis\"\nversion = \"8.0\"\n";
        assert_eq!(errors(both), ["version-unknown"]);
    }

    #[test]
    fn each_engine_lies_under_a_key_for_its_own_agent() {
        let redis = "[caches.carts]\nengine = \"redis\"\n";
        let uses = USES.replace("[\"sessions\"]", "[\"carts\", \"sessions\"]");
        let uses = uses.replace(" }", ", CARTS_CA = \"${caches.carts.ca}\" }");
        let of = |words: &str| {
            let encryption = format!("[encryption]\ncmek = [{words}]\n");
            resolve(&[INTERNAL, &uses, CACHE, redis, &encryption])
        };
        let both = of("\"memorystore\", \"redis\"");
        let fact = |name: &str| both.fact(name).map(|key| key.rsplit('/').next());
        assert_eq!(fact("caches.carts.encryption"), Some(Some("cmek-redis")));
        assert_eq!(
            fact("caches.sessions.encryption"),
            Some(Some("cmek-memorystore"))
        );
        let agents = both.fact("keys.cmek-redis.encrypter_decrypters");
        assert_eq!(agents, Some("agent of redis.googleapis.com"));
        assert_eq!(of("\"redis\"").fact("caches.sessions.encryption"), None);
    }

    #[test]
    fn an_authority_is_a_variable_and_no_part_of_a_text() {
        let cache = |env: &str| {
            let uses = format!("caches = [\"sessions\"]\nenv = {{ CA = \"{env}\" }}\n");
            resolve(&[INTERNAL, &uses, CACHE])
        };
        let part = cache("ca: ${caches.sessions.ca}");
        assert_eq!(part.errors, ["reference-unknown"]);
        assert_eq!(part.warnings, ["cache-ca-unread"]);
        assert_eq!(
            cache("${caches.sessions.url}").errors,
            ["reference-unknown"]
        );
        assert!(cache("${caches.sessions.ca}").warnings.is_empty());
    }

    #[test]
    fn a_secret_of_the_same_name_is_refused() {
        let secret = "[secrets.sessions-ca]\nwriters = [\"group:a@example.com\"]\n";
        let errors = resolve(&[INTERNAL, USES, CACHE, secret]).errors;
        assert_eq!(errors, ["name-collision"]);
    }

    #[test]
    fn a_right_on_all_of_the_project_is_a_login_to_every_cache() {
        let web = INTERNAL.replace("services.orders", "services.web");
        let grants =
            "grants = [{ role = \"roles/memorystore.dbConnectionUser\", on = \"project\" }]\n";
        let resolved = resolve(&[INTERNAL, USES, &web, grants, CACHE]);
        let users = resolved.fact("caches.sessions.users");
        assert_eq!(users, Some("run-orders, run-web"));
    }

    #[test]
    fn a_cache_takes_addresses_of_the_subnetwork() {
        let errors = |uses: &str, cache: &str| {
            let network = "[network]\nsubnet = \"10.8.0.0/26\"\n";
            resolve(&[INTERNAL, "max = 15\n", uses, cache, network]).errors
        };
        assert!(errors("", "").is_empty());
        assert_eq!(errors(USES, CACHE), ["subnet-too-small"]);
    }

    #[test]
    fn what_staging_may_production_may_not() {
        let warned = |line: &str| resolve(&[INTERNAL, USES, CACHE, line]).warnings;
        assert_eq!(warned("availability = \"zonal\""), ["cache-in-one-zone"]);
        assert_eq!(
            warned("node_type = \"shared-core-nano\""),
            ["cache-shared-cpu"]
        );
        assert!(warned("node_type = \"highmem-xlarge\"").is_empty());
    }
}
