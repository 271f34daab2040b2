//! Who may log in to a database with a password: whoever reads it.

use super::words;
use crate::plan::google::roles;
use crate::plan::model::Plan;
use crate::render::quote::Quoted;
use crate::render::quote::markdown::{Md, md};
use crate::rules;

/// A user with a password.
pub(super) struct Row {
    pub user: Quoted,
    pub database: Quoted,
    pub secret: Quoted,
    pub readers: Quoted,
    pub because: Quoted,
}

/// The users of all databases.
pub(super) fn rows(plan: &Plan) -> Vec<Row> {
    let mut rows = Vec::new();
    for database in &plan.databases {
        let element = format!("databases.{}", database.name);
        let exceptions = plan.exceptions.iter().filter(|exception| {
            exception.element == element && exception.rule == rules::PASSWORD_LOGIN.code
        });
        let because = Md::join(exceptions.map(words::exception), "; ");
        for user in &database.password_users {
            let mut secrets = plan.secrets.iter();
            let secret = secrets.find(|secret| secret.name == user.secret);
            let grants = secret.map(|secret| plan.grants_on(&secret.resource()));
            let readers = grants.into_iter().flatten();
            let readers = readers.filter(|grant| grant.role == roles::SECRET_ACCESSOR);
            let readers = Md::list(readers.map(|grant| words::who(&grant.to)));
            rows.push(Row {
                user: md("").code(&user.name).done(),
                database: md("").code(&database.name).done(),
                secret: md("").code(&user.secret).done(),
                readers: if readers.is_empty() {
                    md("nobody").done()
                } else {
                    readers.done()
                },
                because: because.clone().done(),
            });
        }
    }
    rows
}
