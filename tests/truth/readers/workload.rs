//! What runs, from Terraform's template of a service or job: the way out, volumes, containers.

use std::collections::BTreeMap;

use super::hcl::{BLOCK, Flat, below};
use crate::cloud::{Cloud, Form, Place, Values};

/// Takes the arguments of a template out of `flat`, and notes them by gcloud's flags.
pub fn read(
    place: &Place,
    cloud: &mut Cloud,
    kind: &str,
    name: &str,
    prefix: &str,
    flat: &mut Flat,
) {
    let paths: Vec<String> = flat
        .keys()
        .filter(|path| path.starts_with(prefix))
        .cloned()
        .collect();
    let mut rest = Flat::new();
    for path in paths {
        let short = path[prefix.len()..].to_owned();
        if ["vpc_access", "volumes[", "containers["]
            .iter()
            .any(|start| short.starts_with(start))
        {
            rest.insert(short, flat.remove(&path).unwrap());
        }
    }
    let mut out = Out { cloud, kind, name };
    way_out(place, &mut out, &mut rest);
    let volumes = volumes(&mut out, &mut rest);
    for container in entries(&rest, "containers") {
        let own = format!("containers[{container}].");
        let main = container == name;
        self::container(
            &mut out,
            &container,
            main,
            &volumes,
            &mut below(&mut rest, &own),
        );
    }
    rest.retain(|_, values| *values != [BLOCK]);
    assert!(rest.is_empty(), "{kind} {name}: {rest:?} is not read back");
}

struct Out<'a> {
    cloud: &'a mut Cloud,
    kind: &'a str,
    name: &'a str,
}

impl Out<'_> {
    fn set(&mut self, field: &str, values: Values) {
        self.cloud.set(self.kind, self.name, field, values);
    }
}

/// The names of blocks that stand there several times.
fn entries(flat: &Flat, ident: &str) -> Vec<String> {
    let open = format!("{ident}[");
    let blocks = flat.iter().filter(|(_, values)| **values == [BLOCK]);
    let names = blocks.filter_map(|(path, _)| path.strip_prefix(&open)?.strip_suffix(']'));
    names
        .filter(|name| !name.contains('['))
        .map(str::to_owned)
        .collect()
}

fn way_out(place: &Place, out: &mut Out<'_>, flat: &mut Flat) {
    let network = Form::Path("global/networks");
    let subnet = Form::Path("regions/REGION/subnetworks");
    let rows = [
        ("vpc_access.egress", "vpc-egress", Form::Dashed),
        ("vpc_access.network_interfaces.network", "network", network),
        ("vpc_access.network_interfaces.subnetwork", "subnet", subnet),
        (
            "vpc_access.network_interfaces.tags",
            "network-tags",
            Form::Set,
        ),
    ];
    for (path, field, form) in rows {
        if let Some(values) = flat.remove(path) {
            out.set(field, form.of(place, field, values).unwrap());
        }
    }
}

/// The volumes: notes all but those of secrets, which gcloud makes by the file; gives the files of these.
fn volumes(out: &mut Out<'_>, flat: &mut Flat) -> BTreeMap<String, Vec<(String, String)>> {
    let mut secrets = BTreeMap::new();
    for name in entries(flat, "volumes") {
        let mut own = below(flat, &format!("volumes[{name}]."));
        let mut take = |path: &str| own.remove(path).map(|values| values.concat());
        assert_eq!(take("name").as_ref(), Some(&name));
        let read_only = |on: Option<String>| {
            on.filter(|on| on == "true")
                .map(|_| "readonly=true".to_owned())
        };
        let mut parts = Vec::new();
        if let Some(secret) = take("secret.secret") {
            // 0444, which is Cloud Run's default.
            assert_eq!(take("secret.default_mode").as_deref(), Some("292"));
            let mut files = Vec::new();
            for path in entries(&own, "secret.items") {
                let mut item = below(&mut own, &format!("secret.items[{path}]."));
                let version = item.remove("version").unwrap().concat();
                item.remove("path");
                assert!(item.is_empty(), "{item:?} is not read back");
                files.push((path, format!("secret {secret}:{version}")));
            }
            secrets.insert(name.clone(), files);
        } else if let Some(medium) = take("empty_dir.medium") {
            assert_eq!(medium, "MEMORY");
            let size = take("empty_dir.size_limit").unwrap();
            parts.extend(["type=in-memory".to_owned(), format!("size-limit={size}")]);
        } else if let Some(bucket) = take("gcs.bucket") {
            parts.extend(["type=cloud-storage".to_owned(), format!("bucket={bucket}")]);
            parts.extend(read_only(take("gcs.read_only")));
        } else if let Some(server) = take("nfs.server") {
            let path = take("nfs.path").unwrap();
            parts.extend(["type=nfs".to_owned(), format!("location={server}:{path}")]);
            parts.extend(read_only(take("nfs.read_only")));
        }
        own.retain(|_, values| *values != [BLOCK]);
        assert!(own.is_empty(), "volume {name}: {own:?} is not read back");
        if !parts.is_empty() {
            out.set(&format!("volume/{name}"), parts);
        }
    }
    secrets
}

