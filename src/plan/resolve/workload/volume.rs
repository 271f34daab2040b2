//! Volumes: what the blueprint writes, files of secrets, and files beside the blueprint.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToKebabCase;

use crate::blueprint::schema;
use crate::blueprint::{Key, Place};
use crate::name::{Kind, short_hash};
use crate::plan::google::roles;
use crate::plan::model::{
    ConfigFile, Container, Mount, Principal, Resource, SecretItem, Stage, Volume, VolumeSource,
};
use crate::rules;

use crate::plan::resolve::beside;
use crate::plan::resolve::bucket;
use crate::plan::resolve::context::Context;
use crate::plan::resolve::lies::{self, Lies};
use crate::plan::resolve::secret::{self, Reading};

use super::memory::{mebibytes, memory_invalid};
use super::mount::check_mount;
use super::parts::{Gathered, Parts, Runs};

/// The files that containers see from secrets: by container and folder, then by secret.
#[derive(Default)]
struct Folders {
    items: BTreeMap<(String, String), BTreeMap<String, Vec<SecretItem>>>,
}

impl Folders {
    /// Adds a file; a folder holds one secret.
    fn add(
        &mut self,
        cx: &mut Context<'_>,
        key: &Key,
        container: &str,
        folder: &str,
        secret: &str,
        item: SecretItem,
    ) {
        let secrets = self
            .items
            .entry((container.to_owned(), folder.to_owned()))
            .or_default();
        secrets.entry(secret.to_owned()).or_default().push(item);
        if secrets.len() > 1 {
            let message = format!("two files of different secrets share the folder `{folder}`");
            cx.report(
                rules::SECRET_FOLDER_SHARED,
                message,
                &Place::Key(key.clone()),
                "a folder holds one secret",
            )
            .note("a file beside the blueprint is mounted as a secret too")
            .help("give each a folder of its own");
        }
    }
}

/// Folder and name of a file that is mounted.
fn folder_of(cx: &mut Context<'_>, key: &Key, path: &str) -> Option<(String, String)> {
    let place = Place::Key(key.clone());
    if !check_mount(cx, &place, path) {
        return None;
    }
    let (folder, file) = path.rsplit_once('/')?;
    if folder.is_empty() {
        let message = format!("`{path}` would hide the whole image");
        cx.report(
            rules::MOUNT_INVALID,
            message,
            &place,
            "give it a folder of its own",
        );
        return None;
    }
    Some((folder.to_owned(), file.to_owned()))
}

