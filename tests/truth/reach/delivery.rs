//! The pipeline: who deploys, and to where it pushes.

use super::Broken::RightsAreGiven;
use super::Model;
use crate::cloud::{Grant, one};

const PROVIDERS: &str = "iam workload-identity-pools providers";

impl Model<'_> {
    /// Whether a right is the pipeline's: it pushes to the repositories of the images that it deploys, and the workflows of its
    /// repository, and no others, act as its account.
    pub(super) fn is_about_the_pipeline(&self, grant: &Grant) -> bool {
        let Some((deployer, github)) = self.declared.pipeline() else {
            return false;
        };
        match grant.role.as_str() {
            "roles/artifactregistry.writer" => {
                grant.to == format!("serviceAccount:{deployer}")
                    && self.pushed().any(|repository| repository == grant.on)
            }
            "roles/iam.workloadIdentityUser" => {
                let name = self.declared.name();
                let id = github["repository_id"].as_integer().unwrap();
                let whose = format!(
                    "/locations/global/workloadIdentityPools/github-{name}/attribute.repository_id/{id}"
                );
                grant.on.ends_with(&format!("/serviceAccounts/{deployer}"))
                    && (grant.to).starts_with("principalSet://iam.googleapis.com/projects/")
                    && grant.to.ends_with(&whose)
            }
            _ => false,
        }
    }

    /// The repositories of what is deployed, as the cloud has them.
    fn pushed(&self) -> impl Iterator<Item = String> {
        let deployed = self.declared.deployed().into_iter();
        deployed.filter_map(|element| {
            let field = format!("container/{}/image", element.name);
            let image = self.cloud.one(element.things(), element.name, &field)?;
            let mut parts = image.split('/');
            let location = parts.next()?.strip_suffix("-docker.pkg.dev")?;
            let (project, repository) = (parts.next()?, parts.next()?);
            Some(format!(
                "//artifactregistry.googleapis.com/projects/{project}/locations/{location}/repositories/{repository}"
            ))
        })
    }

    /// A pool lets in one branch of one repository, which GitHub vouches for.
    pub(super) fn pipeline(&mut self) {
        let found: Vec<_> = self.cloud.all(PROVIDERS).collect();
        let declared = self.declared.pipeline();
        let there = declared.is_some();
        self.must(
            found.len() == usize::from(there),
            RightsAreGiven,
            format!("{} providers of tokens", found.len()),
        );
        let Some((_, github)) = declared else { return };
        let number = |key: &str| github[key].as_integer().unwrap();
        let branch = github["branch"].as_str().unwrap();
        let asked = [
            format!("assertion.repository_owner_id == '{}'", number("owner_id")),
            format!("assertion.repository_id == '{}'", number("repository_id")),
            format!("assertion.ref == 'refs/heads/{branch}'"),
        ];
        for (name, settings) in found {
            let condition = one(settings, "attribute-condition").unwrap_or_default();
            // Every part has to hold; a choice stands in brackets.
            let parts: Vec<&str> = condition.split(" && ").collect();
            let all = asked.iter().all(|one| parts.contains(&one.as_str()));
            let mut rest = parts
                .iter()
                .filter(|one| !asked.iter().any(|asked| asked == **one));
            let narrow = rest.all(|one| one.starts_with('(') && one.ends_with(')'));
            let says = format!("{name} lets in {condition}");
            self.must(all && narrow, RightsAreGiven, says);
            let issuer = one(settings, "issuer-uri");
            let github = issuer == Some("https://token.actions.githubusercontent.com");
            self.must(github, RightsAreGiven, format!("{name} trusts {issuer:?}"));
            let mapping = settings
                .get("attribute-mapping")
                .cloned()
                .unwrap_or_default();
            let own = "attribute.repository_id=assertion.repository_id";
            let mapped = mapping.iter().any(|one| one == own);
            self.must(mapped, RightsAreGiven, format!("{name} maps {mapping:?}"));
        }
    }
}
