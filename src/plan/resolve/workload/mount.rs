//! Where volumes are seen in a container.

use crate::blueprint::{Key, Place};
use crate::plan::google::run;
use crate::plan::model::{Container, Mount};
use crate::plan::resolve::context::Context;
use crate::rules;

use super::parts::Parts;

/// Reports a path that nothing can be mounted on; says whether something can.
pub(super) fn check_mount(cx: &mut Context<'_>, place: &Place, path: &str) -> bool {
    let plain = |part: &str| {
        !part.is_empty()
            && part != "."
            && part != ".."
            && part
                .bytes()
                .all(|byte| byte == b' ' || byte.is_ascii_graphic())
            && !part.contains([':', '\\'])
    };
    let shaped = path
        .strip_prefix('/')
        .is_some_and(|rest| rest.split('/').all(plain));
    let reserved = run::RESERVED_MOUNTS.iter().any(|reserved| {
        path == *reserved || path.starts_with(&format!("{reserved}/")) && *reserved != "/"
    });
    if !shaped || reserved {
        cx.report(
            rules::MOUNT_INVALID,
            format!("nothing can be mounted on `{path}`"),
            place,
            "takes an absolute path in plain ASCII without `:`, not below /dev, /proc or /sys",
        );
    }
    shaped && !reserved
}

/// No container has two volumes on one path, and none on a folder that its image needs.
pub(super) fn check_mounts(cx: &mut Context<'_>, parts: &Parts<'_>, containers: &[Container]) {
    for container in containers {
        let key = if container.name == parts.name {
            parts.key.clone()
        } else {
            parts.key.then("sidecars").then(&container.name)
        };
        let place = |mount: &Mount| mounted_at(parts, &key, container, mount);
        for (index, mount) in container.mounts.iter().enumerate() {
            let path = &mount.path;
            let before = container.mounts[..index]
                .iter()
                .find(|one| one.path == *path);
            // Two secrets in one folder have a finding of their own.
            let written = |mount: &Mount| parts.volumes.contains_key(&mount.volume);
            if let Some(before) = before {
                if !written(mount) && !written(before) {
                    continue;
                }
                cx.report(
                    rules::MOUNT_TWICE,
                    format!("two volumes are mounted on `{path}`"),
                    &place(mount),
                    "",
                )
                .and(&place(before), "the other");
            } else if run::FOLDERS_OF_IMAGES.contains(&path.as_str()) {
                cx.report(
                    rules::MOUNT_HIDES_IMAGE,
                    format!("`{path}` of the image is hidden"),
                    &place(mount),
                    "nothing else is seen in this folder",
                )
                .help(format!("mount it below: `{path}/…`"));
            }
        }
    }
}

/// Where a mount is written: at the volume, at the sidecar's, or at the path of a file in the folder.
fn mounted_at(parts: &Parts<'_>, key: &Key, container: &Container, mount: &Mount) -> Place {
    let in_folder = |path: &&String| {
        path.rsplit_once('/')
            .is_some_and(|(folder, _)| folder == mount.path)
    };
    let sidecar = parts.sidecars.get(&container.name);
    let (secrets, files) = match sidecar {
        Some(sidecar) => (&sidecar.secrets.files, &sidecar.files),
        None => (&parts.secrets.files, parts.files),
    };
    match sidecar {
        Some(sidecar) if sidecar.volumes.contains_key(&mount.volume) => {
            return Place::Value(key.then("volumes").then(&mount.volume));
        }
        None if parts.volumes.contains_key(&mount.volume) => {
            return Place::Value(key.then("volumes").then(&mount.volume).then("mount"));
        }
        _ => {}
    }
    if let Some(path) = secrets.keys().find(in_folder) {
        return Place::Key(key.then("secrets").then("files").then(path));
    }
    match files.keys().find(in_folder) {
        Some(path) => Place::Key(key.then("files").then(path)),
        None => Place::Key(key.clone()),
    }
}

#[cfg(test)]
mod tests {
    use crate::plan::resolve::testing::{INTERNAL, resolve};

    const VOLUME: &str = "[services.orders.volumes.cache]\nmemory = \"64Mi\"\n";

    #[test]
    fn a_path_shows_one_volume_and_hides_no_program() {
        let mounted = |path: &str, more: &str| {
            let mount = format!("mount = \"{path}\"\n");
            resolve(&[INTERNAL, VOLUME, &mount, more])
        };
        assert!(mounted("/cache", "").errors.is_empty());
        assert!(mounted("/app/cache", "").warnings.is_empty());
        assert_eq!(mounted("/app", "").warnings, ["mount-hides-image"]);
        assert_eq!(mounted("/gr\u{f6}\u{df}e", "").errors, ["mount-invalid"]);
        let other = "[services.orders.volumes.other]\nmemory = \"64Mi\"\nmount = \"/cache\"\n";
        assert_eq!(mounted("/cache", other).errors, ["mount-twice"]);
    }
}
