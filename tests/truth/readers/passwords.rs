//! Users of databases who log in with a password: `secrets.sh`, which both backends share, makes them.

use ravelin::tree::Tree;

use crate::cloud::{Cloud, Place};

/// The kind of such a user; its name is that of the instance and its own.
pub const KIND: &str = "sql users with a password";

/// Adds the users that `secrets.sh` makes.
pub fn read(place: &Place, tree: &Tree, cloud: &mut Cloud) {
    let path = format!("gcloud/{}/secrets.sh", place.environment);
    let Some(script) = tree.get(&path) else {
        return;
    };
    for line in script.text.lines() {
        let Some(words) = line.strip_prefix("logs_in ") else {
            continue;
        };
        let words: Vec<&str> = words.split(' ').collect();
        let [secret, project, instance, user, host @ ..] = words.as_slice() else {
            panic!("{line}");
        };
        let name = format!("{instance} {user}");
        for (field, value) in [("secret", secret), ("project", project)] {
            cloud.set(KIND, &name, field, vec![(*value).to_owned()]);
        }
        if let [host] = host {
            cloud.set(KIND, &name, "host", vec![(*host).to_owned()]);
        }
    }
}
