//! Areas: statistical sectors and neighbourhoods, their codes, their polygons and which one holds a point.

mod codes;
mod coverage;
mod index;
mod polygons;

pub use self::{
    codes::{AreaCode, AreaCodeFault, SectorCode},
    coverage::{ListedArea, covered},
    index::AreaIndex,
    polygons::{MAX_POSITIONS, Polygons, PolygonsFault, RingFault, RingPlace},
};