fn container(
    out: &mut Out<'_>,
    name: &str,
    main: bool,
    secrets: &BTreeMap<String, Vec<(String, String)>>,
    flat: &mut Flat,
) {
    let field = |what: &str| format!("container/{name}/{what}");
    assert_eq!(flat.remove("name").unwrap(), [name]);
    let listens = flat.contains_key("ports.container_port");
    for (path, what) in [
        ("image", "image"),
        ("command", "command"),
        ("args", "args"),
        ("ports.container_port", "port"),
    ] {
        if let Some(values) = flat.remove(path) {
            out.set(&field(what), values);
        }
    }
    if let Some(mut after) = flat.remove("depends_on") {
        after.sort();
        out.set(&field("depends-on"), after);
    }
    match flat
        .remove("ports.name")
        .map(|name| name.concat())
        .as_deref()
    {
        Some("h2c") => out.set(&field("use-http2"), vec!["true".to_owned()]),
        Some("http1") => {}
        // The provider would leave what was there before.
        None => assert!(!listens, "nothing says how {name} is spoken to"),
        Some(other) => panic!("the port {other} is not read back"),
    }
    for limit in flat.remove("resources.limits").unwrap() {
        let (what, limit) = limit.split_once('=').unwrap();
        let what = if what == "nvidia.com/gpu" {
            "gpu"
        } else {
            what
        };
        out.set(&field(what), vec![limit.to_owned()]);
    }
    // Those of the main container are the revision's.
    for (path, flag) in [
        ("resources.cpu_idle", "cpu-throttling"),
        ("resources.startup_cpu_boost", "cpu-boost"),
    ] {
        if let Some(values) = flat.remove(path).filter(|_| main) {
            out.set(flag, values);
        }
    }
    for variable in entries(flat, "env") {
        let mut own = below(flat, &format!("env[{variable}]."));
        own.remove("name");
        own.retain(|_, values| *values != [BLOCK]);
        let value = if let Some(value) = own.remove("value") {
            value.concat()
        } else {
            let mut part = |what: &str| {
                let path = format!("value_source.secret_key_ref.{what}");
                own.remove(&path).unwrap().concat()
            };
            format!("secret {}:{}", part("secret"), part("version"))
        };
        assert!(own.is_empty(), "{variable}: {own:?} is not read back");
        out.set(&field(&format!("env/{variable}")), vec![value]);
    }
    for path in entries(flat, "volume_mounts") {
        let mut own = below(flat, &format!("volume_mounts[{path}]."));
        let volume = own.remove("name").unwrap().concat();
        match secrets.get(&volume) {
            Some(files) => {
                for (file, secret) in files {
                    out.set(&field(&format!("file/{path}/{file}")), vec![secret.clone()]);
                }
            }
            None => out.set(&field(&format!("mount/{path}")), vec![volume]),
        }
    }
    for probe in ["startup", "liveness"] {
        let mut own = below(flat, &format!("{probe}_probe."));
        own.retain(|_, values| *values != [BLOCK]);
        if own.is_empty() {
            continue;
        }
        let pairs = own
            .into_iter()
            .map(|(path, values)| (path, values.concat()));
        let pairs = pairs.filter(|(path, value)| path != "initial_delay_seconds" || value != "0");
        let mut pairs: Vec<String> = pairs
            .map(|(path, value)| format!("{}={value}", camel(&path)))
            .collect();
        pairs.sort();
        out.set(&field(&format!("{probe}-probe")), pairs);
    }
    flat.retain(|path, values| *values != [BLOCK] && !path.starts_with("volume_mounts["));
    assert!(
        flat.is_empty(),
        "container {name}: {flat:?} is not read back"
    );
}

/// The API's spelling of an argument: `http_get.path` is `httpGet.path`.
fn camel(path: &str) -> String {
    let mut out = String::new();
    let mut upper = false;
    for character in path.chars() {
        match character {
            '_' => upper = true,
            other if upper => {
                out.extend(other.to_uppercase());
                upper = false;
            }
            other => out.push(other),
        }
    }
    out
}
