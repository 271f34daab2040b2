//! Users of databases who log in with a password: who they are, and where what runs finds it.

use crate::plan::model::{Connect, Plan, Workload};
use crate::render::quote::Quoted;
use crate::render::quote::markdown::{Md, md};

/// A user, and what logs in as it.
pub struct Row {
    pub environment: Quoted,
    pub user: Quoted,
    pub database: Quoted,
    pub secret: Quoted,
    pub who: Quoted,
}

/// The users of all environments.
pub fn rows(plans: &[Plan]) -> Vec<Row> {
    let mut rows = Vec::new();
    for plan in plans {
        for database in &plan.databases {
            for user in &database.password_users {
                let logs_in = |workload: &&Workload| {
                    workload.databases.iter().any(|used| {
                        used.database == database.name
                            && used.password_user.as_ref() == Some(&user.name)
                    })
                };
                let who = plan.workloads().filter(logs_in);
                let who = Md::list(who.map(|workload| md("").code(workload.name())));
                rows.push(Row {
                    environment: md("").code(&plan.environment).done(),
                    user: md("").code(&user.name).done(),
                    database: md("").code(&database.name).done(),
                    secret: md("").code(&user.secret).done(),
                    who: if who.is_empty() {
                        md("nothing yet").done()
                    } else {
                        who.done()
                    },
                });
            }
        }
    }
    rows
}

/// Each user of a plan in words: who, and of which database.
pub fn users(plan: &Plan) -> Vec<Md> {
    let users = plan.databases.iter().flat_map(|database| {
        let users = database.password_users.iter();
        users.map(|user| md("").code(&user.name).say(" of ").code(&database.name))
    });
    users.collect()
}

/// Whether something that logs in with a password connects in that way.
pub fn connects(plans: &[Plan], way: Connect) -> bool {
    let workloads = plans.iter().flat_map(Plan::workloads);
    let mut uses = workloads.flat_map(|workload| &workload.databases);
    uses.any(|used| used.password_user.is_some() && used.connect == way)
}
