//! Coordinates of a geometry on their way to WGS 84, and where in it a fault lies.

use std::fmt::Write as _;

use domain::place::{Crs, convert};
use serde_json::{Value, json};

/// How deep positions lie at the most: polygons, rings, positions.
const DEEPEST: u8 = 3;

/// Turns every position into longitude and latitude, or tells the first that lies outside the range of its system,
/// as a JSON pointer.
///
/// What is no position stays as it is, for whoever reads the geometry next.
pub(super) fn to_wgs84(coordinates: &mut Value, from: Crs) -> Result<(), String> {
    if from == Crs::Wgs84 {
        return Ok(());
    }
    let mut path = Vec::new();
    walk(coordinates, from, DEEPEST, &mut path).map_err(|OutOfRange| {
        path.iter().rev().fold(String::new(), |mut pointer, index| {
            // Writing to a string does not fail.
            let _ = write!(pointer, "/{index}");
            pointer
        })
    })
}

struct OutOfRange;

/// Leaves in `path` the way from the fault outwards.
fn walk(value: &mut Value, from: Crs, depth: u8, path: &mut Vec<usize>) -> Result<(), OutOfRange> {
    let Value::Array(items) = value else { return Ok(()) };
    if let [Value::Number(x), Value::Number(y), ..] = items.as_slice() {
        let (Some(x), Some(y)) = (x.as_f64(), y.as_f64()) else { return Ok(()) };
        let point = convert(x, y, from).map_err(|_| OutOfRange)?;
        if let [x, y, ..] = items.as_mut_slice() {
            (*x, *y) = (json!(point.lon()), json!(point.lat()));
        }
        return Ok(());
    }
    let Some(depth) = depth.checked_sub(1) else { return Ok(()) };
    for (index, item) in items.iter_mut().enumerate() {
        walk(item, from, depth, path).inspect_err(|_| path.push(index))?;
    }
    Ok(())
}

/// Writes a JSON pointer the way places are named: `coordinates[0][2]`.
pub(super) fn named(pointer: &str) -> String {
    let mut name = String::with_capacity(pointer.len().saturating_mul(2));
    for segment in pointer.split('/').skip(1) {
        if segment.bytes().all(|byte| byte.is_ascii_digit()) {
            // Writing to a string does not fail.
            let _ = write!(name, "[{segment}]");
        } else {
            if !name.is_empty() {
                name.push('.');
            }
            name.push_str(segment);
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_is_written_as_a_name() {
        assert_eq!(named("/coordinates/0/2/13"), "coordinates[0][2][13]");
        assert_eq!(named("/type"), "type");
        assert_eq!(named(""), "");
    }

    #[test]
    fn positions_in_lambert_become_longitude_and_latitude() {
        for (crs, x, y) in
            [(Crs::Lambert72, 146_259.99, 153_299.53), (Crs::Lambert2008, 646_203.71, 653_269.93)]
        {
            let mut coordinates = json!([[[x, y], [x, y, 12.5]], "no position"]);
            assert_eq!(to_wgs84(&mut coordinates, crs), Ok(()));
            let near = |value: &Value, degrees: f64| (value.as_f64().unwrap() - degrees).abs() < 1e-6;
            assert!(
                near(&coordinates[0][0][0], 4.315) && near(&coordinates[0][0][1], 50.69),
                "{coordinates}"
            );
            assert_eq!(coordinates[0][1][2], 12.5);
        }
    }

    #[test]
    fn the_first_position_out_of_range_is_told() {
        let mut coordinates = json!([[[[146_259.99, 153_299.53]], [[146_259.99, 153_299.53], [4.3, 50.7]]]]);
        assert_eq!(to_wgs84(&mut coordinates, Crs::Lambert72), Err("/0/1/1".to_owned()));
        assert_eq!(to_wgs84(&mut json!([[[4.3, 50.7]]]), Crs::Wgs84), Ok(()));
    }
}
