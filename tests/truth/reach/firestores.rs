//! Databases of Firestore: nobody reads or writes in one that the blueprint does not give, or in one that it does not know.

use super::Broken::FirestoresAreGiven;
use super::Model;

impl Model<'_> {
    pub(super) fn firestores(&mut self) {
        let declared = self.declared;
        let all = declared.table("firestores");
        let known: Vec<String> = all
            .keys()
            .map(|name| declared.firestore(name))
            .filter_map(|path| {
                let (project, id) = path.split_once("/databases/")?;
                (project == format!("projects/{}", declared.project)).then(|| id.to_owned())
            })
            .collect();
        for (id, _) in self.cloud.all("firestore databases") {
            let says = format!("nothing declares the database {id}");
            let known = known.iter().any(|one| one == id);
            self.must(known, FirestoresAreGiven, says);
        }
        let rights = self.grants.clone().into_iter();
        for grant in rights.filter(|grant| grant.role.starts_with("roles/datastore.")) {
            let email = grant.to.strip_prefix("serviceAccount:").unwrap_or_default();
            let asked = (grant.role.clone(), grant.on.clone());
            let condition = grant.condition.as_ref().map(|(_, condition)| condition);
            let given = declared.elements().any(|element| {
                let mut own = element.firestores().into_iter();
                let uses = own.any(|(path, role)| {
                    let (project, _) = path.split_once("/databases/").unwrap();
                    grant.role == role
                        && grant.on == format!("//cloudresourcemanager.googleapis.com/{project}")
                        && condition == Some(&format!("resource.name == '{path}'"))
                });
                element.account() == email && (uses || element.grants().contains(&asked))
            });
            self.must(given, FirestoresAreGiven, format!("{grant:?}"));
        }
    }
}
