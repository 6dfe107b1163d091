//! Curves: SVG path text through points.

use crate::format::fixed;

/// A point of the drawing, y downwards.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    pub x: f64,
    pub y: f64,
}

/// Runs of consecutive points; a missing value ends a run.
pub fn runs(points: &[Option<Point>]) -> Vec<Vec<Point>> {
    points
        .split(|point| point.is_none())
        .filter(|run| !run.is_empty())
        .map(|run| run.iter().filter_map(|point| *point).collect())
        .collect()
}

/// A monotone cubic through the points (Fritsch and Carlson, 1980): smooth, and never above or below the
/// values it connects, so that a curve over zeros stays on zero. `x` must ascend.
pub fn curve(points: &[Point]) -> String {
    let Some(first) = points.first() else { return String::new() };
    let mut path = format!("M{} {}", fixed(first.x, 1), fixed(first.y, 1));
    let tangents = tangents(points);
    for (at, pair) in points.windows(2).enumerate() {
        let third = (pair[1].x - pair[0].x) / 3.0;
        path.push_str(&format!(
            "C{} {} {} {} {} {}",
            fixed(pair[0].x + third, 1),
            fixed(pair[0].y + tangents[at] * third, 1),
            fixed(pair[1].x - third, 1),
            fixed(pair[1].y - tangents[at + 1] * third, 1),
            fixed(pair[1].x, 1),
            fixed(pair[1].y, 1),
        ));
    }
    path
}

/// The curve closed down to `floor`.
pub fn area(points: &[Point], floor: f64) -> String {
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return String::new() };
    format!(
        "{}L{} {floor}L{} {floor}Z",
        curve(points),
        fixed(last.x, 1),
        fixed(first.x, 1),
        floor = fixed(floor, 1)
    )
}

/// The slope at each point.
fn tangents(points: &[Point]) -> Vec<f64> {
    let secants: Vec<f64> = points
        .windows(2)
        .map(|pair| {
            let width = pair[1].x - pair[0].x;
            if width > 0.0 { (pair[1].y - pair[0].y) / width } else { 0.0 }
        })
        .collect();
    (0..points.len())
        .map(|at| match (at.checked_sub(1).and_then(|before| secants.get(before)), secants.get(at)) {
            (Some(left), Some(right)) if left * right > 0.0 => {
                // The harmonic mean keeps within the bound that monotony asks for.
                2.0 * left * right / (left + right)
            }
            (None, Some(only)) | (Some(only), None) => *only,
            _ => 0.0,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(values: &[(f64, f64)]) -> Vec<Point> {
        values.iter().map(|(x, y)| Point { x: *x, y: *y }).collect()
    }

    #[test]
    fn a_straight_line_stays_straight() {
        assert_eq!(
            curve(&points(&[(0.0, 0.0), (30.0, 30.0), (60.0, 60.0)])),
            "M0 0C10 10 20 20 30 30C40 40 50 50 60 60"
        );
    }

    #[test]
    fn the_curve_never_leaves_the_range_of_its_points() {
        let path = curve(&points(&[(0.0, 100.0), (30.0, 100.0), (60.0, 0.0), (90.0, 100.0), (120.0, 100.0)]));
        let ys: Vec<f64> = path
            .split(['M', 'C'])
            .flat_map(|part| part.split(' ').skip(1).step_by(2))
            .filter_map(|text| text.parse().ok())
            .collect();
        assert!(ys.len() >= 13 && ys.iter().all(|y| (0.0..=100.0).contains(y)), "{path}");
    }

    #[test]
    fn missing_values_split_the_line() {
        let at = |x: f64| Some(Point { x, y: 1.0 });
        let parts = runs(&[None, at(1.0), at(2.0), None, None, at(5.0)]);
        assert_eq!(parts.iter().map(Vec::len).collect::<Vec<_>>(), [2, 1]);
    }

    #[test]
    fn an_area_is_closed_to_the_floor() {
        assert_eq!(area(&points(&[(0.0, 5.0), (30.0, 5.0)]), 40.0), "M0 5C10 5 20 5 30 5L30 40L0 40Z");
        assert_eq!(area(&[], 40.0), "");
    }
}
