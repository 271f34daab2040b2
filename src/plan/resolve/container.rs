//! Containers: image, environment, resources, probes, mounts. The main one, the sidecars, and the Auth Proxy.

use std::collections::{BTreeMap, BTreeSet};

use crate::blueprint::schema::{self, SecretUses, Sidecar, Table};
use crate::blueprint::{Key, Place};
use crate::name::{Kind, short_hash};
use crate::plan::google::{database as sql, roles, run};
use crate::plan::model::{
    Connect, Container, Database, DatabaseUse, EnvValue, EnvVar, Mount, Port, Principal, Probe,
    ProbeCheck, Resource, SecretItem, Text, Volume, VolumeSource,
};

use super::context::Context;
use super::reference::{self, Speaker};
use super::secret::{self, Reading};
use super::workload::{Gathered, Parts};

/// What only the main container has.
pub(super) struct Main {
    pub port: Option<Port>,
    pub cpu_idle: bool,
    pub startup_boost: bool,
    pub startup: Option<Probe>,
    pub liveness: Option<Probe>,
}

/// The files of secrets that containers see: by folder and secret.
#[derive(Default)]
struct Folders {
    /// By container, then by folder: the secret's volume.
    items: BTreeMap<(String, String), BTreeMap<String, Vec<SecretItem>>>,
}

/// All containers of an element and their volumes.
#[expect(
    clippy::too_many_arguments,
    reason = "everything that an element is made of meets here"
)]
pub(super) fn resolve(
    cx: &mut Context<'_>,
    parts: &Parts<'_>,
    main: Main,
    speaker: Speaker<'_>,
    gathered: &mut Gathered<'_>,
    reader: &Principal,
    used: &[DatabaseUse],
    databases: &[Database],
) -> (Vec<Container>, Vec<Volume>) {
    let mut volumes = written_volumes(cx, parts, gathered, reader);
    let mut containers = vec![main_container(cx, parts, main, speaker, gathered, reader)];
    for (name, sidecar) in parts.sidecars {
        let key = parts.key.then("sidecars").then(name);
        if cx.check_name(
            Kind::Part,
            name,
            "a container's name",
            &Place::Key(key.clone()),
        ) && name == parts.name
        {
            cx.error(
                "sidecar-name-taken",
                format!("`{name}` is the main container's name"),
                &Place::Key(key.clone()),
                "take another name",
            );
        }
        containers.push(sidecar_container(
            cx, parts, &key, name, sidecar, speaker, gathered, reader,
        ));
    }
    for used in used.iter().filter(|used| used.connect == Connect::Proxy) {
        if let Some(database) = databases
            .iter()
            .find(|database| database.name == used.database)
        {
            let proxy = proxy(cx, parts, database, used);
            containers[0].after.push(proxy.name.clone());
            containers.push(proxy);
        }
    }
    containers[1..].sort_by(|a, b| a.name.cmp(&b.name));
    secret_volumes(cx, parts, &mut containers, &mut volumes, gathered, reader);
    volumes.sort_by(|a, b| a.name.cmp(&b.name));
    for container in &mut containers {
        container.mounts.sort_by(|a, b| a.path.cmp(&b.path));
        container.after.sort();
    }
    check_order(cx, parts, &containers);
    (containers, volumes)
}

fn main_container(
    cx: &mut Context<'_>,
    parts: &Parts<'_>,
    main: Main,
    speaker: Speaker<'_>,
    gathered: &mut Gathered<'_>,
    reader: &Principal,
) -> Container {
    let key = &parts.key;
    let image = image(cx, key, parts.image, speaker, parts.image_is_first);
    let env = env(cx, key, parts.env, parts.secrets, speaker, gathered, reader);
    let args = args(cx, key, parts.args, speaker);
    let (cpu, memory) = resources(cx, key, parts.cpu, parts.memory);
    let mounts = parts
        .volumes
        .iter()
        .filter_map(|(name, volume)| {
            Some(Mount {
                volume: name.clone(),
                path: volume.mount.clone()?,
            })
        })
        .collect();
    Container {
        name: parts.name.to_owned(),
        image,
        command: parts.command.to_vec(),
        args,
        env,
        cpu,
        memory,
        cpu_idle: main.cpu_idle,
        startup_boost: main.startup_boost,
        port: main.port,
        mounts,
        startup: main.startup,
        liveness: main.liveness,
        after: Vec::new(),
    }
}

