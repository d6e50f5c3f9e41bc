use super::Polygons;
use crate::place::Wgs84;

/// Finds the area that holds a point, among areas known by an id.
#[derive(Clone, Debug)]
pub struct AreaIndex<T> {
    areas: Vec<(T, Polygons)>,
}

impl<T: Copy + Ord> AreaIndex<T> {
    /// Builds the index; several surfaces may share an id.
    pub fn new(areas: impl IntoIterator<Item = (T, Polygons)>) -> Self {
        let mut areas = areas.into_iter().collect::<Vec<_>>();
        areas.sort_by_key(|(id, _)| *id);
        Self { areas }
    }

    /// Finds the area that holds the point; on a shared border the smallest id wins.
    pub fn locate(&self, point: Wgs84) -> Option<T> {
        self.areas.iter().find(|(_, surface)| surface.contains(point)).map(|(id, _)| *id)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn square(west: i32, south: i32) -> Polygons {
        let (east, north) = (west + 1, south + 1);
        let ring = json!([[west, south], [east, south], [east, north], [west, north], [west, south]]);
        Polygons::from_geojson(&json!({ "type": "Polygon", "coordinates": [ring] })).unwrap()
    }

    #[test]
    fn a_shared_border_belongs_to_the_smallest_id() {
        let areas = [("c", square(0, 1)), ("b", square(1, 0)), ("a", square(0, 0))];
        let mut reversed = areas.clone();
        reversed.reverse();
        for index in [AreaIndex::new(areas), AreaIndex::new(reversed)] {
            for (lon, lat, expected) in [
                (0.5, 0.5, Some("a")),
                (1.5, 0.5, Some("b")),
                (0.5, 1.5, Some("c")),
                (1.0, 0.5, Some("a")),
                (1.0, 1.0, Some("a")),
                (1.5, 1.0, Some("b")),
                (1.0, 1.5, Some("c")),
                (1.5, 1.5, None),
                (-0.5, 0.5, None),
            ] {
                assert_eq!(index.locate(Wgs84::new(lon, lat).unwrap()), expected, "{lon} {lat}");
            }
        }
    }
}
