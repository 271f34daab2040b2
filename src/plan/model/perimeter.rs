//! The perimeter of VPC Service Controls.

use super::{Plan, Principal};

/// The perimeter that the project is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Perimeter {
    /// What becomes of what crosses it.
    pub mode: PerimeterMode,
    /// What is made of it; `None` where its owners keep it.
    pub own: Option<OwnPerimeter>,
}

/// What becomes of what crosses a perimeter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PerimeterMode {
    /// It is refused.
    Enforced,
    /// It is only logged.
    DryRun,
    /// Nothing: it is on its way out, and holds no project.
    Off,
}

impl PerimeterMode {
    /// The word for it in facts and scripts.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Enforced => "enforce",
            Self::DryRun => "dry-run",
            Self::Off => "off",
        }
    }
}

/// A perimeter that is made here, around the one project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnPerimeter {
    /// The number of the access policy.
    pub policy: u64,
    /// Its name there: the project's id, which no other project has, with `_` for `-`.
    pub name: String,
    /// The APIs that it protects.
    pub services: Vec<&'static str>,
    /// Who is let in; `None`: nobody.
    pub ingress: Option<LetIn>,
    /// What is let out, by project.
    pub egress: Vec<LetOut>,
}

/// Who is let in to whatever IAM lets them do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetIn {
    /// Who; empty is everybody.
    pub who: Vec<Principal>,
    /// The full names of the access levels from one of which they come; empty is from anywhere.
    pub from: Vec<String>,
}

impl LetIn {
    /// The access levels, by their names alone.
    pub fn levels(&self) -> impl Iterator<Item = &str> {
        let levels = self.from.iter();
        levels.map(|level| level.rsplit('/').next().unwrap_or_default())
    }
}

/// A project that what is inside reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetOut {
    /// The project's id.
    pub project: String,
    /// Its number.
    pub number: u64,
    /// The APIs that are reached there; never empty.
    pub services: Vec<String>,
}

impl Plan {
    /// The perimeter that is made here.
    #[must_use]
    pub fn own_perimeter(&self) -> Option<&OwnPerimeter> {
        self.perimeter.as_ref()?.own.as_ref()
    }
}
