//! A blueprint of many services.

use std::fmt::Write as _;

/// So many services: each calls the next, every tenth is public, every second uses the database.
pub fn services(count: usize) -> String {
    let mut text = String::from(
        "schema = 1\n[project]\nname = \"many\"\nregion = \"europe-west1\"\n\
         [environments.prod]\nproject_id = \"acme-many-prod\"\n[state]\nbucket = \"acme-state\"\n\
         [network]\nsubnet = \"10.0.0.0/12\"\nservice_range = \"10.16.0.0/20\"\n\
         [waf]\nmode = \"enforce\"\n[secrets.key]\n\
         [databases.main]\nengine = \"postgres\"\nversion = \"17\"\ntier = \"db-custom-2-7680\"\n\
         flags = { max_connections = \"250000\" }\n",
    );
    for number in 0..count {
        let next = (number + 1) % count;
        // Writing to a `String` cannot fail.
        let _ = write!(
            text,
            "[services.s{number}]\n\
             image = \"europe-docker.pkg.dev/acme-many-prod/app/s@sha256:{number:064x}\"\n\
             env = {{ NEXT = \"${{services.s{next}.url}}\", LOG_LEVEL = \"info\" }}\n\
             calls = [\"s{next}\"]\n\
             secrets = {{ env = {{ KEY = \"key:1\" }} }}\n\
             health = \"/health\"\n",
        );
        if number % 10 == 0 {
            let _ = write!(
                text,
                "exposure = \"public\"\nauth = \"iam\"\ndomains = [\"s{number}.example.com\"]\n"
            );
        }
        if number % 2 == 0 {
            text.push_str("databases = { main = { pool = 1 } }\n");
        }
    }
    text
}
