//! Grants that follow from what an element says by itself, and from where its images lie.

use crate::blueprint::schema;
use crate::blueprint::{Key, Place};
use crate::name::Kind;
use crate::plan::google::{bigquery, pubsub, roles, secretmanager, spanner, storage};
use crate::plan::model::{Condition, Container, Principal, RegistryPath, Resource};
use crate::rules;

use crate::plan::resolve::account::run_agent;
use crate::plan::resolve::bucket;
use crate::plan::resolve::context::Context;
use crate::plan::resolve::grants::Grants;
use crate::plan::resolve::lies;

use super::parts::Parts;
use super::proxy::PROXY_IMAGE_KEY;

/// Roles that the blueprint adds by itself, on the smallest resource that it names. `cause` is the key of their list.
pub(in crate::plan::resolve) fn extra_grants(
    cx: &mut Context<'_>,
    cause: &Key,
    all: &[schema::Grant],
    grants: &mut Grants,
    principal: &Principal,
) {
    for (index, written) in all.iter().enumerate() {
        let key = cause.item(index);
        let role_place = Place::Value(key.then("role"));
        let Some(role) = &written.role else {
            cx.missing(&key, "role", "a role's full name");
            continue;
        };
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/".contains(&byte);
        let full = ["roles/", "projects/", "organizations/"]
            .iter()
            .any(|prefix| role.starts_with(prefix));
        if !full || !role.bytes().all(plain) {
            let finding = cx.report(
                rules::ROLE_INVALID,
                format!("`{role}` is not a role's full name"),
                &role_place,
                "takes `roles/…`, `projects/P/roles/…` or `organizations/N/roles/…`",
            );
            if !full && role.bytes().all(|byte| plain(byte) && byte != b'/') {
                let whole = format!("roles/{role}");
                finding.replace("one of Google's own is written", &role_place, role, &whole);
            }
            continue;
        }
        if roles::TOO_WIDE.contains(&role.as_str()) {
            cx.report(
                rules::ROLE_TOO_WIDE,
                format!("`{role}` is too wide for a program"),
                &role_place,
                "never granted to an account of a service",
            )
            .note("with it the program could change who it is or what it may do")
            .help("take the narrowest role that does, on the smallest resource: `{ role = \"roles/storage.objectViewer\", on = \"//storage.googleapis.com/projects/_/buckets/B\" }`");
            continue;
        }
        let Some(on) = written.on.as_ref().and_then(|on| grant_resource(cx, on)) else {
            let message = written.on.as_ref().map_or_else(
                || format!("`{key}` does not say on what"),
                |on| format!("`{on}` is not a resource that a grant can stand on"),
            );
            cx.report(rules::GRANT_RESOURCE_INVALID, message, &Place::Value(key.then("on")), "on what?").help(
                "write `project`, `secrets.X`, `buckets.X`, `datasets.X`, or a full name such as `//bigquery.googleapis.com/projects/P/datasets/D`; `ravelin explain grant-resource-invalid` lists them",
            );
            continue;
        };
        let condition = match &written.condition {
            None => None,
            Some(condition) => {
                let (Some(title), Some(expression)) = (&condition.title, &condition.expression)
                else {
                    let key = key.then("condition");
                    if condition.title.is_none() {
                        cx.missing(&key, "title", "a title");
                    }
                    if condition.expression.is_none() {
                        cx.missing(&key, "expression", "an expression of CEL");
                    }
                    continue;
                };
                Some(Condition {
                    title: title.clone(),
                    expression: expression.clone(),
                })
            }
        };
        if !of_bigquery(cx, &key, &on, role, condition.as_ref()) {
            continue;
        }
        grants.add(on, role, principal.clone(), condition, cause);
    }
}

/// Whether BigQuery would take a grant, where it is one on a dataset or table; reported where not.
fn of_bigquery(
    cx: &mut Context<'_>,
    key: &Key,
    on: &Resource,
    role: &str,
    condition: Option<&Condition>,
) -> bool {
    if !on.is_of_bigquery() {
        return true;
    }
    if role == roles::BIGQUERY_JOB_USER {
        let place = Place::Value(key.then("on"));
        let what = "queries run in a project, whatever they read";
        let message = format!("`{role}` stands on projects alone");
        let finding = cx.report(rules::GRANT_RESOURCE_INVALID, message, &place, what);
        finding.help("grant it on `project`, and the right to read on the dataset or table");
        return false;
    }
    if condition.is_some() {
        let place = Place::Key(key.then("condition"));
        let message = "a grant on a dataset or table takes no condition".to_owned();
        let what = "`GRANT` of BigQuery knows none";
        cx.report(rules::GRANT_RESOURCE_INVALID, message, &place, what);
        return false;
    }
    true
}

