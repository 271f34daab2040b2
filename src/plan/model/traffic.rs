//! Where the requests of a service go.

/// Which revisions answer the requests of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Traffic {
    /// The share of each in percent; all together are 100. In their order, as gcloud writes them.
    pub shares: Vec<(Revision, u32)>,
    /// The addresses of their own, by tag.
    pub tags: Vec<(String, Revision)>,
    /// Whether the blueprint says it; else everything goes to the latest, and the posture does not speak of it.
    pub written: bool,
}

impl Traffic {
    /// Everything goes to the latest revision.
    #[must_use]
    pub fn latest() -> Self {
        Self {
            shares: vec![(Revision::Latest, 100)],
            tags: Vec::new(),
            written: false,
        }
    }

    /// How many of a hundred requests the latest revision answers.
    #[must_use]
    pub fn to_latest(&self) -> u32 {
        let latest = self.shares.iter().filter(|(to, _)| *to == Revision::Latest);
        latest.map(|(_, percent)| percent).sum()
    }

    /// The revisions that are called by their names, each once.
    #[must_use]
    pub fn pinned(&self) -> Vec<&str> {
        let shares = self.shares.iter().map(|(to, _)| to);
        let all = shares.chain(self.tags.iter().map(|(_, to)| to));
        let mut pinned: Vec<&str> = all.filter_map(Revision::name).collect();
        pinned.sort_unstable();
        pinned.dedup();
        pinned
    }
}

/// A revision of a service.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Revision {
    /// The one with this name.
    Named(String),
    /// The newest one that is ready.
    Latest,
}

impl Revision {
    /// Its name, where it goes by one.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Named(name) => Some(name),
            Self::Latest => None,
        }
    }

    /// What the blueprint calls it.
    #[must_use]
    pub fn word(&self) -> &str {
        self.name().unwrap_or(LATEST)
    }
}

/// What the blueprint calls the newest revision of a service.
pub const LATEST: &str = "latest";
