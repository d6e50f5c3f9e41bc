//! Which methods a path has, for answers to the wrong one.

use std::collections::BTreeSet;

/// A path of the document with its methods.
#[derive(Debug)]
pub(super) struct Route {
    /// Each segment; none for a parameter.
    segments: Vec<Option<String>>,
    methods: BTreeSet<String>,
}

impl Route {
    /// Reads a path template such as `/cases/{caseId}`.
    pub(super) fn new<'a>(template: &str, methods: impl Iterator<Item = &'a str>) -> Self {
        let segments = segments(template)
            .map(|segment| if segment.starts_with('{') { None } else { Some(segment.to_owned()) });
        let mut methods: BTreeSet<_> = methods.map(str::to_uppercase).collect();
        if methods.contains("GET") {
            methods.insert("HEAD".to_owned());
        }
        methods.insert("OPTIONS".to_owned());
        Self { segments: segments.collect(), methods }
    }

    fn covers(&self, path: &str) -> bool {
        let mut own = self.segments.iter();
        let all = segments(path).all(|segment| match own.next() {
            Some(Some(fixed)) => fixed == segment,
            Some(None) => !segment.is_empty(),
            None => false,
        });
        all && own.next().is_none()
    }
}

/// Joins the methods of the route that a path is of: a fixed segment goes before a parameter.
pub(super) fn allowed(routes: &[Route], path: &str) -> Option<String> {
    let covering = routes.iter().filter(|route| route.covers(path));
    let route = covering.max_by_key(|route| route.segments.iter().flatten().count())?;
    Some(route.methods.iter().map(String::as_str).collect::<Vec<_>>().join(", "))
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.strip_prefix('/').unwrap_or(path).split('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_methods_of_a_path_are_those_of_the_closest_template_that_covers_it() {
        let routes = [
            Route::new("/cases", ["get", "post"].into_iter()),
            Route::new("/cases/{caseId}", ["get", "patch"].into_iter()),
            Route::new("/cases/receive", ["post"].into_iter()),
        ];
        assert_eq!(allowed(&routes, "/cases").as_deref(), Some("GET, HEAD, OPTIONS, POST"));
        assert_eq!(allowed(&routes, "/cases/1").as_deref(), Some("GET, HEAD, OPTIONS, PATCH"));
        assert_eq!(allowed(&routes, "/cases/receive").as_deref(), Some("OPTIONS, POST"));
        for unknown in ["", "/", "/cases/", "/cases/1/", "/cases/1/notes", "/other"] {
            assert_eq!(allowed(&routes, unknown), None, "{unknown}");
        }
    }
}
