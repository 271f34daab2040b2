//! Where a secret lies: in this project, or in another one.

use crate::blueprint::units::Truth;
use crate::name::Kind;

use super::context::Context;

/// Where a secret lies.
pub(super) struct SecretPlace {
    /// The project's id.
    pub project: String,
    /// Its id there.
    pub id: String,
    /// Whether it exists already.
    pub existing: bool,
}

/// Where the secret of that name lies; `None` where the blueprint has none, or names it wrongly.
pub(super) fn place(cx: &Context<'_>, name: &str) -> Option<SecretPlace> {
    let secret = cx.blueprint.secrets.get(name)?;
    let here = |existing| SecretPlace {
        project: cx.project.id.clone(),
        id: name.to_owned(),
        existing,
    };
    match &secret.existing {
        None | Some(Truth::Is(false)) => Some(here(false)),
        Some(Truth::Is(true)) => Some(here(true)),
        Some(Truth::Named(full)) => {
            let path = full.trim_start_matches("//secretmanager.googleapis.com/");
            match path.split('/').collect::<Vec<_>>().as_slice() {
                ["projects", project, "secrets", id]
                    if Kind::Secret.accepts(id) && Kind::ProjectId.accepts(project) =>
                {
                    Some(SecretPlace {
                        project: (*project).to_owned(),
                        id: (*id).to_owned(),
                        existing: true,
                    })
                }
                _ => None,
            }
        }
    }
}
