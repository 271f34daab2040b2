//! The Cloud SQL Auth Proxy as a sidecar: derived where a database says `connect = "proxy"`.

use crate::blueprint::{Key, Place};
use crate::plan::google::database as sql;
use crate::plan::model::{Container, Database, DatabaseUse, Probe, ProbeCheck, Text};
use crate::rules;

use crate::plan::resolve::context::Context;
use crate::plan::resolve::reference;

use super::parts::{Parts, Runs};

/// The image of the Auth Proxy, where the blueprint pins one: `[images] cloud-sql-proxy`.
pub(super) const PROXY_IMAGE_KEY: &str = "cloud-sql-proxy";

/// The Auth Proxy needs little.
const PROXY_CPU: &str = "1";

const PROXY_MEMORY: &str = "512Mi";

/// The Auth Proxy beside the code: it connects as the element's account, logs in as it where the code brings no password, and listens
/// on the engine's port.
pub(super) fn proxy(
    cx: &mut Context<'_>,
    parts: &Parts<'_>,
    database: &Database,
    used: &DatabaseUse,
) -> Container {
    let image = if let Some(written) = cx.blueprint.images.get(PROXY_IMAGE_KEY) {
        reference::image(cx, PROXY_IMAGE_KEY, written)
    } else {
        let place = Place::Key(Key::of(&["databases", &used.database, "connect"]));
        cx.report(rules::IMAGE_BY_TAG, "the Auth Proxy is taken by a tag", &place, "what runs can change without a trace")
            .help("pin it: `[images]` with `cloud-sql-proxy = \"gcr.io/cloud-sql-connectors/cloud-sql-proxy@sha256:…\"`");
        Text::literal(sql::PROXY_IMAGE)
    };
    let port = sql::port(database.engine);
    let by_iam = used.password_user.is_none();
    let mut args: Vec<String> = by_iam
        .then(|| "--auto-iam-authn".to_owned())
        .into_iter()
        .collect();
    args.extend([
        "--private-ip".to_owned(),
        "--structured-logs".to_owned(),
        "--health-check".to_owned(),
        "--http-address=0.0.0.0".to_owned(),
        format!("--http-port={}", sql::PROXY_HEALTH_PORT),
        format!("--port={port}"),
    ]);
    if parts.runs == Runs::Job {
        // A task of a job ends when all its containers have: the code tells the proxy by /quitquitquit.
        args.push("--quitquitquit".to_owned());
    }
    args.push(database.connection_name.clone());
    Container {
        name: format!("{}-proxy", used.database),
        image,
        command: Vec::new(),
        args: args.into_iter().map(Text::literal).collect(),
        env: Vec::new(),
        cpu: PROXY_CPU.to_owned(),
        memory: PROXY_MEMORY.to_owned(),
        gpu: None,
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
