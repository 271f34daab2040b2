//! The facts of the perimeter.

use super::{Posture, joined};
use crate::cloud::{many, one};

impl Posture<'_> {
    pub(super) fn perimeter(&self, name: &str) -> Option<String> {
        let mut all = self.cloud.all("access-context-manager perimeters");
        let (_, perimeter) = all.next()?;
        let list = |field: &str, none: &str| joined(many(perimeter, field).to_vec(), none);
        Some(match name {
            "mode" => match many(perimeter, "inside") {
                [] => "off".to_owned(),
                [project] if self.is_home(project) => one(perimeter, "mode")?.to_owned(),
                others => format!("{} with {others:?}", one(perimeter, "mode")?),
            },
            "services" => list("services", "none"),
            "network" if many(perimeter, "network") == ["RESTRICTED-SERVICES"] => {
                "protected services".to_owned()
            }
            "network" => list("network", "nothing"),
            "lets_in" => list("lets-in", "nobody"),
            "lets_out" => list("lets-out", "nothing"),
            _ => return None,
        })
    }

    /// Whether that is the project by its number.
    fn is_home(&self, project: &str) -> bool {
        let number = self.place.number.as_deref();
        project.strip_prefix("projects/") == Some(number.unwrap_or("⟨project_number⟩"))
    }
}