#[expect(clippy::too_many_arguments, reason = "as above")]
fn sidecar_container(
    cx: &mut Context<'_>,
    parts: &Parts<'_>,
    key: &Key,
    name: &str,
    written: &Sidecar,
    speaker: Speaker<'_>,
    gathered: &mut Gathered<'_>,
    reader: &Principal,
) -> Container {
    let image = image(cx, key, written.image.as_ref(), speaker, false);
    let env = env(
        cx,
        key,
        &written.env,
        &written.secrets,
        speaker,
        gathered,
        reader,
    );
    let args = args(cx, key, &written.args, speaker);
    let (cpu, memory) = resources(cx, key, written.cpu.as_ref(), written.memory.as_ref());
    let mut mounts = Vec::new();
    for (volume, path) in &written.volumes {
        let place = Place::Key(key.then("volumes").then(volume));
        if parts.volumes.contains_key(volume) {
            check_mount(cx, &Place::Value(key.then("volumes").then(volume)), path);
            mounts.push(Mount {
                volume: volume.clone(),
                path: path.clone(),
            });
        } else {
            let names: Vec<&str> = parts.volumes.keys().map(String::as_str).collect();
            cx.unknown("volume-unknown", "volume", volume, names, &place);
        }
    }
    for (index, after) in written.after.iter().enumerate() {
        if after != parts.name && !parts.sidecars.contains_key(after) {
            let names: Vec<&str> = parts
                .sidecars
                .keys()
                .map(String::as_str)
                .chain([parts.name])
                .collect();
            cx.unknown(
                "container-unknown",
                "container",
                after,
                names,
                &Place::Value(key.then("after").item(index)),
            );
        }
    }
    let probes = written.probes.clone().unwrap_or_default();
    let probe_key = key.then("probes");
    let startup = probes
        .startup
        .as_ref()
        .and_then(|written| probe(cx, &probe_key.then("startup"), written, STARTUP, None));
    let liveness = probes
        .liveness
        .as_ref()
        .and_then(|written| probe(cx, &probe_key.then("liveness"), written, LIVENESS, None));
    Container {
        name: name.to_owned(),
        image,
        command: written.command.clone(),
        args,
        env,
        cpu,
        memory,
        cpu_idle: true,
        startup_boost: false,
        port: None,
        mounts,
        startup,
        liveness,
        after: written.after.clone(),
    }
}

/// The Auth Proxy beside the code: it logs in as the element's account and listens on the engine's port.
fn proxy(
    cx: &mut Context<'_>,
    parts: &Parts<'_>,
    database: &Database,
    used: &DatabaseUse,
) -> Container {
    let image = cx.blueprint.images.get("cloud-sql-proxy").cloned().unwrap_or_else(|| {
        let place = Place::Key(Key::of(&["databases", &used.database, "connect"]));
        cx.warning("image-by-tag", "the Auth Proxy is taken by a tag", &place, "what runs can change without a trace")
            .help("pin it: `[images]` with `cloud-sql-proxy = \"gcr.io/cloud-sql-connectors/cloud-sql-proxy@sha256:…\"`");
        sql::PROXY_IMAGE.to_owned()
    });
    let port = match database.engine {
        crate::plan::model::Engine::Postgres => sql::port(schema::Engine::Postgres),
        crate::plan::model::Engine::Mysql => sql::port(schema::Engine::Mysql),
    };
    let mut args = vec![
        "--auto-iam-authn".to_owned(),
        "--private-ip".to_owned(),
        "--structured-logs".to_owned(),
        "--health-check".to_owned(),
        "--http-address=0.0.0.0".to_owned(),
        format!("--http-port={}", sql::PROXY_HEALTH_PORT),
        format!("--port={port}"),
    ];
    if !parts.is_service {
        // A task of a job ends when all its containers have: the code tells the proxy by /quitquitquit.
        args.push("--quitquitquit".to_owned());
    }
    args.push(database.connection_name.clone());
    Container {
        name: format!("{}-proxy", used.database),
        image: Text::literal(image),
        command: Vec::new(),
        args: args.into_iter().map(Text::literal).collect(),
        env: Vec::new(),
        cpu: PROXY_CPU.to_owned(),
        memory: PROXY_MEMORY.to_owned(),
        cpu_idle: true,
        startup_boost: false,
        port: None,
        mounts: Vec::new(),
        startup: Some(Probe {
            check: ProbeCheck::Http {
                path: "/startup".to_owned(),
                port: sql::PROXY_HEALTH_PORT,
            },
            delay: 0,
            period: 2,
            timeout: 1,
            failures: 30,
        }),
        liveness: None,
        after: Vec::new(),
    }
}