/// Volumes that the blueprint writes, and the grants that a bucket needs.
pub(super) fn written(
    cx: &mut Context<'_>,
    parts: &Parts<'_>,
    gathered: &mut Gathered,
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
                    memory_invalid(cx, &place, size);
                }
                VolumeSource::Memory { size: size.clone() }
            }
            (None, Some(bucket), None) => {
                let lies = mounted(cx, &key, bucket, read_only);
                let bucket = lies.id.clone();
                let role = if read_only {
                    roles::STORAGE_VIEWER
                } else {
                    roles::STORAGE_USER
                };
                let on = lies.bucket();
                gathered.grants.add(on, role, reader.clone(), None, &key);
                VolumeSource::Bucket { bucket, read_only }
            }
            (None, None, Some(nfs)) => {
                let place = Place::Value(key.then("nfs"));
                let server = nfs.split_once(':').and_then(|(server, path)| {
                    let server: std::net::Ipv4Addr = server.parse().ok()?;
                    Some((ipnet::Ipv4Net::from(server), path))
                        .filter(|(_, path)| path.starts_with('/'))
                });
                let Some((server, path)) = server else {
                    cx.report(
                        rules::NFS_INVALID,
                        format!("`{nfs}` is not a file server's export"),
                        &place,
                        "such as `10.0.0.5:/export`",
                    );
                    continue;
                };
                if parts.egress == Some(schema::Egress::Outside) {
                    cx.report(
                        rules::NFS_OUT_OF_REACH,
                        format!(
                            "`{}` uses a file server but is not in the network",
                            parts.name
                        ),
                        &Place::Value(parts.key.then("egress")),
                        "the file server has a private address only",
                    )
                    .and(&place, "used here")
                    .help("write `egress = \"private\"`, or leave `egress` out");
                }
                VolumeSource::Nfs {
                    server,
                    path: path.to_owned(),
                    read_only,
                }
            }
            _ => {
                cx.report(
                    rules::VOLUME_INVALID,
                    format!("`{name}` must hold one thing"),
                    &Place::Key(key),
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

/// The bucket that a volume shows: one of `[buckets]`, or one of the project.
fn mounted(cx: &mut Context<'_>, key: &Key, bucket: &str, read_only: bool) -> Lies {
    let place = Place::Value(key.then("bucket"));
    let Some(written) = cx.blueprint.buckets.get(bucket) else {
        cx.check_name(Kind::Bucket, bucket, "a bucket's name", &place);
        return bucket::by_its_name(cx, bucket);
    };
    if written.retention.is_some() && !read_only {
        cx.report(
            rules::RETENTION_MOUNTED,
            format!("`{bucket}` is mounted to be written, but keeps whatever is there"),
            &place,
            "writing a file replaces the object again and again",
        )
        .and(
            &Place::Key(Key::of(&["buckets", bucket]).then("retention")),
            "nothing is overwritten before its end",
        )
        .help("mount it with `read_only = true`, or let the code write by the API");
    }
    // One that is named wrongly has its own finding.
    lies::bucket(cx, bucket).unwrap_or_else(|| bucket::by_its_name(cx, bucket))
}

/// The mode of a secret's files: everybody in the container may read. Programs rarely run as root there.
const FILE_MODE: u32 = 0o444;

/// Volumes for the files of secrets: one for each secret and folder.
pub(super) fn secret_volumes(
    cx: &mut Context<'_>,
    parts: &Parts<'_>,
    containers: &mut [Container],
    volumes: &mut Vec<Volume>,
    gathered: &mut Gathered,
    reader: &Principal,
) {
    if parts.runs == Runs::Worker {
        no_files(cx, parts);
        return;
    }
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
            let folder = folder_of(cx, &key, path);
            let read = secret::read(
                cx,
                &mut gathered.uses,
                &mut gathered.grants,
                reader,
                &key,
                written,
                Reading::Late,
            );
            let (Some((folder, file)), Some((_, version))) = (folder, read) else {
                continue;
            };
            let item = SecretItem {
                version: version.version,
                path: file,
            };
            folders.add(cx, &key, container, &folder, &version.secret, item);
        }
    }
    config_files(cx, parts, &mut folders, gathered, reader);
    let mut taken: BTreeSet<String> = volumes.iter().map(|volume| volume.name.clone()).collect();
    for ((container, folder), secrets) in folders.items {
        for (secret, items) in secrets {
            let id = secret.rsplit('/').next().unwrap_or(&secret);
            let mut name: String = id.to_ascii_lowercase().replace('_', "-");
            name.truncate(50);
            let name = match name.trim_matches('-') {
                "" => "secret".to_owned(),
                name => name.to_owned(),
            };
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
                    format!("{name}-{}", short_hash(&format!("{container}:{folder}")))
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

/// A worker pool sees no files: gcloud refuses volumes of secrets in one (528, `run worker-pools deploy --set-secrets`).
fn no_files(cx: &mut Context<'_>, parts: &Parts<'_>) {
    let main = (parts.key.clone(), parts.secrets, parts.files);
    let sidecars = parts.sidecars.iter().map(|(name, sidecar)| {
        let key = parts.key.then("sidecars").then(name);
        (key, &sidecar.secrets, &sidecar.files)
    });
    for (key, secrets, files) in std::iter::once(main).chain(sidecars) {
        for (path, written) in &secrets.files {
            cx.means_secret(written.split(':').next().unwrap_or_default());
            let at = key.then("secrets").then("files").then(path);
            no_file(
                cx,
                parts,
                at,
                path,
                "as a variable it stands in `secrets.env`; with `secrets.read` the code reads it itself",
            );
        }
        for path in files.keys() {
            let at = key.then("files").then(path);
            no_file(
                cx,
                parts,
                at,
                path,
                "put it into the image, or its text into `env`",
            );
        }
    }
}

fn no_file(cx: &mut Context<'_>, parts: &Parts<'_>, at: Key, path: &str, instead: &str) {
    cx.report(
        rules::FILE_IN_WORKER,
        format!("`{}` is a worker, and sees no files", parts.key),
        &Place::Key(at),
        format!("nothing can be mounted at `{path}`"),
    )
    .help(instead);
}

/// Files beside the blueprint: each becomes a secret of its own, with a hash of its text in its name.
fn config_files(
    cx: &mut Context<'_>,
    parts: &Parts<'_>,
    folders: &mut Folders,
    gathered: &mut Gathered,
    reader: &Principal,
) {
    let main = (parts.name, parts.key.clone(), parts.files);
    let sidecars = parts.sidecars.iter().map(|(name, sidecar)| {
        (
            name.as_str(),
            parts.key.then("sidecars").then(name),
            &sidecar.files,
        )
    });
    for (container, key, files) in std::iter::once(main).chain(sidecars) {
        for (path, file) in files {
            let key = key.then("files").then(path);
            let Some((folder, in_folder)) = folder_of(cx, &key, path) else {
                continue;
            };
            let Some(text) = beside::read(cx, &key, file, SECRET_VALUE_MAX) else {
                continue;
            };
            let name = format!(
                "{}-{}-{}",
                parts.name,
                in_folder.to_kebab_case(),
                short_hash(&text)
            );
            let item = SecretItem {
                version: "1".to_owned(),
                path: in_folder,
            };
            folders.add(cx, &key, container, &folder, &name, item);
            let on = Resource::Secret {
                project: cx.project.id.clone(),
                name: name.clone(),
            };
            gathered.grants.add_in(
                Stage::Services,
                on,
                roles::SECRET_ACCESSOR,
                reader.clone(),
                None,
                &key,
            );
            if gathered.files.iter().any(|known| known.name == name) {
                continue;
            }
            gathered.files.push(ConfigFile {
                name,
                element: parts.key.to_string(),
                path: path.clone(),
                text,
                region: cx.project.region.clone(),
                encryption_key: None,
                labels: cx.project.labels.clone(),
            });
        }
    }
}

/// The longest value of a secret, in bytes (<https://cloud.google.com/secret-manager/quotas>).
const SECRET_VALUE_MAX: usize = 65_536;