/// The resource that a grant names.
#[expect(clippy::too_many_lines, reason = "an arm for each kind of resource")]
pub(in crate::plan::resolve) fn grant_resource(cx: &Context<'_>, on: &str) -> Option<Resource> {
    let here = cx.project.id.clone();
    if on == "project" {
        return Some(Resource::Project { project: here });
    }
    if let Some(name) = on.strip_prefix("secrets.") {
        return lies::secret(cx, name).map(|lies| lies.secret());
    }
    if let Some(name) = on.strip_prefix("buckets.") {
        return lies::bucket(cx, name).map(|lies| lies.bucket());
    }
    if let Some(name) = on.strip_prefix("datasets.") {
        let Some((name, table)) = name.split_once('.') else {
            return lies::dataset(cx, name).map(|(path, _)| path.resource());
        };
        // A table of one that is made here is not there yet when somebody is granted something on it.
        let (path, existing) = lies::dataset(cx, name)?;
        return (existing && Kind::Table.accepts(table)).then(|| path.table(table));
    }
    let plain = |text: &str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.@".contains(&byte))
    };
    let (api, path) = on.strip_prefix("//")?.split_once('/')?;
    let segments: Vec<&str> = path.split('/').collect();
    if !segments.iter().all(|segment| plain(segment)) {
        return None;
    }
    let own = |text: &str| text.to_owned();
    let named = |kind: Kind, name: &str| kind.accepts(name).then(|| name.to_owned());
    match (api, segments.as_slice()) {
        (storage::API, ["projects", "_", "buckets", name]) => {
            Some(bucket::by_its_name(cx, name).bucket())
        }
        (pubsub::API, ["projects", project, "topics", name]) => Some(Resource::Topic {
            project: own(project),
            name: own(name),
        }),
        (secretmanager::API, ["projects", project, "secrets", name]) => Some(Resource::Secret {
            project: own(project),
            name: own(name),
        }),
        (
            "artifactregistry.googleapis.com",
            [
                "projects",
                project,
                "locations",
                location,
                "repositories",
                name,
            ],
        ) => Some(Resource::Repository {
            project: own(project),
            location: own(location),
            name: own(name),
        }),
        (
            "cloudkms.googleapis.com",
            [
                "projects",
                project,
                "locations",
                location,
                "keyRings",
                ring,
                "cryptoKeys",
                name,
            ],
        ) => Some(Resource::Key {
            project: own(project),
            location: own(location),
            ring: own(ring),
            name: own(name),
        }),
        (bigquery::API, ["projects", project, "datasets", name]) => Some(Resource::Dataset {
            project: named(Kind::ProjectId, project)?,
            name: named(Kind::Dataset, name)?,
        }),
        (bigquery::API, ["projects", project, "datasets", dataset, "tables", name]) => {
            Some(Resource::Table {
                project: named(Kind::ProjectId, project)?,
                dataset: named(Kind::Dataset, dataset)?,
                name: named(Kind::Table, name)?,
            })
        }
        (spanner::API, ["projects", project, "instances", name]) => {
            Some(Resource::SpannerInstance {
                project: named(Kind::ProjectId, project)?,
                name: named(Kind::SpannerInstance, name)?,
            })
        }
        (
            spanner::API,
            [
                "projects",
                project,
                "instances",
                instance,
                "databases",
                name,
            ],
        ) => Some(Resource::SpannerDatabase {
            project: named(Kind::ProjectId, project)?,
            instance: named(Kind::SpannerInstance, instance)?,
            name: named(Kind::SpannerDatabase, name)?,
        }),
        ("cloudresourcemanager.googleapis.com", ["projects", project]) => Some(Resource::Project {
            project: own(project),
        }),
        _ => None,
    }
}