/// The Auth Proxy needs little.
const PROXY_CPU: &str = "1";
const PROXY_MEMORY: &str = "512Mi";

fn image(
    cx: &mut Context<'_>,
    key: &Key,
    written: Option<&String>,
    speaker: Speaker<'_>,
    is_first: bool,
) -> Text {
    let Some(written) = written else {
        cx.missing(key, "image", "an image, by digest");
        return Text::default();
    };
    let place = Place::Value(key.then("image"));
    let image = reference::text(cx, &key.then("image"), written, Some(speaker));
    let shown = image.to_string();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/:@<>".contains(&byte);
    if shown.is_empty() || !shown.bytes().all(plain) {
        cx.error(
            "image-invalid",
            format!("`{shown}` is not an image"),
            &place,
            "not an image's name",
        );
    } else if !shown.contains("@sha256:") && !is_first && image.known().is_some() {
        cx.warning("image-by-tag", format!("`{shown}` is taken by a tag"), &place, "what runs can change without a trace")
            .help("write the digest: `IMAGE@sha256:…`; `ci_owns = [\"image\"]` says that a pipeline brings it");
    } else if let Some((_, digest)) = shown.split_once("@sha256:")
        && !(digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit()))
    {
        cx.error(
            "image-invalid",
            "the digest is not one of SHA-256",
            &place,
            "takes 64 hexadecimal digits",
        );
    }
    image
}

fn args(cx: &mut Context<'_>, key: &Key, written: &[String], speaker: Speaker<'_>) -> Vec<Text> {
    let key = key.then("args");
    let mut args = Vec::new();
    for (index, arg) in written.iter().enumerate() {
        args.push(reference::text(cx, &key.item(index), arg, Some(speaker)));
    }
    args
}

fn env(
    cx: &mut Context<'_>,
    key: &Key,
    written: &Table<String>,
    secrets: &SecretUses,
    speaker: Speaker<'_>,
    gathered: &mut Gathered<'_>,
    reader: &Principal,
) -> Vec<EnvVar> {
    let mut env = Vec::new();
    for (name, value) in written {
        let key = key.then("env").then(name);
        check_env_name(cx, &key, name);
        if value.len() > run::ENV_VALUE_MAX {
            let limit = format!("at most {} bytes", run::ENV_VALUE_MAX);
            cx.error(
                "env-too-long",
                format!("the value of `{name}` is too long"),
                &Place::Value(key.clone()),
                limit,
            );
        }
        let value = reference::text(cx, &key, value, Some(speaker));
        env.push(EnvVar {
            name: name.clone(),
            value: EnvValue::Text(value),
        });
    }
    for (name, version) in &secrets.env {
        let secret_key = key.then("secrets").then("env").then(name);
        check_env_name(cx, &secret_key, name);
        if written.contains_key(name) {
            let place = Place::Key(secret_key.clone());
            cx.error(
                "env-twice",
                format!("`{name}` is set twice"),
                &place,
                "as a secret",
            )
            .and(&Place::Key(key.then("env").then(name)), "as a text");
        }
        let read = secret::read(
            cx,
            gathered.uses,
            gathered.grants,
            reader,
            &secret_key,
            version,
            Reading::Env,
        );
        if let Some((_, version)) = read {
            env.push(EnvVar {
                name: name.clone(),
                value: EnvValue::Secret(version),
            });
        }
    }
    env.sort_by(|a, b| a.name.cmp(&b.name));
    env
}

