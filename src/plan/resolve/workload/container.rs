//! Containers: image, environment, resources, probes, mounts. The main one, the sidecars, and the Auth Proxy.

use std::collections::BTreeSet;

use crate::blueprint::schema::{Gpu, Sidecar};
use crate::blueprint::{Key, Place};
use crate::name::Kind;
use crate::plan::model::{
    Connect, Container, Database, DatabaseUse, Mount, Port, Principal, Probe, Text, Volume,
};
use crate::rules;

use crate::plan::resolve::context::Context;
use crate::plan::resolve::reference::{self, Speaker};

use super::env::env;
use super::leak;
use super::memory::{self, resources};
use super::mount;
use super::parts::{Gathered, Parts, Runs};
use super::probe;
use super::proxy::proxy;
use super::volume;

/// What only the main container has.
pub(in crate::plan::resolve) struct Main {
    pub port: Option<Port>,
    pub cpu_idle: bool,
    pub startup_boost: bool,
    pub startup: Option<Probe>,
    pub liveness: Option<Probe>,
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
    gathered: &mut Gathered,
    reader: &Principal,
    used: &[DatabaseUse],
    databases: &[Database],
) -> (Vec<Container>, Vec<Volume>) {
    let mut volumes = volume::written(cx, parts, gathered, reader);
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
            cx.report(
                rules::SIDECAR_NAME_TAKEN,
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
    volume::secret_volumes(cx, parts, &mut containers, &mut volumes, gathered, reader);
    volumes.sort_by(|a, b| a.name.cmp(&b.name));
    for container in &mut containers {
        container.mounts.sort_by(|a, b| a.path.cmp(&b.path));
        container.after.sort();
    }
    mount::check_mounts(cx, parts, &containers);
    check_order(cx, parts, &containers);
    memory::instance(cx, parts, &containers, &volumes);
    (containers, volumes)
}

fn main_container(
    cx: &mut Context<'_>,
    parts: &Parts<'_>,
    main: Main,
    speaker: Speaker<'_>,
    gathered: &mut Gathered,
    reader: &Principal,
) -> Container {
    let key = &parts.key;
    let image = image(cx, key, parts.image, speaker, parts.image_is_first);
    let env = env(cx, key, parts.env, parts.secrets, speaker, gathered, reader);
    let args = args(cx, key, parts.args, speaker);
    let (cpu, memory) = resources(cx, key, parts.cpu, parts.memory, parts.gpu);
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
        gpu: parts.gpu.map(Gpu::name),
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
    gathered: &mut Gathered,
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
    let (cpu, memory) = resources(cx, key, written.cpu.as_ref(), written.memory.as_ref(), None);
    let mut mounts = Vec::new();
    for (volume, path) in &written.volumes {
        let place = || Place::Key(key.then("volumes").then(volume));
        let known = cx.named(
            rules::VOLUME_UNKNOWN,
            "volume",
            volume,
            parts.volumes,
            place,
        );
        if known.is_some() {
            mount::check_mount(cx, &Place::Value(key.then("volumes").then(volume)), path);
            mounts.push(Mount {
                volume: volume.clone(),
                path: path.clone(),
            });
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
                rules::CONTAINER_UNKNOWN,
                "container",
                after,
                names,
                &Place::Value(key.then("after").item(index)),
            );
        }
    }
    let probes = written.probes.clone().unwrap_or_default();
    let probe_key = key.then("probes");
    let startup = probes.startup.as_ref().and_then(|written| {
        probe::probe(
            cx,
            &probe_key.then("startup"),
            written,
            probe::STARTUP,
            None,
        )
    });
    if probes.liveness.is_some() && parts.runs == Runs::Job {
        cx.report(
            rules::PROBE_INVALID,
            "containers of a job have no liveness probe",
            &Place::Key(probe_key.then("liveness")),
            "Cloud Run asks those of services and workers only",
        )
        .help("leave it out; `timeout` ends a task that hangs");
    }
    let liveness = probes.liveness.as_ref().filter(|_| parts.runs != Runs::Job);
    let liveness = liveness.and_then(|written| {
        probe::probe(
            cx,
            &probe_key.then("liveness"),
            written,
            probe::LIVENESS,
            None,
        )
    });
    Container {
        name: name.to_owned(),
        image,
        command: written.command.clone(),
        args,
        env,
        cpu,
        memory,
        gpu: None,
        cpu_idle: true,
        startup_boost: false,
        port: None,
        mounts,
        startup,
        liveness,
        after: written.after.clone(),
    }
}

fn image(
    cx: &mut Context<'_>,
    key: &Key,
    written: Option<&String>,
    speaker: Speaker<'_>,
    is_first: bool,
) -> Text {
    let Some(written) = written else {
        cx.missing(key, "image", "an image by digest");
        return Text::default();
    };
    let place = Place::Value(key.then("image"));
    let image = reference::text(cx, &key.then("image"), written, Some(speaker));
    let shown = image.to_string();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/:@<>".contains(&byte);
    if shown.is_empty() && !written.is_empty() {
        // Its references could not be resolved, which is reported.
    } else if let Some((_, digest)) = shown.split_once("@sha256:")
        && !(digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit()))
    {
        cx.report(
            rules::IMAGE_INVALID,
            "the digest is not one of SHA-256",
            &place,
            "takes 64 hexadecimal digits",
        );
    } else if shown.is_empty() || !shown.bytes().all(plain) {
        cx.report(
            rules::IMAGE_INVALID,
            format!("`{shown}` is not an image"),
            &place,
            "not an image's name",
        );
    } else if !shown.contains("@sha256:") && !is_first && image.known().is_some() {
        cx.report(rules::IMAGE_BY_TAG, format!("`{shown}` is taken by a tag"), &place, "what runs can change without a trace")
            .help("write the digest: `IMAGE@sha256:…`; `ci_owns = [\"image\"]` says that a pipeline brings it");
    }
    image
}

fn args(cx: &mut Context<'_>, key: &Key, written: &[String], speaker: Speaker<'_>) -> Vec<Text> {
    let key = key.then("args");
    let mut args = Vec::new();
    for (index, arg) in written.iter().enumerate() {
        leak::check_text(cx, &key.item(index), "an argument", arg);
        args.push(reference::text(cx, &key.item(index), arg, Some(speaker)));
    }
    args
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
    let waits = |container: &Container| !started.contains(container.name.as_str());
    if containers.iter().any(waits)
        && containers
            .iter()
            .all(|container| container.after.iter().all(known))
    {
        let place = |container: &Container| {
            Place::Value(
                parts
                    .key
                    .then("sidecars")
                    .then(&container.name)
                    .then("after"),
            )
        };
        let mut circle = containers.iter().filter(|container| waits(container));
        let Some(first) = circle.next() else { return };
        let mut finding = cx.report(
            rules::CONTAINER_CIRCLE,
            format!("containers of `{}` wait for each other", parts.name),
            &place(first),
            format!("`{}` could not start before these", first.name),
        );
        for other in circle.filter(|other| parts.sidecars.contains_key(&other.name)) {
            finding = finding.and(&place(other), format!("nor `{}` before these", other.name));
        }
    }
}