/// Cloud Run's agent pulls images; in another project it needs the right to.
pub(super) fn image_grants(
    cx: &mut Context<'_>,
    parts: &Parts<'_>,
    containers: &[Container],
    grants: &mut Grants,
) {
    for (index, container) in containers.iter().enumerate() {
        let Some(image) = container.image.known() else {
            continue;
        };
        let Some(path) = RegistryPath::of_image(image) else {
            continue;
        };
        if path.project == cx.project.id || !Kind::ProjectId.accepts(&path.project) {
            continue;
        }
        let cause = if index == 0 {
            parts.key.then("image")
        } else if parts.sidecars.contains_key(&container.name) {
            parts
                .key
                .then("sidecars")
                .then(&container.name)
                .then("image")
        } else {
            Key::of(&["images", PROXY_IMAGE_KEY])
        };
        let agent = run_agent(cx);
        grants.add(path.resource(), roles::ARTIFACT_READER, agent, None, &cause);
    }
}

#[cfg(test)]
mod tests {
    use crate::plan::model::Resource;
    use crate::plan::resolve::testing::{INTERNAL, Resolved, resolve};

    /// An internal service with that role on that.
    fn with(role: &str, on: &str, more: &str) -> Resolved {
        let grant = format!("grants = [{{ role = \"{role}\", on = \"{on}\"{more} }}]\n");
        resolve(&[INTERNAL, &grant])
    }

    /// What a role of BigQuery or Spanner would stand on.
    fn on(role: &str, name: &str) -> Option<Resource> {
        let resolved = with(role, name, "");
        if !resolved.errors.is_empty() {
            assert_eq!(resolved.errors, ["grant-resource-invalid"], "{name}");
            return None;
        }
        let grants = resolved.plan().grants.iter();
        let mut of_role = grants.filter(|grant| grant.role == role);
        of_role.next().map(|grant| grant.on.clone())
    }

    #[test]
    fn data_is_named_in_full_and_as_google_would_call_it() {
        let bigquery = "//bigquery.googleapis.com/projects/acme-data/datasets";
        let spanner = "//spanner.googleapis.com/projects/acme-data/instances";
        let reads = "roles/bigquery.dataViewer";
        for fine in [
            format!("{bigquery}/sales_2027"),
            format!("{bigquery}/sales/tables/order-lines"),
            format!("{spanner}/main"),
            format!("{spanner}/main/databases/order_lines"),
        ] {
            let found = on(reads, &fine).expect("it is granted");
            assert_eq!(found.full_name(), fine);
        }
        for wrong in [
            format!("{bigquery}/sales-2027"),
            format!("{bigquery}/sales/tables/-orders"),
            format!("{bigquery}/sales/tables/orders/rows"),
            format!("{bigquery}/sales.orders"),
            "//bigquery.googleapis.com/projects/Acme/datasets/sales".to_owned(),
            format!("{spanner}/Main"),
            format!("{spanner}/main/databases/x"),
            format!("{spanner}/main/databases/a.b"),
        ] {
            assert_eq!(on(reads, &wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_bigquery_would_refuse_is_refused() {
        let dataset = "//bigquery.googleapis.com/projects/acme-data/datasets/sales";
        assert_eq!(on("roles/bigquery.jobUser", dataset), None);
        assert!(on("roles/bigquery.jobUser", "project").is_some());
        let condition = ", condition = { title = \"now\", expression = \"true\" }";
        let resolved = with("roles/bigquery.dataViewer", dataset, condition);
        assert_eq!(resolved.errors, ["grant-resource-invalid"]);
        let spanner = "//spanner.googleapis.com/projects/acme-data/instances/main";
        let resolved = with("roles/spanner.viewer", spanner, condition);
        assert!(resolved.errors.is_empty(), "{}", resolved.said);
    }

    #[test]
    fn the_apis_are_called_from_where_the_account_is() {
        let apis = |resolved: &Resolved| {
            let apis = resolved.plan().apis.iter();
            apis.map(|api| api.service.clone()).collect::<Vec<_>>()
        };
        let dataset = "//bigquery.googleapis.com/projects/acme-data/datasets/sales";
        let resolved = with("roles/bigquery.dataViewer", dataset, "");
        assert!(apis(&resolved).contains(&"bigquery.googleapis.com".to_owned()));
        let resolved = resolve(&[INTERNAL]);
        assert!(!apis(&resolved).contains(&"bigquery.googleapis.com".to_owned()));
    }
}