fn check_env_name(cx: &mut Context<'_>, key: &Key, name: &str) {
    let place = Place::Key(key.clone());
    let reserved = run::RESERVED_ENV.contains(&name)
        || run::RESERVED_ENV_PREFIXES
            .iter()
            .any(|prefix| name.starts_with(prefix));
    if reserved {
        let finding = cx.error(
            "env-reserved",
            format!("`{name}` is set by Cloud Run"),
            &place,
            "cannot be set",
        );
        if name == "PORT" {
            finding.help("write `port = …` at the service");
        } else if name == "GOOGLE_APPLICATION_CREDENTIALS" {
            finding.note("it names a key file; the account of the service needs none");
        }
    } else {
        cx.check_name(
            Kind::EnvVar,
            name,
            "the name of an environment variable",
            &place,
        );
    }
}

/// CPU and memory, and whether they fit together.
fn resources(
    cx: &mut Context<'_>,
    key: &Key,
    cpu: Option<&schema::Number>,
    memory: Option<&String>,
) -> (String, String) {
    let cpu = cpu.map_or("1", |cpu| cpu.0.as_str()).to_owned();
    let memory = memory.map_or("512Mi", String::as_str).to_owned();
    let place = Place::Value(key.then("memory"));
    let Some(mebibytes) = mebibytes(&memory) else {
        cx.error(
            "memory-invalid",
            format!("`{memory}` is not a size of memory"),
            &place,
            "such as `512Mi` or `2Gi`",
        );
        return (cpu, memory);
    };
    let cpus: f64 = cpu.parse().unwrap_or(0.0);
    let whole = run::MEMORY_OF_CPU
        .iter()
        .find(|(of, _, _)| (of - cpus).abs() < f64::EPSILON);
    let (least, most) = match whole {
        Some((_, least, most)) => (*least, *most),
        None if (run::CPU_MIN..0.5).contains(&cpus) => (run::MEMORY_MIN, run::MEMORY_BELOW_HALF),
        None if (0.5..1.0).contains(&cpus) => (run::MEMORY_MIN, run::MEMORY_BELOW_ONE),
        None => {
            let place = Place::Value(key.then("cpu"));
            cx.error(
                "cpu-invalid",
                format!("Cloud Run has no container of {cpu} CPUs"),
                &place,
                "takes 0.08 to 1, 2, 4, 6 or 8",
            );
            return (cpu, memory);
        }
    };
    if mebibytes < least || mebibytes > most {
        cx.error(
            "memory-does-not-fit",
            format!("{cpu} CPU and `{memory}` do not go together"),
            &place,
            format!("with {cpu} CPU it takes {least}Mi to {most}Mi"),
        )
        .and(&Place::Value(key.then("cpu")), "the CPU");
    }
    (cpu, memory)
}

/// A size in MiB; units as Kubernetes writes them.
pub(super) fn mebibytes(size: &str) -> Option<u64> {
    let (number, factor) = match size {
        _ if size.ends_with("Mi") => (&size[..size.len() - 2], 1),
        _ if size.ends_with("Gi") => (&size[..size.len() - 2], 1_024),
        _ => return None,
    };
    let plain = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    if plain {
        number.parse::<u64>().ok()?.checked_mul(factor)
    } else {
        None
    }
}

/// Times of a probe where none are written.
#[derive(Clone, Copy)]
pub(super) struct Times {
    period: u32,
    timeout: u32,
    failures: u32,
}

/// A startup probe: two minutes to come up.
pub(super) const STARTUP: Times = Times {
    period: 10,
    timeout: 5,
    failures: 12,
};
/// A liveness probe: gone for a minute and a half.
pub(super) const LIVENESS: Times = Times {
    period: 30,
    timeout: 5,
    failures: 3,
};

/// The probe that Cloud Run uses where nothing is written: the port opens within four minutes.
pub(super) fn default_startup(port: u16) -> Probe {
    Probe {
        check: ProbeCheck::Tcp { port },
        delay: 0,
        period: 240,
        timeout: 240,
        failures: 1,
    }
}

/// A GET of a path.
pub(super) fn http_probe(path: &str, port: u16, times: Times) -> Probe {
    let check = ProbeCheck::Http {
        path: path.to_owned(),
        port,
    };
    Probe {
        check,
        delay: 0,
        period: times.period,
        timeout: times.timeout,
        failures: times.failures,
    }
}

/// A probe that is written in full.
pub(super) fn probe(
    cx: &mut Context<'_>,
    key: &Key,
    written: &schema::Probe,
    times: Times,
    port: Option<u16>,
) -> Option<Probe> {
    let place = Place::Value(key.clone());
    let kinds = usize::from(written.http.is_some())
        + usize::from(written.tcp.is_some())
        + usize::from(written.grpc.is_some());
    if kinds != 1 {
        cx.error(
            "probe-invalid",
            "a probe asks one thing",
            &place,
            "takes one of `http`, `tcp`, `grpc`",
        );
        return None;
    }
    let check = match (&written.http, written.tcp, port) {
        (Some(path), _, _) => {
            check_probe_path(cx, &key.then("http"), path);
            ProbeCheck::Http {
                path: path.clone(),
                port: port.unwrap_or(8080),
            }
        }
        (None, Some(port), _) => ProbeCheck::Tcp { port },
        (None, None, port) => ProbeCheck::Grpc {
            port: port.unwrap_or(8080),
        },
    };
    let seconds = |written: Option<crate::blueprint::units::Duration>, default| {
        written.map_or(default, |time| time.seconds)
    };
    let probe = Probe {
        check,
        delay: seconds(written.delay, 0),
        period: seconds(written.period, times.period),
        timeout: seconds(written.timeout, times.timeout),
        failures: written.failures.unwrap_or(times.failures),
    };
    if probe.period == 0
        || probe.failures == 0
        || probe.timeout == 0
        || probe.timeout > probe.period
    {
        cx.error(
            "probe-times",
            "the times of the probe do not fit",
            &place,
            "`timeout` is at most `period`, and none is 0",
        );
    } else if times.failures == STARTUP.failures
        && (probe.delay > run::STARTUP_SECONDS_MAX
            || probe.period.saturating_mul(probe.failures) > run::STARTUP_SECONDS_MAX)
    {
        let limit = format!(
            "`period` × `failures` is at most {} seconds",
            run::STARTUP_SECONDS_MAX
        );
        cx.error(
            "probe-times",
            "the startup probe takes too long",
            &place,
            limit,
        );
    }
    Some(probe)
}

/// A path that a probe or a health check can ask for.
pub(super) fn check_probe_path(cx: &mut Context<'_>, key: &Key, path: &str) {
    let place = Place::Value(key.clone());
    let plain = |byte: u8| byte.is_ascii_graphic() && !b"\"'`\\$<>{}|^".contains(&byte);
    if !path.starts_with('/') || !path.bytes().all(plain) {
        cx.error(
            "probe-path-invalid",
            format!("`{path}` is not a path"),
            &place,
            "begins with `/`, in plain characters",
        );
    } else if path.ends_with('z') || path.starts_with("/_ah/") || path == "/eventlog" {
        cx.warning("probe-path-reserved", format!("`{path}` may never arrive"), &place, "kept by Cloud Run's front end")
            .note("paths that end in `z` are answered 404 before they reach the container when they come from outside")
            .help("take another path, such as `/health`");
    }
}

fn check_mount(cx: &mut Context<'_>, place: &Place, path: &str) -> bool {
    let plain = |part: &str| {
        !part.is_empty()
            && part != "."
            && part != ".."
            && !part.contains([':', '\\'])
            && !part.contains(char::is_control)
    };
    let shaped = path
        .strip_prefix('/')
        .is_some_and(|rest| rest.split('/').all(plain));
    let reserved = run::RESERVED_MOUNTS.iter().any(|reserved| {
        path == *reserved || path.starts_with(&format!("{reserved}/")) && *reserved != "/"
    });
    if !shaped || reserved {
        cx.error(
            "mount-invalid",
            format!("nothing can be mounted on `{path}`"),
            place,
            "takes an absolute path without `:`, not below /dev, /proc or /sys",
        );
    }
    shaped && !reserved
}

/// Volumes that the blueprint writes, and the grants that a bucket needs.
fn written_volumes(
    cx: &mut Context<'_>,
    parts: &Parts<'_>,
    gathered: &mut Gathered<'_>,
    reader: &Principal,
) -> Vec<Volume> {
    let mut volumes = Vec::new();
    for (name, written) in parts.volumes {
        let key = parts.key.then("volumes").then(name);
        cx.check_name(
            Kind::Part,
            name,
            "a volume's name",
            &Place::Key(key.clone()),
        );
        match &written.mount {
            None => cx.missing(&key, "mount", "the path at which the container sees it"),
            Some(path) => {
                check_mount(cx, &Place::Value(key.then("mount")), path);
            }
        }
        let read_only = written.read_only.unwrap_or(false);
        let source = match (&written.memory, &written.bucket, &written.nfs) {
            (Some(size), None, None) => {
                if mebibytes(size).is_none() {
                    let place = Place::Value(key.then("memory"));
                    cx.error(
                        "memory-invalid",
                        format!("`{size}` is not a size"),
                        &place,
                        "such as `64Mi` or `1Gi`",
                    );
                }
                VolumeSource::Memory { size: size.clone() }
            }
            (None, Some(bucket), None) => {
                cx.check_name(
                    Kind::Bucket,
                    bucket,
                    "a bucket's name",
                    &Place::Value(key.then("bucket")),
                );
                let role = if read_only {
                    roles::STORAGE_VIEWER
                } else {
                    roles::STORAGE_USER
                };
                let on = Resource::Bucket {
                    project: cx.project.id.clone(),
                    name: bucket.clone(),
                };
                gathered.grants.add(on, role, reader.clone(), None, &key);
                VolumeSource::Bucket {
                    bucket: bucket.clone(),
                    read_only,
                }
            }
            (None, None, Some(nfs)) => {
                let place = Place::Value(key.then("nfs"));
                let server = nfs.split_once(':').and_then(|(server, path)| {
                    let server: std::net::Ipv4Addr = server.parse().ok()?;
                    Some((ipnet::Ipv4Net::from(server), path))
                        .filter(|(_, path)| path.starts_with('/'))
                });
                let Some((server, path)) = server else {
                    cx.error(
                        "nfs-invalid",
                        format!("`{nfs}` is not a file server's export"),
                        &place,
                        "such as `10.0.0.5:/export`",
                    );
                    continue;
                };
                if parts.egress == Some(schema::Egress::Outside) {
                    cx.error(
                        "nfs-out-of-reach",
                        format!("`{}` is not in the network", parts.name),
                        &place,
                        "the file server is",
                    );
                }
                VolumeSource::Nfs {
                    server,
                    path: path.to_owned(),
                    read_only,
                }
            }
            _ => {
                cx.error(
                    "volume-invalid",
                    format!("`{name}` holds nothing"),
                    &Place::Value(key),
                    "takes one of `memory`, `bucket`, `nfs`",
                );
                continue;
            }
        };
        volumes.push(Volume {
            name: name.clone(),
            source,
        });
    }
    volumes
}

/// The mode of a secret's files: everybody in the container may read. Programs rarely run as root there.
const FILE_MODE: u32 = 0o444;

/// Volumes for the files of secrets: one for each secret and folder.
fn secret_volumes(
    cx: &mut Context<'_>,
    parts: &Parts<'_>,
    containers: &mut [Container],
    volumes: &mut Vec<Volume>,
    gathered: &mut Gathered<'_>,
    reader: &Principal,
) {
    let mut folders = Folders::default();
    let main = (parts.name, parts.key.clone(), parts.secrets);
    let sidecars = parts.sidecars.iter().map(|(name, sidecar)| {
        (
            name.as_str(),
            parts.key.then("sidecars").then(name),
            &sidecar.secrets,
        )
    });
    for (container, key, secrets) in std::iter::once(main).chain(sidecars) {
        for (path, written) in &secrets.files {
            let key = key.then("secrets").then("files").then(path);
            if !check_mount(cx, &Place::Key(key.clone()), path) {
                continue;
            }
            let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
            if folder.is_empty() {
                cx.error(
                    "mount-invalid",
                    format!("`{path}` would hide the whole image"),
                    &Place::Key(key),
                    "give it a folder of its own",
                );
                continue;
            }
            let read = secret::read(
                cx,
                gathered.uses,
                gathered.grants,
                reader,
                &key,
                written,
                Reading::Late,
            );
            let Some((_, version)) = read else { continue };
            let item = SecretItem {
                version: version.version,
                path: file.to_owned(),
            };
            let secrets = folders
                .items
                .entry((container.to_owned(), folder.to_owned()))
                .or_default();
            secrets.entry(version.secret).or_default().push(item);
            if secrets.len() > 1 {
                let place = Place::Key(key);
                cx.error(
                    "secret-folder-shared",
                    format!("two secrets share the folder `{folder}`"),
                    &place,
                    "a folder holds one secret",
                )
                .help("give each secret a folder of its own");
            }
        }
    }
    let mut taken: BTreeSet<String> = volumes.iter().map(|volume| volume.name.clone()).collect();
    for ((container, folder), secrets) in folders.items {
        for (secret, items) in secrets {
            let id = secret.rsplit('/').next().unwrap_or(&secret);
            let mut name: String = id.to_ascii_lowercase().replace('_', "-");
            name.truncate(50);
            let name = name.trim_matches('-').to_owned();
            let source = VolumeSource::Secret {
                secret: secret.clone(),
                mode: FILE_MODE,
                items,
            };
            let same = volumes
                .iter()
                .find(|volume| volume.source == source)
                .map(|volume| volume.name.clone());
            let name = same.unwrap_or_else(|| {
                let name = if taken.contains(&name) {
                    format!("{name}-{}", short_hash(&folder))
                } else {
                    name
                };
                taken.insert(name.clone());
                volumes.push(Volume {
                    name: name.clone(),
                    source,
                });
                name
            });
            if let Some(container) = containers.iter_mut().find(|of| of.name == container) {
                container.mounts.push(Mount {
                    volume: name,
                    path: folder.clone(),
                });
            }
        }
    }
}

/// Reports containers that wait for each other.
fn check_order(cx: &mut Context<'_>, parts: &Parts<'_>, containers: &[Container]) {
    let mut started: BTreeSet<&str> = BTreeSet::new();
    loop {
        let ready: Vec<&str> = containers
            .iter()
            .filter(|container| !started.contains(container.name.as_str()))
            .filter(|container| {
                container
                    .after
                    .iter()
                    .all(|after| started.contains(after.as_str()))
            })
            .map(|container| container.name.as_str())
            .collect();
        if ready.is_empty() {
            break;
        }
        started.extend(ready);
    }
    let known = |name: &String| containers.iter().any(|container| container.name == *name);
    if started.len() < containers.len()
        && containers
            .iter()
            .all(|container| container.after.iter().all(known))
    {
        let place = Place::Key(parts.key.then("sidecars"));
        cx.error(
            "container-circle",
            format!("containers of `{}` wait for each other", parts.name),
            &place,
            "none could start first",
        );
    }
}
